import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createCrc } from '../../../src/transfer/checksum/crc.js';
import { createHasher, fullChecksum } from '../../../src/transfer/checksum/index.js';
import { parseContentRange, unsatisfiedTotal } from '../../../src/transfer/download/content-range.js';
import { FileCheck } from '../../../src/transfer/download/file-check.js';
import { PieceBuffers } from '../../../src/transfer/download/piece-buffers.js';
import { pump } from '../../../src/transfer/download/pump.js';
import { firstSegment, type Segment, SegmentTable } from '../../../src/transfer/download/segments.js';
import { StorageHabits } from '../../../src/transfer/link.js';

const mebibyte = 1024 * 1024;

describe('the checksum of a file in many segments', () => {
  // Each instance in WebAssembly reserves gibibytes of addresses: engines allow little more than a hundred.
  const many = 400;
  const piece = new Uint8Array([1, 2, 3, 4, 5]);
  const whole = createCrc('crc64nvme');
  for (let count = 0; count < many; count++) whole.update(piece);
  const expected = fullChecksum('crc64nvme', whole.digest());

  it('needs no more memory than the segments under way', async () => {
    const check = new FileCheck(createHasher(), new StorageHabits(), 'x', []);
    await check.learn({ said: [expected], inHeaders: [], etag: undefined, total: many * piece.length });
    const segments: Segment[] = [];
    let instances = 0;
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = ((...given: Parameters<typeof instantiate>) => {
      instances += 1;
      return instantiate(...given);
    }) as typeof instantiate;
    try {
      for (let count = 0; count < many; count++) {
        const start = count * piece.length;
        const segment: Segment = { start, end: start + piece.length, written: 0, hashes: [] };
        await check.beginSegment(segment);
        check.update(segment, piece);
        segment.written = piece.length;
        check.endSegment(segment);
        segments.push(segment);
      }
    } finally {
      WebAssembly.instantiate = instantiate;
    }
    assert.ok(instances < 10, `${instances} instances were made`);
    assert.deepEqual(check.judge(await check.computed(segments)), {
      level: 'checksum',
      by: 'page',
      algorithm: 'crc64nvme',
    });
  });
});

describe('Content-Range', () => {
  it('is read, and nothing else is taken for one', () => {
    assert.deepEqual(parseContentRange('bytes 0-99/1000'), { start: 0, end: 100, total: 1000 });
    assert.deepEqual(parseContentRange('bytes 5-5/*'), { start: 5, end: 6, total: undefined });
    for (const text of [null, '', 'bytes */100', 'items 0-1/2', 'bytes 5-4/10', 'bytes 0-10/10']) {
      assert.equal(parseContentRange(text), undefined, String(text));
    }
    assert.equal(unsatisfiedTotal('bytes */0'), 0);
    assert.equal(unsatisfiedTotal('bytes 0-1/2'), undefined);
  });
});

describe('pump', () => {
  type Chunk = Uint8Array<ArrayBuffer>;

  function streamOf(chunks: Chunk[], type?: 'bytes'): ReadableStream<Chunk> {
    const rest = chunks.map(chunk => chunk.slice());
    const source = {
      pull(controller: {
        enqueue(chunk: Chunk): void;
        close(): void;
        byobRequest?: { respond(n: number): void } | null;
      }) {
        const next = rest.shift();
        if (next) controller.enqueue(next);
        else {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
    };
    return new ReadableStream(type === 'bytes' ? ({ ...source, type } as never) : (source as never));
  }

  for (const type of ['bytes', undefined] as const) {
    it(`moves every byte once and in order (${type ?? 'ordinary'} stream)`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { maxLength: 12 }),
          fc.option(fc.nat(3000)),
          async (chunks, most) => {
            const all = Buffer.concat(chunks);
            const limit = most ?? Number.POSITIVE_INFINITY;
            const written: Buffer[] = [];
            let received = 0;
            const { ended } = await pump(streamOf(chunks as Chunk[], type), {
              limit,
              onReceived: count => (received += count),
              async write(piece) {
                written.push(Buffer.from(piece.slice()));
                // As a worker does it: the buffer is gone, another one comes back.
                structuredClone(piece.buffer, { transfer: [piece.buffer] });
                return undefined;
              },
            });
            const expected = all.subarray(0, Math.min(limit, all.length));
            assert.deepEqual(Buffer.concat(written), expected);
            assert.equal(received, expected.length);
            assert.equal(ended, all.length < limit);
          },
        ),
        { numRuns: 100 },
      );
    });
  }

  it('writes large pieces, one at a time, and reuses their buffers', async () => {
    const chunks = Array.from({ length: 80 }, () => new Uint8Array(64 * 1024));
    const sizes: number[] = [];
    const buffers = new Set<ArrayBuffer>();
    let open = 0;
    await pump(streamOf(chunks), {
      limit: Number.POSITIVE_INFINITY,
      onReceived() {},
      async write(piece) {
        assert.equal(++open, 1);
        sizes.push(piece.length);
        buffers.add(piece.buffer);
        await new Promise(resolve => setImmediate(resolve));
        open -= 1;
        return piece.buffer;
      },
    });
    assert.deepEqual(sizes, [mebibyte, mebibyte, mebibyte, mebibyte, mebibyte]);
    assert.equal(buffers.size, 2);
  });

  it('leaves no buffer behind that the next request could use', async () => {
    class Counted extends PieceBuffers {
      made = 0;
      readonly free = new Set<ArrayBuffer>();
      override take(size: number): ArrayBuffer {
        const buffer = super.take(size);
        if (!this.free.delete(buffer)) this.made += 1;
        return buffer;
      }
      override giveBack(buffer: ArrayBuffer | undefined): void {
        if (buffer) this.free.add(buffer);
        super.giveBack(buffer);
      }
    }
    const buffers = new Counted();
    for (const length of [mebibyte, 3 * mebibyte, 2 * mebibyte + 5, 7 * mebibyte]) {
      for (const limit of [length, Number.POSITIVE_INFINITY]) {
        let written = 0;
        await pump(streamOf([new Uint8Array(length)]), {
          buffers,
          limit,
          onReceived() {},
          async write(piece) {
            written += piece.length;
            await new Promise(resolve => setImmediate(resolve));
            return piece.buffer;
          },
        });
        assert.equal(written, length);
        assert.equal(buffers.free.size, buffers.made);
      }
    }
    assert.equal(buffers.made, 2);
  });

  it('lets a failed write through and ends the stream', async () => {
    let cancelled = false;
    const endless = new ReadableStream<Chunk>({
      pull: controller => controller.enqueue(new Uint8Array(mebibyte)),
      cancel: () => void (cancelled = true),
    });
    const full = new Error('full');
    const work = pump(endless, {
      limit: Number.POSITIVE_INFINITY,
      onReceived() {},
      write: () => Promise.reject(full),
    });
    await assert.rejects(work, error => error === full);
    assert.equal(cancelled, true);
  });
});

describe('segments', () => {
  it('cover the file once, whatever is interrupted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 * mebibyte }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 10_000 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 18 }),
        (total, events, workers) => {
          const table = new SegmentTable();
          const first = table.take(workers)!;
          assert.equal(first.end, firstSegment);
          table.setTotal(total);
          const finish = (segment: Segment): void => {
            table.wrote(segment, segment.end - segment.start - segment.written);
          };
          finish(first);
          for (const [interrupted, took] of events) {
            const segment = table.take(workers);
            if (segment === undefined) break;
            if (interrupted) {
              table.wrote(segment, Math.floor((segment.end - segment.start - segment.written) / 2));
              table.giveBack(segment);
            } else {
              table.measured(segment.end - segment.start, took);
              finish(segment);
            }
          }
          for (let segment = table.take(workers); segment !== undefined; segment = table.take(workers)) {
            finish(segment);
          }
          assert.equal(table.written, total);
          assert.equal(table.frontier, total);
          let end = 0;
          for (const segment of table.inOrder()) {
            assert.equal(segment.start, end);
            end = segment.end;
          }
          assert.equal(end, total);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are not looked at again, once everything up to their end is written', () => {
    const table = new SegmentTable();
    table.take(1);
    table.setTotal(2 ** 32);
    const segments = [...table.inOrder(), ...Array.from({ length: 50 }, () => table.take(2)!)];
    for (const segment of segments.slice(0, 40)) table.wrote(segment, segment.end - segment.start);
    assert.equal(table.frontier, segments[40]!.start);
    let looks = 0;
    for (const segment of segments.slice(0, 40)) {
      const { written } = segment;
      Object.defineProperty(segment, 'written', {
        get() {
          looks += 1;
          return written;
        },
      });
    }
    table.wrote(segments[40]!, 5);
    // What comes before its turn moves nothing.
    table.wrote(segments[42]!, 7);
    assert.equal(table.frontier, segments[40]!.start + 5);
    assert.equal(looks, 0);
  });

  it('grow on a fast link and shrink on a slow one', () => {
    const sizes = (took: number): number[] => {
      const table = new SegmentTable();
      table.take(1);
      table.setTotal(2 ** 32);
      return Array.from({ length: 6 }, () => {
        const segment = table.take(2)!;
        table.measured(segment.end - segment.start, took);
        return (segment.end - segment.start) / mebibyte;
      });
    };
    assert.deepEqual(sizes(200), [8, 16, 32, 32, 32, 32]);
    assert.deepEqual(sizes(20_000), [8, 4, 4, 4, 4, 4]);
    assert.deepEqual(sizes(3000), [8, 8, 8, 8, 8, 8]);
  });

  it('are together no more than may lie unread in memory, and shrink from there too', () => {
    for (const workers of [1, 2, 3, 6, 12, 18]) {
      const table = new SegmentTable();
      table.take(1);
      table.setTotal(2 ** 33);
      let size = 0;
      for (let count = 0; count < 8; count += 1) {
        const segment = table.take(workers)!;
        size = segment.end - segment.start;
        table.measured(size, 200);
      }
      assert.ok(size * workers <= 72 * mebibyte, `${workers} of ${size / mebibyte} MiB`);
      const expected = { 1: 32, 2: 32, 3: 21, 6: 10, 12: 5, 18: 4 }[workers];
      assert.equal(size, expected! * mebibyte);
      for (let count = 0; count < 4; count += 1) {
        const segment = table.take(workers)!;
        size = segment.end - segment.start;
        table.measured(size, 20_000);
      }
      assert.equal(size, 4 * mebibyte);
    }
  });

  it('stay small where what comes before its turn is held in memory', () => {
    const table = new SegmentTable();
    table.take(1);
    table.setTotal(2 ** 32);
    table.inOrderOnly();
    for (let count = 0; count < 6; count += 1) {
      const segment = table.take(6)!;
      assert.equal(segment.end - segment.start, 4 * mebibyte);
      table.measured(8 * mebibyte, 200);
    }
  });
});
