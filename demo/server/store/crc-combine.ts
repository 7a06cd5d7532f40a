/**
 * CRC(A‖B) = CRC(A) · x^(8·|B|) + CRC(B) in GF(2)[x] modulo the generator, for CRCs that are bit-reflected and
 * inverted before and after (all three of S3 are). Polynomials are held reflected: the highest bit is x⁰.
 */
interface Field {
  width: bigint;
  generator: bigint;
}

const FIELDS: Record<'CRC32' | 'CRC32C' | 'CRC64NVME', Field> = {
  CRC32: { width: 32n, generator: 0xedb88320n },
  CRC32C: { width: 32n, generator: 0x82f63b78n },
  CRC64NVME: { width: 64n, generator: 0x9a6c9329ac4bc9b5n },
};

function multiply({ width, generator }: Field, left: bigint, right: bigint): bigint {
  let product = 0n;
  let factor = right;
  for (let bit = 1n << (width - 1n); bit !== 0n; bit >>= 1n) {
    if (left & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ generator : factor >> 1n;
  }
  return product;
}

/** x^(8·bytes) modulo the generator. */
function shiftBy(field: Field, bytes: number): bigint {
  let square = 1n << (field.width - 2n);
  for (let i = 0; i < 3; i++) square = multiply(field, square, square);
  let power = 1n << (field.width - 1n);
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(field, power, square);
    square = multiply(field, square, square);
  }
  return power;
}

/** The CRC of all pieces one after another. Lengths are in bytes. */
export function combineCrc(
  algorithm: keyof typeof FIELDS,
  pieces: readonly { crc: bigint; length: number }[],
): bigint {
  const field = FIELDS[algorithm];
  const shifts = new Map<number, bigint>();
  let result = 0n;
  for (const { crc, length } of pieces) {
    let shift = shifts.get(length);
    if (shift === undefined) shifts.set(length, (shift = shiftBy(field, length)));
    result = multiply(field, shift, result) ^ crc;
  }
  return result;
}
