import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCRC32, createCRC64 } from 'hash-wasm';
import { combineCrc } from './crc-combine.js';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

/** A checksum as S3 shows it: base64, with `-N` behind it when it is one of N parts' checksums. */
export interface Checksum {
  algorithm: ChecksumAlgorithm;
  value: string;
  type: ChecksumType;
}

export const DIGEST_BYTES: Record<ChecksumAlgorithm, number> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export function asChecksumAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find(algorithm => algorithm === name?.toUpperCase());
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The name of the XML element that carries this checksum. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

export function isCrc(algorithm: ChecksumAlgorithm): boolean {
  return algorithm.startsWith('CRC');
}

export interface Hasher {
  update(data: Uint8Array): void;
  /** May be called once. */
  digest(): Buffer;
}

const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC64NVME_POLYNOMIAL = '9a6c9329ac4bc9b5';

class NodeHasher implements Hasher {
  readonly #hash: Hash;
  constructor(name: string) {
    this.#hash = createHash(name);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Buffer {
    return this.#hash.digest();
  }
}

class Crc32Hasher implements Hasher {
  #value = 0;
  update(data: Uint8Array): void {
    this.#value = crc32(data, this.#value);
  }
  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}

type WasmHasher = Awaited<ReturnType<typeof createCRC64>>;
/** Instances are reused: each owns WASM memory, and a store takes thousands of objects. */
const idle: Record<'CRC32C' | 'CRC64NVME', WasmHasher[]> = { CRC32C: [], CRC64NVME: [] };

async function createWasmHasher(algorithm: 'CRC32C' | 'CRC64NVME'): Promise<Hasher> {
  const wasm =
    idle[algorithm].pop() ??
    (await (algorithm === 'CRC32C' ? createCRC32(CRC32C_POLYNOMIAL) : createCRC64(CRC64NVME_POLYNOMIAL)));
  wasm.init();
  return {
    update: data => void wasm.update(data),
    digest: () => {
      const bytes = Buffer.from(wasm.digest('binary'));
      idle[algorithm].push(wasm);
      return bytes;
    },
  };
}

export async function createHasher(algorithm: ChecksumAlgorithm | 'MD5'): Promise<Hasher> {
  switch (algorithm) {
    case 'MD5':
      return new NodeHasher('md5');
    case 'SHA1':
      return new NodeHasher('sha1');
    case 'SHA256':
      return new NodeHasher('sha256');
    case 'CRC32':
      return new Crc32Hasher();
    default:
      return createWasmHasher(algorithm);
  }
}

/** The checksum of an object from those of its parts; the bytes are not read again. */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { size: number; checksum: string }[],
): Checksum {
  const digests = parts.map(part => Buffer.from(part.checksum, 'base64'));
  if (type === 'FULL_OBJECT') {
    const value = combineCrc(
      algorithm as 'CRC32' | 'CRC32C' | 'CRC64NVME',
      digests.map((digest, index) => ({
        crc: BigInt(`0x${digest.toString('hex')}`),
        length: parts[index]!.size,
      })),
    );
    const hex = value.toString(16).padStart(DIGEST_BYTES[algorithm] * 2, '0');
    return { algorithm, type, value: Buffer.from(hex, 'hex').toString('base64') };
  }
  let hash: Buffer;
  const all = Buffer.concat(digests);
  if (algorithm === 'CRC32') {
    hash = Buffer.alloc(4);
    hash.writeUInt32BE(crc32(all));
  } else if (algorithm === 'CRC32C') {
    hash = crc32cOfFew(all);
  } else {
    hash = createHash(algorithm.toLowerCase()).update(all).digest();
  }
  return { algorithm, type, value: `${hash.toString('base64')}-${parts.length}` };
}

/** Bit by bit: for the few kilobytes of a composite only, where waiting for WASM would make completion asynchronous. */
function crc32cOfFew(data: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1;
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return bytes;
}
