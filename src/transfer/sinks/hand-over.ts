import { reworded, TransferError } from '../../core/errors.js';
import { sinkError } from './errors.js';
import type { PickedFile } from './picked-file.js';

const isKept = 'What came is kept: trying again fetches nothing a second time.';

const failed = (name: string, cause: unknown): TransferError =>
  new TransferError(`${name} has come whole, but could not be written to its place. ${isKept}`, {
    kind: 'fatal',
    reason: 'unknown',
    cause: cause instanceof Error || cause instanceof DOMException ? cause.name : typeof cause,
  });

/** What kept a whole file from its place, in words. */
function inWords(error: unknown, name: string): TransferError {
  const known = sinkError(error, name);
  return known instanceof TransferError ? reworded(known, `${known.message} ${isKept}`) : failed(name, error);
}

const tooShort = (name: string): TransferError =>
  new TransferError(
    `${name} has come whole, but not all of it could be written to its place. Look whether the disk is full. ${isKept}`,
    { kind: 'fatal', reason: 'not-written' },
  );

/**
 * Writes `content` into a picked file. Resolves to what stands there then. Rejects with `TransferError`, or with the
 * reason of `signal`; either way what stood there before still does, unless the disk has cut the new file short.
 */
export async function handOver(content: File, file: PickedFile, signal?: AbortSignal): Promise<File> {
  try {
    signal?.throwIfAborted();
    await copy(content, file, signal);
    const there = await file.getFile();
    if (there.size === content.size) return there;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw inWords(error, file.name);
  }
  // It must not be taken for the file.
  await file.empty().catch(() => {});
  throw tooShort(file.name);
}

async function copy(content: File, file: PickedFile, signal: AbortSignal | undefined): Promise<void> {
  const writable = await file.createWritable();
  const stop = (): void => void writable.abort(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    // In one call: the browser copies it by itself, several times as fast as from a stream of its bytes.
    await writable.write(content);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
