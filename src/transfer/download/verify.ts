/** What a download can be checked against, and what came of it. */
import type { Checksum, ChecksumAlgorithm, Verification, VerificationLevel } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import { fromHex, isCombinable, toBase64 } from '../checksum/index.js';

/** Cheapest first: the CRCs of ranges combine, the others need the whole in order. */
const preference: readonly ChecksumAlgorithm[] = ['crc64nvme', 'crc32c', 'crc32', 'sha256', 'sha1', 'md5'];

/** A checksum the bytes should have. */
export interface Expectation {
  readonly checksum: Checksum;
  /**
   * `storage`: the storage says so. `etag`: the ETag looks like an MD5 digest, which it is for most kinds of
   * encryption but not for all; then a mismatch proves nothing.
   */
  readonly from: 'storage' | 'etag';
  /** Bytes of each part but the last, when it is one over the digests of parts. */
  readonly partSize?: number;
}

/** Chooses among the checksums of the whole; a composite one means something only where the parts are known. */
export async function chooseExpectation(
  checksums: readonly Checksum[],
  partSize: number | undefined,
  etag: string | undefined,
  etagsAreMd5: boolean | undefined,
  supports: (algorithm: ChecksumAlgorithm) => Promise<boolean>,
): Promise<Expectation | undefined> {
  for (const algorithm of preference) {
    const checksum = checksums.find(each => each.scope === 'full' && each.algorithm === algorithm);
    if (checksum !== undefined && (await supports(algorithm))) return { checksum, from: 'storage' };
  }
  for (const algorithm of preference) {
    const checksum = checksums.find(each => each.scope === 'composite' && each.algorithm === algorithm);
    if (checksum === undefined || partSize === undefined || !(await supports(algorithm))) continue;
    return { checksum, from: 'storage', partSize };
  }
  if (
    etagsAreMd5 === false ||
    etag === undefined ||
    !/^[0-9a-f]{32}$/.test(etag) ||
    !(await supports('md5'))
  ) {
    return undefined;
  }
  return { checksum: { algorithm: 'md5', value: toBase64(fromHex(etag)), scope: 'full' }, from: 'etag' };
}

export const needsOrder = (expectation: Expectation | undefined): boolean =>
  expectation !== undefined &&
  expectation.partSize === undefined &&
  !isCombinable(expectation.checksum.algorithm);

const rank: Record<VerificationLevel, number> = { checksum: 3, etag: 2, size: 1, none: 0 };

export const isAtLeast = (verified: Verification, least: VerificationLevel): boolean =>
  rank[verified.level] >= rank[least];

/** Throws when what was verified is less than what the page asked for. */
export function requireLevel(verified: Verification, least: VerificationLevel, path: string): void {
  if (isAtLeast(verified, least)) return;
  throw new TransferError(
    `${path} arrived, but could not be checked as this page demands (${least}): the storage does not say what it should be. It was not kept.`,
    { kind: 'fatal', reason: 'unverified', path },
  );
}

/** @param expected what the storage says · `found`: what the bytes that came add up to */
export function mismatch(path: string, expected: Checksum, found: string): TransferError {
  return new TransferError(
    `${path} did not arrive as the storage describes it, twice: its ${expected.algorithm.toUpperCase()} is ${expected.value} there and ${found} here. It was not kept. Try again, or ask whoever runs the storage to check the file.`,
    { kind: 'fatal', reason: 'checksum-mismatch', path },
  );
}

/** The finished file has another length than what was written: a disk may fail without a word. */
export function notAllWritten(path: string): TransferError {
  return new TransferError(
    `${path} arrived, but not all of it could be written. It was not kept. Look whether the disk is full, and try again.`,
    { kind: 'fatal', reason: 'not-written', path },
  );
}
