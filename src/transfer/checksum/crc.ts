/**
 * CRCs in plain JavaScript, for pages whose content security policy forbids WebAssembly. Table-driven, eight bytes a
 * step; the 64-bit one works on two 32-bit halves because BigInt arithmetic is some hundred times slower.
 */
import type { CombinableAlgorithm } from '../../core/checksum.js';

/** Reflected generator polynomials, without the leading term. All start and end with every bit inverted. */
export const polynomials: Readonly<Record<CombinableAlgorithm, bigint>> = {
  crc32: 0xedb88320n,
  crc32c: 0x82f63b78n,
  crc64nvme: 0x9a6c9329ac4bc9b5n,
};

export interface Crc {
  update(bytes: Uint8Array): void;
  /** The value over everything so far, most significant byte first. */
  digest(): Uint8Array;
}

/** Tables of 8 × 256 entries: entry `k * 256 + b` is byte `b` followed by `k` zero bytes. */
const tables32 = new Map<CombinableAlgorithm, Uint32Array>();

function table32(algorithm: CombinableAlgorithm): Uint32Array {
  const known = tables32.get(algorithm);
  if (known !== undefined) return known;
  const polynomial = Number(polynomials[algorithm]);
  const table = new Uint32Array(2048);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  for (let index = 256; index < 2048; index += 1) {
    const before = table[index - 256]!;
    table[index] = (before >>> 8) ^ table[before & 255]!;
  }
  tables32.set(algorithm, table);
  return table;
}

class Crc32 implements Crc {
  readonly #table: Uint32Array;
  #value = -1;

  constructor(algorithm: CombinableAlgorithm) {
    this.#table = table32(algorithm);
  }

  update(bytes: Uint8Array): void {
    const table = this.#table;
    let value = this.#value;
    let index = 0;
    for (const last = bytes.length - 7; index < last; index += 8) {
      value ^=
        bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
      value =
        table[1792 + (value & 255)]! ^
        table[1536 + ((value >>> 8) & 255)]! ^
        table[1280 + ((value >>> 16) & 255)]! ^
        table[1024 + (value >>> 24)]! ^
        table[768 + bytes[index + 4]!]! ^
        table[512 + bytes[index + 5]!]! ^
        table[256 + bytes[index + 6]!]! ^
        table[bytes[index + 7]!]!;
    }
    for (; index < bytes.length; index += 1) value = (value >>> 8) ^ table[(value ^ bytes[index]!) & 255]!;
    this.#value = value;
  }

  digest(): Uint8Array {
    const digest = new Uint8Array(4);
    new DataView(digest.buffer).setInt32(0, ~this.#value);
    return digest;
  }
}

interface Table64 {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const tables64 = new Map<CombinableAlgorithm, Table64>();

function table64(algorithm: CombinableAlgorithm): Table64 {
  const known = tables64.get(algorithm);
  if (known !== undefined) return known;
  const polynomialHigh = Number(polynomials[algorithm] >> 32n);
  const polynomialLow = Number(polynomials[algorithm] & 0xffffffffn);
  const high = new Uint32Array(2048);
  const low = new Uint32Array(2048);
  for (let byte = 0; byte < 256; byte += 1) {
    let valueHigh = 0;
    let valueLow = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = valueLow & 1;
      valueLow = (valueLow >>> 1) | (valueHigh << 31);
      valueHigh >>>= 1;
      if (carry) {
        valueLow ^= polynomialLow;
        valueHigh ^= polynomialHigh;
      }
    }
    high[byte] = valueHigh;
    low[byte] = valueLow;
  }
  for (let index = 256; index < 2048; index += 1) {
    const beforeHigh = high[index - 256]!;
    const beforeLow = low[index - 256]!;
    low[index] = ((beforeLow >>> 8) | (beforeHigh << 24)) ^ low[beforeLow & 255]!;
    high[index] = (beforeHigh >>> 8) ^ high[beforeLow & 255]!;
  }
  const table = { high, low };
  tables64.set(algorithm, table);
  return table;
}

class Crc64 implements Crc {
  readonly #table: Table64;
  #high = -1;
  #low = -1;

  constructor(algorithm: CombinableAlgorithm) {
    this.#table = table64(algorithm);
  }

  update(bytes: Uint8Array): void {
    const { high: tableHigh, low: tableLow } = this.#table;
    let high = this.#high;
    let low = this.#low;
    let index = 0;
    for (const last = bytes.length - 7; index < last; index += 8) {
      low ^= bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
      high ^=
        bytes[index + 4]! | (bytes[index + 5]! << 8) | (bytes[index + 6]! << 16) | (bytes[index + 7]! << 24);
      const a = 1792 + (low & 255);
      const b = 1536 + ((low >>> 8) & 255);
      const c = 1280 + ((low >>> 16) & 255);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 255);
      const f = 512 + ((high >>> 8) & 255);
      const g = 256 + ((high >>> 16) & 255);
      const h = high >>> 24;
      high =
        tableHigh[a]! ^
        tableHigh[b]! ^
        tableHigh[c]! ^
        tableHigh[d]! ^
        tableHigh[e]! ^
        tableHigh[f]! ^
        tableHigh[g]! ^
        tableHigh[h]!;
      low =
        tableLow[a]! ^
        tableLow[b]! ^
        tableLow[c]! ^
        tableLow[d]! ^
        tableLow[e]! ^
        tableLow[f]! ^
        tableLow[g]! ^
        tableLow[h]!;
    }
    for (; index < bytes.length; index += 1) {
      const entry = (low ^ bytes[index]!) & 255;
      low = ((low >>> 8) | (high << 24)) ^ tableLow[entry]!;
      high = (high >>> 8) ^ tableHigh[entry]!;
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): Uint8Array {
    const digest = new Uint8Array(8);
    const view = new DataView(digest.buffer);
    view.setInt32(0, ~this.#high);
    view.setInt32(4, ~this.#low);
    return digest;
  }
}

export function createCrc(algorithm: CombinableAlgorithm): Crc {
  return algorithm === 'crc64nvme' ? new Crc64(algorithm) : new Crc32(algorithm);
}

export function isCombinable(algorithm: string): algorithm is CombinableAlgorithm {
  return Object.hasOwn(polynomials, algorithm);
}
