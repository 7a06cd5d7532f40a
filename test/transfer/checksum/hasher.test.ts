import { expect } from '@open-wc/testing';
import type { ChecksumAlgorithm } from '../../../src/core/checksum.js';
import { createHasher, toHex } from '../../../src/transfer/checksum/index.js';

const mebibyte = 1024 * 1024;
const OriginalWorker = globalThis.Worker;

function patterned(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).map((_, index) => (index * 31 + (index >> 11)) & 255);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...digest));
}

/** Counts the workers that are alive while `body` runs. */
async function countingWorkers(
  body: (counts: { started: number; ended: number }) => Promise<void>,
): Promise<void> {
  const counts = { started: 0, ended: 0 };
  globalThis.Worker = class extends OriginalWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      counts.started += 1;
    }
    override terminate(): void {
      counts.ended += 1;
      super.terminate();
    }
  };
  try {
    await body(counts);
  } finally {
    globalThis.Worker = OriginalWorker;
  }
}

describe('hasher', () => {
  it('gives the published check values from a worker, and ends the worker when closed', () =>
    countingWorkers(async counts => {
      const hasher = createHasher();
      expect(counts.started).to.equal(0);
      const digits = new Blob(['123456789']);
      const result = await hasher.hash(digits, ['crc64nvme', 'crc32c', 'crc32', 'md5', 'sha1']);
      const hex = (algorithm: ChecksumAlgorithm) =>
        toHex(Uint8Array.from(atob(result.get(algorithm)!.value), letter => letter.charCodeAt(0)));
      expect(hex('crc64nvme')).to.equal('ae8b14860a799888');
      expect(hex('crc32c')).to.equal('e3069283');
      expect(hex('crc32')).to.equal('cbf43926');
      expect(hex('md5')).to.equal('25f9e794323b453885f5181f1b624d0b');
      expect(hex('sha1')).to.equal('f7c3bc1d808e04732adf679965ccc34ca7ae3441');
      expect(counts.started).to.be.within(1, 2);
      hasher.close();
      expect(counts.ended).to.equal(counts.started);
    }));

  it('hashes many blobs at once without mixing them up', async () => {
    const hasher = createHasher();
    const pieces = Array.from({ length: 40 }, (_, index) => patterned(mebibyte / 4 + index * 1000));
    const results = await Promise.all(pieces.map(piece => hasher.hash(new Blob([piece]), ['sha256'])));
    for (const [index, piece] of pieces.entries()) {
      expect(results[index]!.get('sha256')!.value).to.equal(await sha256(piece));
    }
    hasher.close();
  });

  it('leaves bytes in memory with the caller and reports progress', async () => {
    const hasher = createHasher();
    const bytes = patterned(5 * mebibyte + 3);
    const steps: number[] = [];
    const result = await hasher.hashBytes(bytes, ['sha256'], { onBytes: done => steps.push(done) });
    expect(bytes.length).to.equal(5 * mebibyte + 3);
    expect(result.get('sha256')!.value).to.equal(await sha256(bytes));
    expect(steps.length).to.be.greaterThan(1);
    expect(steps.at(-1)).to.equal(bytes.length);
    hasher.close();
  });

  it('stops a job when its signal says so, and the next one is right', async () => {
    const hasher = createHasher();
    const stop = new AbortController();
    const reason = new Error('enough');
    const big = new Blob(Array.from({ length: 32 }, () => patterned(mebibyte)));
    const stopped = hasher.hash(big, ['sha256'], { signal: stop.signal, onBytes: () => stop.abort(reason) });
    expect(await stopped.catch((error: unknown) => error)).to.equal(reason);
    const result = await hasher.hash(new Blob(['123456789']), ['crc32']);
    expect(result.get('crc32')!.value).to.equal('y/Q5Jg==');
    hasher.close();
  });

  it('takes a new worker after one that had worked broke down, or was closed', () =>
    countingWorkers(async counts => {
      const workers: Worker[] = [];
      const hasher = createHasher(() => {
        const worker = new Worker(
          new URL('../../../src/transfer/checksum/checksum.worker.js', import.meta.url),
          {
            type: 'module',
          },
        );
        workers.push(worker);
        return worker;
      });
      const big = new Blob(Array.from({ length: 16 }, () => patterned(mebibyte)));
      const expected = (await hasher.hash(big, ['crc32c'])).get('crc32c')!.value;
      const broken = hasher.hash(big, ['crc32c']);
      for (const worker of workers) worker.dispatchEvent(new ErrorEvent('error', { cancelable: true }));
      expect((await broken).get('crc32c')!.value).to.equal(expected);
      const before = counts.started;
      await hasher.hash(big, ['crc32c']);
      expect(counts.started).to.be.greaterThan(before);
      hasher.close();
      const later = counts.started;
      await hasher.hash(big, ['crc32c']);
      expect(counts.started).to.be.greaterThan(later);
      hasher.close();
    }));

  it('goes on in the page when the worker does not load', async () => {
    const hasher = createHasher(() => new OriginalWorker('/no-such-worker.js', { type: 'module' }));
    const bytes = patterned(2 * mebibyte + 1);
    const result = await hasher.hash(new Blob([bytes]), ['sha256', 'crc64nvme']);
    expect(result.get('sha256')!.value).to.equal(await sha256(bytes));
    expect(result.get('crc64nvme')!.scope).to.equal('full');
  });

  it('goes on in the page when no worker may be made', async () => {
    const hasher = createHasher(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    const result = await hasher.hash(new Blob(['123456789']), ['crc32c']);
    expect(result.get('crc32c')!.value).to.equal('4waSgw==');
  });

  it('computes CRCs piece by piece also when the page can have no more WebAssembly instances', async () => {
    // Each reserves gibibytes of addresses: Chromium allows little more than a hundred.
    const hasher = createHasher();
    const hashes = await Promise.all(Array.from({ length: 300 }, () => hasher.incremental('crc64nvme')));
    const digests = hashes.map(hash => {
      hash.update(new TextEncoder().encode('123456789'));
      return toHex(hash.digest());
    });
    expect([...new Set(digests)]).to.deep.equal(['ae8b14860a799888']);
    hasher.close();
  });

  it('does without WebAssembly: CRC and SHA go on, MD5 is said to be impossible', async () => {
    const { compile } = WebAssembly;
    WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError('blocked by the policy'));
    try {
      // Fresh copies of the modules, which have not tried yet.
      const incrementalUrl = new URL('../../../src/transfer/checksum/incremental.ts?strict', import.meta.url);
      const { canHashIncrementally, createIncrementalHash } = (await import(
        incrementalUrl.href
      )) as typeof import('../../../src/transfer/checksum/incremental.js');
      const crc = await createIncrementalHash('crc64nvme');
      crc.update(new TextEncoder().encode('123456789'));
      expect(toHex(crc.digest())).to.equal('ae8b14860a799888');
      expect(await canHashIncrementally('md5')).to.equal(false);
      const error = await createIncrementalHash('md5').catch((reason: unknown) => reason);
      expect(error).to.have.property('reason', 'not-supported');
    } finally {
      WebAssembly.compile = compile;
    }
  });
});
