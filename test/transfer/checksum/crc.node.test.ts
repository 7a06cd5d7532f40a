import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Checksum, ChecksumAlgorithm, CombinableAlgorithm } from '../../../src/core/checksum.js';
import { fromBase64, fromHex, toBase64, toHex } from '../../../src/transfer/checksum/bytes.js';
import {
  combineChecksums,
  combineCrc,
  compositeChecksum,
  formatChecksum,
  parseChecksum,
} from '../../../src/transfer/checksum/combine.js';
import { createCrc } from '../../../src/transfer/checksum/crc.js';
import { createIncrementalHash } from '../../../src/transfer/checksum/incremental.js';
import { createHasher } from '../../../src/transfer/checksum/index.js';

const algorithms: CombinableAlgorithm[] = ['crc32', 'crc32c', 'crc64nvme'];
const checkText = new TextEncoder().encode('123456789');
/** Published check values: the CRC of the nine digits. */
const checkValues: Record<CombinableAlgorithm, string> = {
  crc32: 'cbf43926',
  crc32c: 'e3069283',
  crc64nvme: 'ae8b14860a799888',
};

function crc(algorithm: CombinableAlgorithm, ...pieces: Uint8Array[]): Uint8Array {
  const hash = createCrc(algorithm);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

async function wasm(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Promise<string> {
  const hash = await createIncrementalHash(algorithm);
  hash.update(bytes);
  return toHex(hash.digest());
}

describe('CRC in plain JavaScript', () => {
  for (const algorithm of algorithms) {
    it(`${algorithm} gives the published check value`, () => {
      assert.equal(toHex(crc(algorithm, checkText)), checkValues[algorithm]);
    });

    it(`${algorithm} agrees with WebAssembly, however the bytes are cut`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(200), async (bytes, cut) => {
          const expected = await wasm(algorithm, bytes);
          assert.equal(toHex(crc(algorithm, bytes)), expected);
          assert.equal(toHex(crc(algorithm, bytes.subarray(0, cut), bytes.subarray(cut))), expected);
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('combining CRCs', () => {
  for (const algorithm of algorithms) {
    it(`${algorithm} of the whole follows from the parts`, () => {
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { minLength: 1, maxLength: 8 }), parts => {
          const whole = new Uint8Array(parts.flatMap(part => [...part]));
          const combined = combineChecksums(
            parts.map(part => ({
              size: part.length,
              checksum: { algorithm, scope: 'full', value: toBase64(crc(algorithm, part)) },
            })),
          );
          assert.deepEqual(combined, { algorithm, scope: 'full', value: toBase64(crc(algorithm, whole)) });
        }),
        { numRuns: 100 },
      );
    });

    it(`${algorithm} of an appended run of zeros longer than 4 GiB is that of shorter runs, joined`, () => {
      const mebibyte = crc(algorithm, new Uint8Array(1024 * 1024));
      let doubled = mebibyte;
      for (let size = 1024 * 1024; size < 8 * 1024 ** 3; size *= 2) {
        doubled = combineCrc(algorithm, doubled, doubled, size);
      }
      let stepped = combineCrc(algorithm, new Uint8Array(mebibyte.length), mebibyte, 1024 * 1024);
      for (let count = 1; count < 8192; count += 1) {
        stepped = combineCrc(algorithm, stepped, mebibyte, 1024 * 1024);
      }
      assert.equal(toHex(doubled), toHex(stepped));
    });
  }

  it('refuses what cannot be combined', () => {
    const sha: Checksum = { algorithm: 'sha256', scope: 'full', value: '' };
    const one: Checksum = { algorithm: 'crc32', scope: 'full', value: toBase64(fromHex('cbf43926')) };
    assert.throws(() => combineChecksums([]), RangeError);
    assert.throws(() => combineChecksums([{ checksum: sha, size: 1 }]), RangeError);
    assert.throws(
      () =>
        combineChecksums([
          { checksum: one, size: 9 },
          { checksum: { ...one, algorithm: 'crc32c' }, size: 9 },
        ]),
      RangeError,
    );
  });
});

describe('checksums as S3 writes them', () => {
  it('makes a composite checksum of the digests of the parts', async () => {
    const { createHash } = await import('node:crypto');
    const parts = ['first part', 'second part', 'third'].map(text =>
      createHash('sha256').update(text).digest(),
    );
    const expected = `${createHash('sha256').update(Buffer.concat(parts)).digest('base64')}-3`;
    const composite = await compositeChecksum(
      parts.map(part => ({ algorithm: 'sha256', scope: 'full', value: part.toString('base64') })),
      createHasher().hashBytes.bind(createHasher()),
    );
    assert.equal(formatChecksum(composite), expected);
    assert.deepEqual(parseChecksum('sha256', expected), composite);
  });

  it('tells full from composite and refuses other text', () => {
    assert.deepEqual(parseChecksum('crc32', 'y/Q5Jg=='), {
      algorithm: 'crc32',
      value: 'y/Q5Jg==',
      scope: 'full',
    });
    assert.equal(parseChecksum('crc32', 'not base64!'), undefined);
    assert.equal(parseChecksum('crc32', ''), undefined);
  });
});

describe('text forms of digests', () => {
  it('come back as the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
        assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
        assert.deepEqual(fromHex(toHex(bytes)), bytes);
      }),
    );
    assert.throws(() => fromHex('0g'), RangeError);
    assert.throws(() => fromHex('abc'), RangeError);
  });
});

describe('a hasher without workers', () => {
  const known: Record<string, [ChecksumAlgorithm, string]> = {
    md5: ['md5', 'md5'],
    sha1: ['sha1', 'sha1'],
    sha256: ['sha256', 'sha256'],
  };
  it('computes every algorithm over a blob of several slices in one reading', async () => {
    const { createHash } = await import('node:crypto');
    const bytes = new Uint8Array(1_300_007).map((_, index) => (index * 31 + (index >> 9)) & 255);
    const steps: number[] = [];
    const hasher = createHasher();
    const result = await hasher.hash(
      new Blob([bytes]),
      ['crc64nvme', 'crc32c', 'crc32', 'md5', 'sha1', 'sha256'],
      { onBytes: done => steps.push(done) },
    );
    for (const [algorithm, name] of Object.values(known)) {
      assert.equal(result.get(algorithm)?.value, createHash(name).update(bytes).digest('base64'));
    }
    for (const algorithm of algorithms) {
      assert.equal(result.get(algorithm)?.value, toBase64(crc(algorithm, bytes)));
    }
    assert.ok(steps.length > 1);
    assert.equal(steps.at(-1), bytes.length);
    assert.equal((await hasher.hash(new Blob([]), ['crc32'])).get('crc32')?.value, 'AAAAAA==');
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const job = createHasher().hash(new Blob([new Uint8Array(4_000_000)]), ['crc32'], {
      signal: stop.signal,
      onBytes: () => stop.abort(reason),
    });
    await assert.rejects(job, error => error === reason);
  });
});
