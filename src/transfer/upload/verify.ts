import type { UploadOutcome } from '../../adapters/adapter.js';
import type { Checksum, Verification, VerificationLevel } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { StorageHabits } from '../link.js';
import { compareChecksums, looksLikeMd5, type Uploaded } from './evidence.js';

export interface VerifyOptions {
  readonly uploaded: Uploaded;
  readonly path: string;
  /** Bytes of the local file. */
  readonly size: number;
  /** False when the page wished for no checksums: then nothing is hashed for the sake of proof either. */
  readonly hashing: boolean;
  readonly habits: StorageHabits;
  /** ETag of an earlier upload of the same bytes that did not match either. */
  readonly earlierEtag: string | undefined;
  /** Looks at the target; absent where the storage cannot say. */
  readonly stat: (() => Promise<Entry | undefined>) | undefined;
}

export interface Verified {
  readonly verification: Verification;
  readonly checksums: readonly Checksum[];
  readonly etag: string | undefined;
  readonly version: string | undefined;
}

const strength: readonly VerificationLevel[] = ['none', 'size', 'etag', 'checksum'];

/** Whether a proof is at least as strong as what the page accepts. */
export const isEnough = (level: VerificationLevel, weakest: VerificationLevel): boolean =>
  strength.indexOf(level) >= strength.indexOf(weakest);

/** The storage holds other bytes than were sent. */
export class MismatchError extends TransferError {
  /** The ETag that did not match, where it was one. */
  readonly etag: string | undefined;

  constructor(path: string, ours: string, theirs: string, what: string, etag?: string) {
    super(
      `${path} arrived damaged: its ${what} is ${theirs} at the storage and ${ours} here. Do not use the stored copy; upload it again.`,
      { kind: 'fatal', reason: 'checksum-mismatch', path },
    );
    this.etag = etag;
  }
}

/** Keys of this kind of encryption make ETags that are no digests of the content. */
function hidesContent(headers: Readonly<Record<string, string>> | undefined): boolean {
  if (!headers) return false;
  return (
    (headers['x-amz-server-side-encryption'] ?? '').startsWith('aws:kms') ||
    headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined
  );
}

/**
 * Finds the strongest proof that the storage holds the bytes: its checksum equals ours, else its ETag is the MD5 of
 * what was sent, else its size is right. Throws {@link MismatchError} when a proof speaks against it.
 */
export async function verifyUpload(options: VerifyOptions): Promise<Verified> {
  const { uploaded, habits, hashing, path } = options;
  const { proof } = uploaded;
  let outcome = uploaded.outcome;
  const done = (verification: Verification, extra: readonly Checksum[] = []): Verified => ({
    verification,
    checksums: distinct([...proof.ours, ...extra, ...(outcome.checksums ?? [])]),
    etag: outcome.etag,
    version: outcome.version,
  });

  let byChecksum = await checksumProof(options, outcome);
  if (byChecksum) {
    habits.reportsChecksums = true;
    return done(byChecksum.verification, [byChecksum.ours]);
  }
  if (outcome.etag === undefined && outcome.checksums === undefined && options.stat) {
    const entry = await options.stat();
    if (!entry) throw gone(path);
    outcome = merge(outcome, entry);
    byChecksum = await checksumProof(options, outcome);
    if (byChecksum) return done(byChecksum.verification, [byChecksum.ours]);
  }
  if (hashing && outcome.checksums === undefined) habits.reportsChecksums ??= false;

  const byEtag = hashing ? await etagProof(options, outcome.etag) : undefined;
  if (byEtag) return done(byEtag);

  let { size } = outcome;
  if (size === undefined && options.stat) {
    const entry = await options.stat();
    if (!entry) throw gone(path);
    outcome = merge(outcome, entry);
    size = outcome.size;
  }
  if (size === undefined) return done({ level: 'none', by: 'page' });
  if (size !== options.size) throw new MismatchError(path, `${options.size}`, `${size}`, 'size in bytes');
  return done({ level: 'size', by: 'page' });
}

function merge(outcome: UploadOutcome, entry: Entry): UploadOutcome {
  return {
    ...outcome,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(entry.etag === undefined ? {} : { etag: entry.etag }),
    ...(outcome.version === undefined && entry.version !== undefined ? { version: entry.version } : {}),
    ...(entry.checksums === undefined ? {} : { checksums: entry.checksums }),
  };
}

function gone(path: string): TransferError {
  return new TransferError(
    `The storage said that it took ${path}, but does not have it. Nothing else was changed; upload it again.`,
    { kind: 'fatal', reason: 'incomplete', path },
  );
}

async function checksumProof(
  { uploaded: { proof }, hashing, path }: VerifyOptions,
  { checksums = [] }: UploadOutcome,
): Promise<{ verification: Verification; ours: Checksum } | undefined> {
  let compared = compareChecksums(proof.ours, checksums);
  if (!compared && hashing) {
    // The storage computed one of its own accord; ours is worth a second look at the file.
    const whole = checksums.find(checksum => checksum.scope === 'full');
    if (whole) compared = compareChecksums([await proof.hashWhole(whole.algorithm)], [whole]);
  }
  if (!compared) return undefined;
  const { algorithm } = compared.ours;
  if (!compared.same) throw new MismatchError(path, compared.ours.value, compared.theirs.value, algorithm);
  const by = proof.enforced.includes(algorithm) ? 'storage' : 'page';
  return { verification: { level: 'checksum', by, algorithm }, ours: compared.ours };
}

async function etagProof(
  { uploaded: { proof, response }, habits, path, earlierEtag }: VerifyOptions,
  etag: string | undefined,
): Promise<Verification | undefined> {
  if (etag === undefined || !looksLikeMd5(etag)) return undefined;
  if (habits.md5Etags === false || hidesContent(response?.headers)) return undefined;
  const expected = await proof.expectedEtag();
  if (expected === etag.toLowerCase()) {
    habits.md5Etags = true;
    return { level: 'etag', by: proof.enforced.includes('md5') ? 'storage' : 'page', algorithm: 'md5' };
  }
  if (habits.md5Etags === undefined && earlierEtag !== undefined && earlierEtag !== etag) {
    // The same bytes were stored twice under two ETags: here they do not describe the content.
    habits.md5Etags = false;
    return undefined;
  }
  throw new MismatchError(path, expected, etag, 'ETag', etag);
}

function distinct(checksums: readonly Checksum[]): readonly Checksum[] {
  const seen = new Map<string, Checksum>();
  for (const checksum of checksums) seen.set(`${checksum.algorithm} ${checksum.scope}`, checksum);
  return [...seen.values()];
}
