/** Uploads in parts: the API signs each, the page collects what completing them wants. */
import { TransferError } from '../../core/errors.js';
import type {
  CallOptions,
  PartReceipt,
  PartsPlan,
  ResumeState,
  UploadIntent,
  UploadOutcome,
} from '../adapter.js';
import { textOf, type UbiOpsClient, unexpected } from './client.js';
import { changed, readStoredError } from './errors.js';
import { readFile } from './list.js';
import { MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE } from './options.js';
import { AZURE, askStorage, etagOf, signUpload, storedChecksums } from './storage.js';

/** What is kept of an upload that has begun. */
interface UbiOpsPartsState extends ResumeState {
  readonly uploadId: string;
  readonly provider: string;
  readonly partSize: number;
  /** Begins the ids of this upload's blocks at Azure. */
  readonly blockPrefix: string;
  /** Creation of the file that was at the path before; null when there was none, `?` when that is not known. */
  readonly before: number | string | null;
}

export function partsPlan(client: UbiOpsClient, intent: UploadIntent, begun?: ResumeState): PartsPlan {
  const { path } = intent;
  const stateOf = (state: ResumeState) => state as UbiOpsPartsState;
  let provider = begun && stateOf(begun).provider;
  const ends = new Map<number, number>();

  return {
    kind: 'parts',
    rules: {
      minPartSize: MIN_PART_SIZE,
      maxPartSize: MAX_PART_SIZE,
      maxParts: MAX_PARTS,
      ...(begun?.partSize ? { partSize: stateOf(begun).partSize } : {}),
    },
    ...(begun ? { state: begun } : {}),

    async begin({ partSize }, { signal }) {
      const before = await creationOf(client, path, signal);
      const body = await client.callJson('POST', client.filePath(path, '/start-multipart-upload'), {
        signal,
        path,
        json: {},
      });
      const uploadId = textOf(body.upload_id);
      if (uploadId === undefined) throw unexpected('an upload without an id');
      provider = textOf(body.provider) ?? 'ubiops';
      // `randomUUID` is not there on plain http.
      const random = crypto.getRandomValues(new Uint8Array(4));
      const blockPrefix = Array.from(random, byte => byte.toString(16).padStart(2, '0')).join('');
      return { uploadId, provider, partSize, blockPrefix, before } satisfies UbiOpsPartsState;
    },

    async signPart(part, state, { signal }) {
      const { uploadId, blockPrefix, provider: named } = stateOf(state);
      provider = named;
      const signed = await signUpload(
        client,
        path,
        provider === AZURE
          ? { signal, uploadId: blockId(blockPrefix, part.number) }
          : { signal, uploadId, partNumber: part.number },
      ).catch(error => {
        throw asGone(error);
      });
      if (signed.expiresAt === undefined) ends.delete(part.number);
      else ends.set(part.number, signed.expiresAt);
      return {
        method: 'PUT',
        url: signed.url,
        ...(Object.keys(signed.headers).length > 0 ? { headers: signed.headers } : {}),
        ...(signed.expiresAt === undefined ? {} : { expiresAt: signed.expiresAt }),
      };
    },

    readError(response) {
      const expiresAt = ends.size > 0 ? Math.min(...ends.values()) : undefined;
      const error = readStoredError(response, { path, expiresAt });
      if (error?.serverCode === 'InvalidBlobOrBlock' || error?.serverCode === 'InvalidBlockId') {
        // Blocks of an unfinished upload with ids of another length stand in the way until they are replaced.
        client.learnt.singleOnly.add(path);
        return changed(
          error,
          'restart',
          'conflict',
          'An unfinished upload of the same name stands in the way of parts, so the file is sent in one piece.',
        );
      }
      return error && asGone(error);
    },

    readPart(part, { headers }) {
      ends.delete(part.number);
      const size = part.end - part.start;
      if (provider === AZURE) return { number: part.number, size };
      const etag = etagOf(headers.etag);
      if (etag === undefined) {
        client.learnt.etagHidden = true;
        throw new TransferError(
          'The storage hides the “ETag” header from this page, without which parts cannot be put together, so the file is sent in one piece. Whoever runs the storage can expose ETag in its CORS rules.',
          { kind: 'restart', reason: 'not-supported', path },
        );
      }
      const [checksum] = storedChecksums(headers);
      return { number: part.number, size, etag, ...(checksum ? { checksum } : {}) };
    },

    complete: (state, receipts, call) => complete(client, intent, stateOf(state), receipts, call),
  };
}

/**
 * An id of one length for every number, as Azure wants it of all blocks of a file, and of no other upload's blocks:
 * two uploads to one path that shared ids would mix their bytes. At most 64 bytes, so a file's name does not fit in.
 */
export function blockId(prefix: string, number: number): string {
  return btoa(`${prefix}_${String(number).padStart(6, '0')}`);
}

async function complete(
  client: UbiOpsClient,
  { path, size }: UploadIntent,
  { uploadId, provider, blockPrefix, before }: UbiOpsPartsState,
  receipts: readonly PartReceipt[],
  { signal }: CallOptions,
): Promise<UploadOutcome> {
  const parts = receipts
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, etag }) =>
      provider === AZURE
        ? { BlockId: blockId(blockPrefix, number) }
        : { ETag: `"${etag}"`, PartNumber: number },
    );
  try {
    await client.call('POST', client.filePath(path, '/complete-multipart-upload'), {
      signal,
      path,
      json: { upload_id: uploadId, parts },
    });
  } catch (error) {
    const gone = asGone(error);
    if (!(gone instanceof TransferError) || gone.kind !== 'restart') throw error;
    // It may have been completed by an attempt whose answer was lost: then a new file of this size is there.
    const entry = await readFile(client, path, { signal }).catch(() => undefined);
    const isNew = before !== '?' && entry?.created !== undefined && entry.created !== before;
    if (!isNew || entry.size !== size) throw gone;
  }
  const stored = await askStorage(client, path, signal);
  return { path, ...stored };
}

/** The API does not know the upload or its parts any more, or the storage does not. */
function asGone(error: unknown): TransferError {
  if (!(error instanceof TransferError)) throw error;
  const gone = error.status === 404 || (error.status === 400 && error.reason === 'invalid-input');
  if (!gone || error.kind !== 'fatal') return error;
  return changed(
    error,
    'restart',
    'upload-gone',
    'The storage no longer knows the upload that had begun, or not all of its parts, so it has to begin again.',
  );
}

async function creationOf(
  client: UbiOpsClient,
  path: string,
  signal: AbortSignal,
): Promise<number | string | null> {
  try {
    const entry = await readFile(client, path, { signal });
    return entry ? (entry.created ?? '?') : null;
  } catch (error) {
    // A token may be allowed to write and not to read.
    if (error instanceof TransferError && error.reason === 'forbidden') return '?';
    throw error;
  }
}

export function reopenUpload(client: UbiOpsClient, intent: UploadIntent, state: ResumeState): PartsPlan {
  const { uploadId, blockPrefix, provider } = state;
  if (!textOf(uploadId) || !textOf(blockPrefix) || !textOf(provider)) {
    throw new TransferError('What was kept of the earlier upload cannot be used, so it has to begin again.', {
      kind: 'restart',
      reason: 'upload-gone',
      path: intent.path,
    });
  }
  return partsPlan(client, intent, state);
}
