import type { UploadOutcome } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { compareChecksums, looksLikeMd5, outcomeOf, type Proof } from './evidence.js';
import { statTarget, type UploadSession } from './session.js';

/** Clocks of pages and storages differ by this much at most before signatures fail anyway. Milliseconds. */
export const clockTolerance = 15 * 60_000;

/** Some pages may write and not look: then it has to be sent again, which is safe. */
function unknownWhereRefused(error: unknown): undefined {
  const refusals = ['signer', 'forbidden', 'not-found-or-forbidden', 'unauthorized', 'not-supported'];
  if (error instanceof TransferError && refusals.includes(error.reason)) return undefined;
  throw error;
}

/**
 * Looks whether the target already holds the bytes of this upload, when the answer that would have said so was lost.
 * Resolves to that answer, or undefined when it has to be sent again.
 */
export async function findStored(
  session: UploadSession,
  proof: Proof,
  signal: AbortSignal,
): Promise<UploadOutcome | undefined> {
  const entry = await statTarget(session, signal).catch(unknownWhereRefused);
  if (!entry || entry.size !== session.opened.size) return undefined;
  const identity = await proof.identityEtag?.();
  if (identity !== undefined && identity === entry.etag?.toLowerCase()) return outcomeOf(entry);
  const compared = compareChecksums(proof.ours, entry.checksums ?? []);
  if (compared) return compared.same ? outcomeOf(entry) : undefined;
  if (entry.etag !== undefined && looksLikeMd5(entry.etag) && session.intent.checksum !== 'none') {
    if ((await proof.expectedEtag()) === entry.etag.toLowerCase()) return outcomeOf(entry);
    if (session.habits.md5Etags === true) return undefined;
  }
  // An older object of the same size is the one that was there before.
  const isNew = entry.modified !== undefined && entry.modified >= session.began - clockTolerance;
  return isNew && session.intent.createOnly === true ? outcomeOf(entry) : undefined;
}
