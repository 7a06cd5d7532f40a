/** What this storage computes of the bytes it takes, like a real one: it never believes the page. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';

const PIECE = 1024 * 1024;

/** The digest of a blob, read piece by piece. */
export async function digest(blob: Blob, algorithm: ChecksumAlgorithm): Promise<Checksum> {
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
  for (let start = 0; start < blob.size; start += PIECE) {
    hasher.update(new Uint8Array(await blob.slice(start, start + PIECE).arrayBuffer()));
  }
  return { algorithm, value: btoa(String.fromCharCode(...hasher.digest('binary'))), scope: 'full' };
}
