import type { TransferResponse, UploadOutcome, UploadPlan } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { fromBase64, toHex } from '../checksum/index.js';

/** What was sent, and what the storage said about it: all that verification has to go by. */
export interface Uploaded {
  readonly outcome: UploadOutcome;
  readonly response: Pick<TransferResponse, 'status' | 'headers'> | undefined;
  readonly proof: Proof;
}

/** What this page knows of the bytes it sent. */
export interface Proof {
  /** Checksums over all bytes, full or composite. */
  readonly ours: readonly Checksum[];
  /** Algorithms whose values the storage was given to check by. */
  readonly enforced: readonly ChecksumAlgorithm[];
  /** The ETag of storages that use MD5; reads the file when it has to. */
  expectedEtag(): Promise<string>;
  /** The ETag that the storage should have made from its own answers; says which upload an object came from. */
  identityEtag?(): Promise<string | undefined>;
  /** A checksum over all bytes that is not among `ours`; reads the file. */
  hashWhole(algorithm: ChecksumAlgorithm): Promise<Checksum>;
}

/** MD5 as ETags write it. */
export const hexDigest = (checksum: Checksum): string => toHex(fromBase64(checksum.value));

/** `true`: the same bytes; `false`: other bytes; undefined: nothing comparable. */
export function compareChecksums(
  ours: readonly Checksum[],
  theirs: readonly Checksum[],
): { readonly same: boolean; readonly ours: Checksum; readonly theirs: Checksum } | undefined {
  for (const their of theirs) {
    const our = ours.find(
      each =>
        each.algorithm === their.algorithm &&
        each.scope === their.scope &&
        (each.parts === undefined || their.parts === undefined || each.parts === their.parts),
    );
    if (our) return { same: our.value === their.value, ours: our, theirs: their };
  }
  return undefined;
}

/** Whether an ETag could be an MD5, of one body or of the parts' digests. */
export const looksLikeMd5 = (etag: string): boolean => /^[0-9a-f]{32}(-\d+)?$/i.test(etag);

/** An entry that is found at the target, as an answer to an upload would have said it. */
export function outcomeOf(entry: Entry): UploadOutcome {
  return {
    path: entry.path,
    id: entry.id,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(entry.etag === undefined ? {} : { etag: entry.etag }),
    ...(entry.version === undefined ? {} : { version: entry.version }),
    ...(entry.checksums === undefined ? {} : { checksums: entry.checksums }),
  };
}

/** Algorithms a plan wants given to the storage. */
export function enforcedBy(plan: UploadPlan): ChecksumAlgorithm[] {
  return [plan.requestChecksum, plan.wholeChecksum].filter(algorithm => algorithm !== undefined);
}
