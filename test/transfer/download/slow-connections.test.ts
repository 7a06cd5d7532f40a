import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { SlowConnections } from '../../../src/transfer/download/slow-connections.js';
import { LocalStore } from '../../tools/local-store.js';
import { bytesOf, contextFor, firstDifference, hurriedClock, patterned } from './support.js';

const mebibyte = 1024 * 1024;

describe('slow connections', () => {
  /** Lets connections run at the given bytes per second and tells which of them were replaced. */
  function replaced(rates: number[], { seconds = 12, left = 100 * mebibyte } = {}): number[] {
    let now = 0;
    const found: number[] = [];
    const connections = new SlowConnections({ now: () => now });
    const running = rates.map((_, index) =>
      connections.begin(
        () => left,
        () => found.push(index),
      ),
    );
    for (; now < seconds * 1000; now += 100) {
      running.forEach((connection, index) => {
        if (!found.includes(index)) connections.received(connection, rates[index]! / 10);
      });
    }
    return found;
  }

  it('are found among faster ones', () => {
    expect(replaced([4e6, 4e6, 0.5e6, 5e6])).to.deep.equal([2]);
  });

  it('are not those that are somewhat slower', () => {
    expect(replaced([4e6, 4e6, 1.5e6, 5e6])).to.deep.equal([]);
  });

  it('are not known without others to compare with', () => {
    expect(replaced([1e3])).to.deep.equal([]);
    expect(replaced([4e6, 1e3])).to.deep.equal([]);
  });

  it('are known by those that have ended before, if they ended well', () => {
    for (const well of [true, false]) {
      let now = 0;
      let replaced = 0;
      const connections = new SlowConnections({ now: () => now });
      const run = (rate: number) => {
        const connection = connections.begin(
          () => 100 * mebibyte,
          () => (replaced += 1),
        );
        for (const until = now + 8000; now < until && replaced === 0; now += 100) {
          connections.received(connection, rate / 10);
        }
        return connection;
      };
      for (let count = 0; count < 2; count += 1) connections.end(run(4e6), well);
      run(0.5e6);
      expect(replaced).to.equal(well ? 1 : 0);
    }
  });

  it('are judged by more than a hiccup', () => {
    expect(replaced([4e6, 4e6, 1e3, 5e6], { seconds: 4 })).to.deep.equal([]);
  });

  it('are left to end when they nearly have', () => {
    expect(replaced([4e6, 4e6, 0.5e6, 5e6], { left: 1e6 })).to.deep.equal([]);
  });

  it('are not those that wait for the place the bytes go to', () => {
    let now = 0;
    const found: number[] = [];
    const connections = new SlowConnections({ now: () => now });
    const running = [0, 1, 2, 3].map(index =>
      connections.begin(
        () => 100 * mebibyte,
        () => found.push(index),
      ),
    );
    const goOn = connections.waits(running[2]!);
    const pass = (seconds: number, rates: readonly number[]): void => {
      for (const until = now + seconds * 1000; now < until; now += 100) {
        running.forEach((connection, index) => {
          if (rates[index]! > 0) connections.received(connection, rates[index]! / 10);
        });
      }
    };
    pass(20, [4e6, 4e6, 0, 4e6]);
    goOn();
    pass(4, [4e6, 4e6, 0.1e6, 4e6]);
    expect(found).to.eql([]);
    pass(4, [4e6, 4e6, 0.1e6, 4e6]);
    expect(found).to.eql([2]);
  });

  describe('in a download', function () {
    this.timeout(60_000);
    let store: LocalStore;
    let adapter: Adapter;
    before(async () => {
      store = await LocalStore.open();
      adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    });
    after(() => store.close());

    for (const to of ['memory', 'stream'] as const) {
      it(`give the rest of their range to another (${to})`, async () => {
        const content = patterned(48 * mebibyte, 4);
        await store.put('large.bin', content);
        await store.resetStats();
        const pieces: Uint8Array<ArrayBuffer>[] = [];
        const stream = new WritableStream<Uint8Array>({
          write: piece => void pieces.push(piece as Uint8Array<ArrayBuffer>),
        });
        // The third range crawls: at this rate it would take half an hour.
        await store.failNext({ operation: 'GetObject', skip: 2, times: 1, bytesPerSecond: 40_000 });
        const job = startDownload(contextFor(adapter, hurriedClock), ['large.bin'], {
          to: to === 'memory' ? to : stream,
        });
        await job.finished;
        const item = job.items.at(0)!;
        expect(item.error).to.equal(undefined);
        const came = await bytesOf(item.result!.blob ?? new Blob(pieces));
        expect(firstDifference(came, content)).to.equal(-1);
        const cut = (await store.stats()).log.filter(
          request => request.method === 'GET' && (request.bytesOut ?? 0) < mebibyte,
        );
        expect(cut.length).to.be.greaterThan(0);
      });
    }
  });
});
