import type { UploadOutcome } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import type { TransferResult } from '../types.js';
import type { Uploaded } from './evidence.js';
import type { verifyUpload } from './verify.js';

function resultOf(outcome: UploadOutcome, size: number) {
  return {
    path: outcome.path,
    size: outcome.size ?? size,
    ...(outcome.id === undefined ? {} : { id: outcome.id }),
    ...(outcome.etag === undefined ? {} : { etag: outcome.etag }),
    ...(outcome.version === undefined ? {} : { version: outcome.version }),
    ...(outcome.location === undefined ? {} : { location: outcome.location }),
  };
}

/**
 * The same headers in strings of their own. Engines keep the text that a piece was cut from: with a hundred thousand
 * files that is 30 MB of answers nobody reads.
 */
const detached = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  JSON.parse(JSON.stringify(headers));

/** Of a file that is stored and looked at. */
export function storedResult(
  { outcome, response }: Uploaded,
  size: number,
  verified: Awaited<ReturnType<typeof verifyUpload>>,
): TransferResult {
  const { etag, version, checksums, verification } = verified;
  return {
    ...resultOf({ ...outcome, ...(etag === undefined ? {} : { etag }) }, size),
    ...(version === undefined ? {} : { version }),
    checksums,
    verified: verification,
    ...(response
      ? {
          response: {
            status: response.status,
            headers: detached(response.headers),
            ...(outcome.body === undefined ? {} : { body: outcome.body }),
          },
        }
      : {}),
  };
}

/** Of a file that the storage fetched: its bytes never passed through this page, so there is nothing to compare. */
export const importedResult = (outcome: UploadOutcome, size: number): TransferResult => ({
  ...resultOf(outcome, size),
  checksums: outcome.checksums ?? [],
  verified: { level: 'none', by: 'page' },
});

/** Of a file that was not sent because `existing` is there. */
export const skippedResult = (existing: Entry, skipped: 'same' | 'exists'): TransferResult => ({
  path: existing.path,
  id: existing.id,
  size: existing.size ?? 0,
  ...(existing.etag === undefined ? {} : { etag: existing.etag }),
  ...(existing.version === undefined ? {} : { version: existing.version }),
  checksums: existing.checksums ?? [],
  verified: { level: 'none', by: 'page' },
  skipped,
});
