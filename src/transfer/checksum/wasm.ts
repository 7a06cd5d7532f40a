/** The WebAssembly hashes this kit uses. A module of its own, so that pages load it only when something is hashed. */
import { createCRC32, createCRC64, createMD5, createSHA1, createSHA256, type IHasher } from 'hash-wasm';
import type { ChecksumAlgorithm } from '../../core/checksum.js';

const creators: Record<ChecksumAlgorithm, () => Promise<IHasher>> = {
  crc64nvme: () => createCRC64('9a6c9329ac4bc9b5'),
  crc32c: () => createCRC32(0x82f63b78),
  crc32: () => createCRC32(),
  sha256: () => createSHA256(),
  sha1: () => createSHA1(),
  md5: () => createMD5(),
};

/** Instances that nobody uses now: making one costs more than hashing a small file. */
const idle = new Map<ChecksumAlgorithm, IHasher[]>();

export async function takeInstance(algorithm: ChecksumAlgorithm): Promise<IHasher> {
  return (idle.get(algorithm)?.pop() ?? (await creators[algorithm]())).init();
}

export function returnInstance(algorithm: ChecksumAlgorithm, instance: IHasher): void {
  const waiting = idle.get(algorithm) ?? [];
  if (waiting.length < 8) waiting.push(instance);
  idle.set(algorithm, waiting);
}
