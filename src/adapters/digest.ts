/** What storages in the browser compute of the bytes they take, like real ones: they never believe the page. */
import type { Checksum, ChecksumAlgorithm } from '../core/checksum.js';

const PIECE = 1024 * 1024;

export interface Digest {
  update(bytes: Uint8Array): void;
  /** The checksum of all bytes so far; nothing can be added afterwards. */
  finish(): Checksum;
}

/** @throws what the browser throws where a page's policy forbids WebAssembly */
export async function createDigest(algorithm: ChecksumAlgorithm): Promise<Digest> {
  // Loaded on the first use: pages that only list do not pay for it.
  const { createCRC32, createCRC64, createMD5, createSHA1, createSHA256 } = await import('hash-wasm');
  const hasher = await {
    crc64nvme: () => createCRC64('9a6c9329ac4bc9b5'),
    crc32c: () => createCRC32(0x82f63b78),
    crc32: () => createCRC32(),
    sha256: () => createSHA256(),
    sha1: () => createSHA1(),
    md5: () => createMD5(),
  }[algorithm]();
  hasher.init();
  return {
    update: bytes => void hasher.update(bytes),
    finish: () => ({
      algorithm,
      value: btoa(String.fromCharCode(...hasher.digest('binary'))),
      scope: 'full',
    }),
  };
}

/** The digest of a blob, read piece by piece. */
export async function digest(blob: Blob, algorithm: ChecksumAlgorithm): Promise<Checksum> {
  const hasher = await createDigest(algorithm);
  for (let start = 0; start < blob.size; start += PIECE) {
    hasher.update(new Uint8Array(await blob.slice(start, start + PIECE).arrayBuffer()));
  }
  return hasher.finish();
}
