import { crc32 } from 'node:zlib';
import {
  dataDescriptor,
  directoryOf,
  layOut,
  localHeader,
  type ZipMember,
} from '../../../../src/transfer/zip/layout.js';

export interface ZippedFile extends ZipMember {
  bytes(): AsyncIterable<Uint8Array>;
}

/** An archive of stored (not compressed) files, as a stream, and its exact length. */
export function zipOf(files: readonly ZippedFile[]): { size: number; bytes: AsyncIterable<Uint8Array> } {
  const layout = layOut(files);
  async function* write(): AsyncGenerator<Uint8Array> {
    const sums: number[] = [];
    for (const file of files) {
      yield localHeader(file);
      let sum = 0;
      for await (const piece of file.bytes()) {
        sum = crc32(piece, sum);
        yield piece;
      }
      sums.push(sum);
      yield dataDescriptor(file, sum);
    }
    yield* directoryOf(layout, index => sums[index]!);
  }
  return { size: layout.size, bytes: write() };
}
