import { type ChecksumAlgorithm, createHasher, type Hasher } from './checksums.js';
import type { DataFiles } from './data-files.js';
import type { Segment } from './model.js';

export type DigestName = ChecksumAlgorithm | 'MD5';

/** Bytes that are on disk but belong to nothing yet: commit what holds them, then release this hold in any case. */
export interface WrittenBytes {
  size: number;
  segments: Segment[];
  digests: Map<DigestName, Buffer>;
}

const GATHER = 1 << 20;

/**
 * Streams bytes to a new data file, hashing them on the way. One write runs while the next megabyte gathers.
 * When anything fails the file is removed.
 */
export async function storeBytes(
  files: DataFiles,
  source: AsyncIterable<Uint8Array>,
  digestNames: Iterable<DigestName>,
): Promise<WrittenBytes> {
  const hashers = new Map<DigestName, Hasher>();
  for (const name of new Set(digestNames)) hashers.set(name, await createHasher(name));
  let target: Awaited<ReturnType<DataFiles['create']>> | undefined;
  let size = 0;
  let gathered: Uint8Array[] = [];
  let gatheredSize = 0;
  let writing: Promise<unknown> = Promise.resolve();
  let failed: unknown;
  let kept = false;
  const write = async () => {
    const pieces = gathered;
    gathered = [];
    gatheredSize = 0;
    await writing;
    if (failed !== undefined) throw failed;
    writing = writeAll(target!.handle, pieces).catch(error => {
      failed = error;
    });
  };
  try {
    for await (const piece of source) {
      if (piece.length === 0) continue;
      target ??= await files.create();
      files.reserve(piece.length);
      size += piece.length;
      for (const hasher of hashers.values()) hasher.update(piece);
      gathered.push(piece);
      gatheredSize += piece.length;
      if (gatheredSize >= GATHER) await write();
    }
    if (gatheredSize > 0) await write();
    await writing;
    if (failed !== undefined) throw failed;
    await target?.handle.close();
    const segments: Segment[] = target ? [{ file: target.file, offset: 0, length: size }] : [];
    files.hold(segments);
    kept = true;
    return {
      size,
      segments,
      digests: new Map([...hashers].map(([name, hasher]) => [name, hasher.digest()])),
    };
  } finally {
    files.unreserve(size);
    if (!kept && target) {
      await writing;
      await target.handle.close().catch(() => undefined);
      files.discard(target.file);
    }
  }
}

async function writeAll(
  handle: { writev(pieces: Uint8Array[]): Promise<{ bytesWritten: number }> },
  pieces: Uint8Array[],
) {
  for (let rest = pieces; rest.length > 0; ) {
    let { bytesWritten } = await handle.writev(rest);
    // A short write is legal, on a nearly full disk for instance.
    while (rest.length > 0 && bytesWritten >= rest[0]!.length) {
      bytesWritten -= rest[0]!.length;
      rest = rest.slice(1);
    }
    if (rest.length > 0 && bytesWritten > 0) rest = [rest[0]!.subarray(bytesWritten), ...rest.slice(1)];
  }
}

const READ_SIZE = 256 * 1024;

/** The bytes of the segments from `start` to before `end`. The caller holds the segments meanwhile. */
export async function* readSegments(
  files: DataFiles,
  segments: readonly Segment[],
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  let before = 0;
  for (const { file, offset, length } of segments) {
    const from = Math.max(0, start - before);
    const to = Math.min(length, end - before);
    before += length;
    if (from >= to) continue;
    const handle = await files.openForReading(file);
    try {
      for (let position = from; position < to; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_SIZE, to - position));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset + position);
        if (bytesRead === 0) throw new Error('a data file is shorter than the catalog says');
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
}

/** The segments that hold the bytes from `start` to before `end`, without reading them. */
export function sliceSegments(segments: readonly Segment[], start: number, end: number): Segment[] {
  const slices: Segment[] = [];
  let before = 0;
  for (const { file, offset, length } of segments) {
    const from = Math.max(0, start - before);
    const to = Math.min(length, end - before);
    before += length;
    if (from < to) slices.push({ file, offset: offset + from, length: to - from });
  }
  return slices;
}
