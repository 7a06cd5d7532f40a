/**
 * Checksums of a whole from the checksums of its pieces, without reading a byte again.
 *
 * A CRC is the remainder of a polynomial division. Appending n bytes multiplies what came before by x^(8n); so
 * `crc(AB) = crc(A) · x^(8·|B|) + crc(B)`, all modulo the generator polynomial. The inversions at both ends of these
 * three CRCs cancel out in that formula.
 */
import type { Checksum, ChecksumAlgorithm, CombinableAlgorithm } from '../../core/checksum.js';
import { concatBytes, fromBase64, toBase64 } from './bytes.js';
import { isCombinable, polynomials } from './crc.js';

/** Bits of the remainder. */
function widthOf(algorithm: CombinableAlgorithm): bigint {
  return algorithm === 'crc64nvme' ? 64n : 32n;
}

/** Product modulo the generator. Reflected bit order: the highest bit is the coefficient of x^0. */
function multiply(algorithm: CombinableAlgorithm, one: bigint, other: bigint): bigint {
  const polynomial = polynomials[algorithm];
  let product = 0n;
  let shifted = other;
  for (let bit = widthOf(algorithm) - 1n; bit >= 0n; bit -= 1n) {
    if ((one >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

/** `squares[k]` is x^(8·2^k). Grows as needed. */
const squares = new Map<CombinableAlgorithm, bigint[]>();
/** The last few x^(8·length): parts of one file have one length, so nearly all joins cost one multiplication. */
const shifts = new Map<string, bigint>();

function shiftBy(algorithm: CombinableAlgorithm, length: number): bigint {
  const key = `${algorithm}:${length}`;
  const known = shifts.get(key);
  if (known !== undefined) return known;
  let powers = squares.get(algorithm);
  if (powers === undefined) {
    powers = [1n << (widthOf(algorithm) - 9n)];
    squares.set(algorithm, powers);
  }
  let shift = 1n << (widthOf(algorithm) - 1n);
  for (let rest = length, index = 0; rest > 0; rest = Math.floor(rest / 2), index += 1) {
    const power = (powers[index] ??= multiply(algorithm, powers[index - 1]!, powers[index - 1]!));
    if (rest % 2 === 1) shift = multiply(algorithm, shift, power);
  }
  if (shifts.size >= 32) shifts.delete(shifts.keys().next().value!);
  shifts.set(key, shift);
  return shift;
}

function toNumber(digest: Uint8Array): bigint {
  return digest.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function toDigest(algorithm: CombinableAlgorithm, value: bigint): Uint8Array {
  const digest = new Uint8Array(Number(widthOf(algorithm)) / 8);
  for (let index = digest.length - 1, rest = value; index >= 0; index -= 1, rest >>= 8n) {
    digest[index] = Number(rest & 255n);
  }
  return digest;
}

/** CRC of A followed by B from both CRCs and the length of B in bytes. */
export function combineCrc(
  algorithm: CombinableAlgorithm,
  first: Uint8Array,
  second: Uint8Array,
  secondLength: number,
): Uint8Array {
  const value = multiply(algorithm, shiftBy(algorithm, secondLength), toNumber(first)) ^ toNumber(second);
  return toDigest(algorithm, value);
}

/** A checksum of one piece with the size of that piece in bytes. */
export interface SizedChecksum {
  readonly checksum: Checksum;
  readonly size: number;
}

/**
 * Full-object checksum of pieces that follow one another in the given order.
 * Throws `RangeError` when the algorithm cannot be combined, algorithms differ, or there is no piece.
 */
export function combineChecksums(pieces: readonly SizedChecksum[]): Checksum {
  const first = pieces[0];
  if (first === undefined) throw new RangeError('There is nothing to combine.');
  const { algorithm } = first.checksum;
  if (!isCombinable(algorithm)) throw new RangeError(`A whole ${algorithm} does not follow from its parts.`);
  let digest = fromBase64(first.checksum.value);
  for (const { checksum, size } of pieces.slice(1)) {
    if (checksum.algorithm !== algorithm) throw new RangeError('The pieces have different checksums.');
    digest = combineCrc(algorithm, digest, fromBase64(checksum.value), size);
  }
  return { algorithm, value: toBase64(digest), scope: 'full' };
}

/**
 * S3's composite checksum: the digest of the parts' digests, one after another. `hashBytes` is a hasher's.
 */
export async function compositeChecksum(
  parts: readonly Checksum[],
  hashBytes: (
    bytes: Uint8Array,
    algorithms: readonly ChecksumAlgorithm[],
  ) => Promise<ReadonlyMap<ChecksumAlgorithm, Checksum>>,
): Promise<Checksum> {
  const algorithm = parts[0]?.algorithm;
  if (algorithm === undefined) throw new RangeError('There is nothing to combine.');
  const digests = concatBytes(parts.map(part => fromBase64(part.value)));
  const checksum = (await hashBytes(digests, [algorithm])).get(algorithm)!;
  return { algorithm, value: checksum.value, scope: 'composite', parts: parts.length };
}

/** The text S3 uses in `x-amz-checksum-…` headers: base64, and `-N` behind a composite one. */
export function formatChecksum(checksum: Checksum): string {
  return checksum.scope === 'composite' ? `${checksum.value}-${checksum.parts}` : checksum.value;
}

/** Reads such a text. Undefined when it is not one. */
export function parseChecksum(algorithm: ChecksumAlgorithm, text: string): Checksum | undefined {
  const match = /^([A-Za-z0-9+/]+={0,2})(?:-(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const value = match[1]!;
  if (match[2] === undefined) return { algorithm, value, scope: 'full' };
  return { algorithm, value, scope: 'composite', parts: Number(match[2]) };
}
