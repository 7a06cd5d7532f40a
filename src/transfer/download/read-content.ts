import { type ErrorReason, errorName, TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import type { DownloadOptions } from '../types.js';
import { startDownload } from './download-job.js';

/** What the content of a file can be had as. */
export interface ContentForms {
  blob: Blob;
  'array-buffer': ArrayBuffer;
  /** Decoded as UTF-8; a byte order mark is left out. */
  text: string;
  json: unknown;
}

export interface ReadOptions extends Pick<DownloadOptions, 'verify' | 'maxInMemory'> {
  readonly signal?: AbortSignal;
}

const forms: {
  readonly [Form in keyof ContentForms]: (blob: Blob, path: string) => Promise<ContentForms[Form]>;
} = {
  blob: async blob => blob,
  'array-buffer': blob => blob.arrayBuffer(),
  text: blob => new Response(blob).text(),
  json: (blob, path) =>
    new Response(blob).json().catch((error: unknown) => {
      throw refusal(`${path} holds no JSON that can be read.`, 'unreadable', path, errorName(error));
    }),
};

const refusal = (message: string, reason: ErrorReason, path: string, cause?: unknown): TransferError =>
  new TransferError(message, { kind: 'fatal', reason, path, ...(cause === undefined ? {} : { cause }) });

/** The content of the file at `path`. Rejects with `TransferError`, or with the signal's reason. */
export async function readContent<Form extends keyof ContentForms>(
  context: TransferContext,
  path: string,
  form: Form,
  { signal, ...options }: ReadOptions,
): Promise<ContentForms[Form]> {
  signal?.throwIfAborted();
  if (!Object.hasOwn(forms, form)) {
    const known = Object.keys(forms).join(', ');
    throw refusal(`Content cannot be read as “${form}”, only as one of ${known}.`, 'invalid-input', path);
  }
  if (path === '' || path.endsWith('/')) {
    throw refusal('A folder has no content to read. Name one file.', 'invalid-input', path);
  }
  const job = startDownload(context, [path], { ...options, to: 'memory' });
  const stop = (): void => void job.cancel();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await job.finished;
  } finally {
    signal?.removeEventListener('abort', stop);
    await job.release?.();
  }
  signal?.throwIfAborted();
  const item = job.items.at(0);
  const blob = item?.result?.blob;
  if (blob === undefined) throw item?.error ?? refusal('Nothing came.', 'invalid-answer', path);
  return forms[form](blob, path);
}
