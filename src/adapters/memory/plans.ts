/** Uploads to memory: both plans end in `LocalDelivery`, because the bytes stay in the page. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type {
  LocalDelivery,
  PartReceipt,
  PartsPlan,
  RequestPlan,
  ResumeState,
  TransferResponse,
  UploadIntent,
  UploadOutcome,
} from '../adapter.js';
import { digest } from '../digest.js';
import { abortedError } from '../http-errors.js';
import { type MemoryStore, type OpenUpload, problem } from './store.js';

/** Waits as told, fails as told: around every call. */
export type Step = (operation: string, path: string, signal: AbortSignal, part?: number) => Promise<void>;

interface PlanContext {
  readonly store: MemoryStore;
  readonly step: Step;
  readonly intent: UploadIntent;
  readonly checksum: ChecksumAlgorithm | undefined;
  readonly minPartSize: number;
}

const PIECE = 256 * 1024;

export function requestPlan(context: PlanContext): RequestPlan {
  const { store, step, intent, checksum } = context;
  const { path } = intent;
  let outcome: UploadOutcome | undefined;
  return {
    kind: 'request',
    ...(checksum === undefined ? {} : { requestChecksum: checksum }),
    async sign({ checksum: expected }): Promise<LocalDelivery> {
      return {
        async deliver(body, { signal, onSent }) {
          await step('send', path, signal);
          const blob = await take(body, signal, onSent);
          const checksums = await check(blob, expected, path);
          refuseTaken(context);
          const file = store.put(path, blob, { ...about(intent), checksums });
          outcome = { path, size: blob.size, etag: file.etag, checksums };
          return answer(200);
        },
      };
    },
    readError: () => undefined,
    async finish() {
      if (!outcome) throw problem('incomplete', 'The bytes did not reach the storage.', path);
      return outcome;
    },
  };
}

export function partsPlan(context: PlanContext, begun?: ResumeState): PartsPlan {
  const { store, step, intent, checksum, minPartSize } = context;
  const { path } = intent;
  const combinable = checksum?.startsWith('crc') === true;
  /** @throws TransferError (`restart`) when the upload was aborted or completed meanwhile. */
  const find = (state: ResumeState): OpenUpload => {
    const upload = store.uploads.get(String(state.uploadId));
    if (upload) return upload;
    throw new TransferError('The storage no longer knows the upload, so it has to begin again.', {
      kind: 'restart',
      reason: 'upload-gone',
      path,
    });
  };
  return {
    kind: 'parts',
    rules: {
      minPartSize,
      maxPartSize: 5 * 1024 ** 3,
      maxParts: 10_000,
      ...(typeof begun?.partSize === 'number' ? { partSize: begun.partSize } : {}),
    },
    ...(begun ? { state: begun } : {}),
    ...(checksum === undefined ? {} : { requestChecksum: checksum }),
    ...(checksum !== undefined && combinable ? { wholeChecksum: checksum } : {}),

    async begin({ partSize }, { signal }) {
      await step('begin', path, signal);
      const uploadId = store.serial();
      store.uploads.set(uploadId, { path, started: store.now(), parts: new Map() });
      return { uploadId, partSize };
    },

    async signPart(part, state, { checksum: expected }): Promise<LocalDelivery> {
      return {
        async deliver(body, { signal, onSent }) {
          await step('sendPart', path, signal, part.number);
          const { parts } = find(state);
          const blob = await take(body, signal, onSent);
          const [sum] = await check(blob, expected, path);
          store.requireRoom(blob.size, parts.get(part.number)?.blob.size ?? 0, path);
          const etag = store.serial();
          parts.set(part.number, { blob, etag, ...(sum ? { checksum: sum } : {}) });
          return answer(200, { etag });
        },
      };
    },

    readError: () => undefined,

    readPart(part, response) {
      const { etag } = response.headers;
      return { number: part.number, size: part.end - part.start, ...(etag ? { etag } : {}) };
    },

    async listParts(state, { signal }) {
      await step('listParts', path, signal);
      return Array.from(find(state).parts, ([number, { blob, etag, checksum: sum }]): PartReceipt => {
        return { number, size: blob.size, etag, ...(sum ? { checksum: sum } : {}) };
      }).sort((a, b) => a.number - b.number);
    },

    async complete(state, receipts, { signal, whole }) {
      await step('complete', path, signal);
      const blob = join(find(state), receipts, context);
      const wish = whole ?? (checksum === undefined ? undefined : await digest(blob, checksum));
      const checksums = await check(blob, wish, path, 'restart');
      refuseTaken(context);
      // Its bytes are counted once: as parts before, as a file from here on.
      store.uploads.delete(String(state.uploadId));
      const file = store.put(path, blob, { ...about(intent), checksums });
      return { path, size: blob.size, etag: file.etag, checksums };
    },

    async abort(state, { signal }) {
      await step('abort', path, signal);
      store.uploads.delete(String(state.uploadId));
    },
  };
}

/** Copies the bytes, so that nothing depends on a file on disk any more. */
async function take(body: Blob, signal: AbortSignal, onSent: (bytes: number) => void): Promise<Blob> {
  const pieces: ArrayBuffer[] = [];
  for (let start = 0; start < body.size; start += PIECE) {
    if (signal.aborted) throw abortedError();
    pieces.push(await body.slice(start, start + PIECE).arrayBuffer());
    onSent(Math.min(start + PIECE, body.size));
  }
  if (signal.aborted) throw abortedError();
  return new Blob(pieces, { type: body.type });
}

/** @throws TransferError when the bytes are not the promised ones. */
async function check(
  blob: Blob,
  expected: Checksum | undefined,
  path: string,
  kind: 'retry' | 'restart' = 'retry',
): Promise<readonly Checksum[]> {
  if (!expected) return [];
  const found = await digest(blob, expected.algorithm);
  if (found.value === expected.value) return [found];
  throw new TransferError('The bytes that arrived are not the file’s. Nothing was stored.', {
    kind,
    reason: 'checksum-mismatch',
    path,
  });
}

function join(
  upload: OpenUpload,
  receipts: readonly PartReceipt[],
  { intent, minPartSize }: PlanContext,
): Blob {
  const inOrder = receipts.toSorted((a, b) => a.number - b.number);
  const blobs = inOrder.map(({ number, etag }, index) => {
    const part = upload.parts.get(number);
    if (!part || part.etag !== etag) {
      throw new TransferError('A part of the file is missing, so the upload has to begin again.', {
        kind: 'restart',
        reason: 'upload-gone',
        path: intent.path,
      });
    }
    if (part.blob.size < minPartSize && index < inOrder.length - 1) {
      throw problem('too-small', 'A part of the file is smaller than allowed.', intent.path);
    }
    return part.blob;
  });
  return new Blob(blobs, { type: intent.type });
}

function refuseTaken({ store, intent }: PlanContext): void {
  if (intent.createOnly && store.hasFile(intent.path)) {
    throw problem('exists', 'A file of this name is already there. It was left as it is.', intent.path);
  }
}

function about({ type, metadata }: UploadIntent) {
  return { type: metadata?.headers?.['content-type'] ?? type, ...(metadata ? { metadata } : {}) };
}

function answer(status: number, headers: Record<string, string> = {}): TransferResponse {
  return { status, headers, body: '' };
}
