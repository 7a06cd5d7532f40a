/**
 * Moves a response body into a sink in pieces of up to 1 MiB: small writes are slow in every engine. On a slow link
 * smaller ones go, so that what saves a file while it comes is not silent, and little is lost when a connection breaks.
 * Reads with a BYOB reader where the body allows it, which doubles throughput and keeps memory flat.
 */

import { PieceBuffers, pieceSize } from './piece-buffers.js';

const smallestRead = 16 * 1024;
/** Milliseconds that bytes wait for their piece to be filled. */
const longestFill = 5_000;

export interface PumpOptions {
  /** Where buffers come from and go back to. Default: they are of no use afterwards. */
  readonly buffers?: PieceBuffers;
  /** Bytes that are written at once. Default: {@link pieceSize}. */
  readonly piece?: number;
  /** Most bytes to take; the rest of the body is left unread. */
  readonly limit: number;
  /** Looks whether there is more than {@link limit}. */
  readonly looksBeyond?: boolean;
  /** Told after each read how many bytes came with it. */
  onReceived(bytes: number): void;
  /** Takes over the piece's buffer; resolves to a buffer that may be filled again. Called one after another. */
  write(piece: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined>;
}

interface Read {
  readonly done: boolean;
  /** Bytes now in `buffer`, counted from `filled` on. */
  readonly count: number;
  readonly buffer: ArrayBuffer;
}

interface BodyReader {
  read(buffer: ArrayBuffer, filled: number, most: number): Promise<Read>;
  cancel(): Promise<void>;
}

type ByobReader = {
  read(
    view: Uint8Array<ArrayBuffer>,
    options?: { min: number },
  ): Promise<{ done: boolean; value: Uint8Array<ArrayBuffer> | undefined }>;
  cancel(): Promise<void>;
};

function byobReader(reader: ByobReader): BodyReader {
  // Fewer, larger reads while the link is fast; on a slow one progress must still be seen.
  let least = 64 * 1024;
  return {
    async read(buffer, filled, most) {
      const began = performance.now();
      const min = Math.min(least, most);
      const { done, value } = await reader.read(new Uint8Array(buffer, filled, most), { min });
      const took = performance.now() - began;
      if (took < 100) least = Math.min(pieceSize, least * 2);
      else if (took > 500) least = Math.max(smallestRead, least / 2);
      // At the end of the body the last bytes may come together with `done`.
      return { done, count: value?.byteLength ?? 0, buffer: value?.buffer ?? buffer };
    },
    cancel: () => reader.cancel(),
  };
}

function copyingReader(reader: ReadableStreamDefaultReader<Uint8Array>): BodyReader {
  let left: Uint8Array | undefined;
  return {
    async read(buffer, filled, most) {
      if (left === undefined) {
        const { done, value } = await reader.read();
        if (done) return { done, count: 0, buffer };
        left = value;
      }
      const count = Math.min(left.length, most);
      new Uint8Array(buffer, filled, count).set(left.subarray(0, count));
      left = count < left.length ? left.subarray(count) : undefined;
      return { done: false, count, buffer };
    },
    cancel: () => reader.cancel(),
  };
}

function readerOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): BodyReader {
  try {
    return byobReader(body.getReader({ mode: 'byob' }) as unknown as ByobReader);
  } catch {
    return copyingReader(body.getReader());
  }
}

async function hasMore(reader: BodyReader): Promise<boolean> {
  try {
    return (await reader.read(new ArrayBuffer(1), 0, 1)).count > 0;
  } catch {
    // All that was asked for is here; what became of the connection afterwards does not matter.
    return false;
  }
}

export interface Pumped {
  /** The body ended before `limit`. */
  readonly ended: boolean;
  /** It goes on after `limit`, where that was looked for. */
  readonly more: boolean;
}

/**
 * Rejects with what reading or writing threw; everything
 * handed to `write` has been settled by then.
 */
export async function pump(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  {
    buffers = new PieceBuffers(),
    piece = pieceSize,
    limit,
    looksBeyond = false,
    onReceived,
    write,
  }: PumpOptions,
): Promise<Pumped> {
  const reader = readerOf(body);
  const capacity = Math.max(1, Math.min(piece, limit));
  let buffer: ArrayBuffer | undefined;
  let filled = 0;
  let left = limit;
  let writing: Promise<ArrayBuffer | undefined> | undefined;
  let isWriting = false;
  let flushed = performance.now();
  const written = async (): Promise<void> => {
    const before = writing;
    writing = undefined;
    buffers.giveBack(await before);
  };
  const flush = async (isLate = false): Promise<void> => {
    // One piece is written while the next one is read.
    await written();
    if (buffer === undefined || filled === 0) return;
    // What comes before its turn is kept with its buffer, so that one may be no larger than its few bytes.
    const bytes = new Uint8Array(isLate ? buffer.slice(0, filled) : buffer, 0, filled);
    isWriting = true;
    writing = write(bytes).finally(() => {
      isWriting = false;
    });
    writing.catch(() => {});
    if (!isLate) buffer = undefined;
    filled = 0;
    flushed = performance.now();
  };
  try {
    for (;;) {
      if (left === 0) {
        await flush();
        await written();
        buffers.giveBack(buffer);
        return { ended: false, more: looksBeyond && (await hasMore(reader)) };
      }
      buffer ??= buffers.take(capacity);
      const read = await reader.read(buffer, filled, Math.min(capacity - filled, left));
      buffer = read.buffer;
      filled += read.count;
      left -= read.count;
      if (read.count > 0) onReceived(read.count);
      if (filled === capacity || read.done) await flush();
      else if (!isWriting && performance.now() - flushed > longestFill) await flush(true);
      if (!read.done) continue;
      await written();
      buffers.giveBack(buffer);
      return { ended: left > 0, more: false };
    }
  } catch (error) {
    await writing?.catch(() => {});
    throw error;
  } finally {
    // Also ends the request when more was sent than wanted.
    reader.cancel().catch(() => {});
  }
}
