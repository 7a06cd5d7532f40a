/** What the network, the storage and the disk may do to one download, and what must hold then. */
import { expect } from '@open-wc/testing';
import { s3 } from '../../src/adapters/s3/index.js';
import type { LocalStore } from '../tools/local-store.js';
import { downloadDiskRows } from './download-disk-rows.js';
import type { DownloadRow } from './download-row.js';
import { type Downloads, SIZE } from './downloads.js';
import { fileOf, MiB, sha256, until } from './uploads.js';

type Rule = Parameters<LocalStore['failNext']>[0];

/** The next requests for bytes meet a fault, and the file arrives whole all the same. */
const arrivesDespite =
  (...rules: readonly (Rule | ((downloads: Downloads) => Rule))[]): DownloadRow['run'] =>
  async downloads => {
    for (const rule of rules) {
      const told = typeof rule === 'function' ? rule(downloads) : rule;
      await downloads.store.failNext({ operation: 'GetObject', ...told });
    }
    await downloads.expectSaved(await downloads.start());
  };

/** Something happens once some of the file is here, and it arrives whole all the same. */
const arrivesAfter =
  (act: (downloads: Downloads) => Promise<unknown>): DownloadRow['run'] =>
  async downloads => {
    await downloads.store.setWeather({ bytesPerSecond: 6 * MiB });
    const job = await downloads.start();
    await until(() => job.snapshot.bytes.sent > MiB, 'a MiB received');
    await act(downloads);
    await downloads.store.setWeather({ bytesPerSecond: 0 });
    await downloads.expectSaved(job);
  };

let fetched = 0;

export const downloadRows: readonly DownloadRow[] = [
  { situation: 'the storage never answers', run: arrivesDespite({ stall: 'before', times: 1 }) },
  {
    situation: 'the storage falls silent in the middle of the body',
    run: arrivesDespite({ stall: 'response', stallAfterBytes: MiB }),
  },
  {
    situation: 'the storage falls silent before the last byte',
    servings: ['one body'],
    run: arrivesDespite({ stall: 'response', stallAfterBytes: SIZE - 1 }),
  },
  {
    situation: 'the connection is reset before the first byte, three times',
    run: arrivesDespite({ resetAfterBytesOut: 0, times: 3 }),
  },
  {
    situation: 'the connection is reset after 1.5 MiB, five times over',
    run: arrivesDespite({ resetAfterBytesOut: 1.5 * MiB, times: 5 }),
  },
  {
    situation: 'the body ends after 1.5 MiB of the length it was said to have, twice',
    run: arrivesDespite({ endAfterBytesOut: 1.5 * MiB, times: 2 }),
  },
  {
    situation: 'the body ends after 1.5 MiB, without a length and without a sign of it, twice',
    run: arrivesDespite({ endAfterBytesOut: 1.5 * MiB, withoutLength: true, times: 2 }),
  },
  {
    situation: '503 with Retry-After: 5, four times',
    run: arrivesDespite({ status: 503, retryAfter: 5, times: 4 }),
  },
  {
    situation: '429 with Retry-After as a date',
    run: arrivesDespite(({ world }) => ({
      status: 429,
      retryAfter: new Date(world.now() + 3_000).toUTCString(),
    })),
  },
  { situation: '500, twice', run: arrivesDespite({ status: 500, times: 2 }) },
  {
    situation: 'the signed URL has expired',
    run: arrivesDespite({ status: 403, code: 'AccessDenied', message: 'Request has expired' }),
  },
  {
    situation: 'the signed URL expires in the middle',
    servings: ['ranges'],
    run: arrivesDespite({
      skip: 2,
      times: 2,
      status: 403,
      code: 'AccessDenied',
      message: 'Request has expired',
    }),
  },
  {
    situation: 'the token expires in the middle',
    world: {
      adapter: store =>
        s3({
          bucketUrl: store.bucketUrl,
          region: store.region,
          async getCredentials() {
            fetched += 1;
            return store;
          },
        }),
    },
    run: async downloads => {
      await arrivesDespite(
        { resetAfterBytesOut: MiB },
        { skip: 1, status: 400, code: 'ExpiredToken' },
      )(downloads);
      expect(fetched).to.be.greaterThan(0);
    },
  },
  {
    situation: 'a byte is changed on the way, once: it is fetched again',
    run: arrivesDespite({ damageAnswer: true }),
  },
  {
    situation:
      'bytes are changed on the way each time: it fails with both values, nothing is presented as good',
    ends: 'fails with both values',
    async run(downloads) {
      await downloads.store.setFaults({ rules: [{ operation: 'GetObject', damageAnswer: true }] });
      const job = await downloads.start();
      await downloads.expectFailed(job, 'checksum-mismatch');
      // Base64 of eight bytes, twice: what the storage says, and what came.
      expect(job.items.at(0)!.error!.message).to.match(/ is [\w+/]{11}= there and [\w+/]{11}= here/);
    },
  },
  {
    situation: 'the storage says another checksum than that of its bytes, once',
    run: arrivesDespite({ wrongChecksum: true }),
  },
  {
    situation: 'the file is replaced at the storage in the middle: the new one arrives, whole',
    ends: 'the new one is saved',
    async run(downloads) {
      await downloads.store.failNext({ operation: 'GetObject', resetAfterBytesOut: MiB });
      await downloads.store.failNext({ operation: 'GetObject', skip: 1, changeObject: true });
      // The store tells no checksum of what it made up.
      await downloads.expectSaved(await downloads.start(), 'size');
      expect(await downloads.store.sha256('file.bin')).not.to.equal(await sha256(fileOf('file.bin', SIZE)));
    },
  },
  {
    situation: 'the file is deleted at the storage in the middle',
    ends: 'fails with words; what was there stays',
    async run(downloads) {
      await downloads.store.failNext({ operation: 'GetObject', resetAfterBytesOut: MiB });
      await downloads.store.failNext({ operation: 'GetObject', skip: 1, status: 404, times: 9 });
      await downloads.expectFailed(await downloads.start(), 'not-found');
    },
  },
  {
    situation: 'the ETag cannot be read',
    async run(downloads) {
      await downloads.store.setFaults({ hideETag: true });
      await downloads.expectSaved(await downloads.start());
    },
  },
  {
    situation: 'each answer takes 100 ms, and each connection carries 8 MiB/s',
    async run(downloads) {
      await downloads.store.setWeather({ latency: 50, bytesPerSecond: 8 * MiB });
      await downloads.expectSaved(await downloads.start());
    },
  },
  {
    situation: 'all connections are cut in the middle',
    run: arrivesAfter(({ store }) => store.resetConnections()),
  },
  {
    situation: 'nobody is reached for three seconds, though the browser says online',
    run: arrivesAfter(async ({ store, world }) => {
      await store.setWeather({ mode: 'refuse' });
      await world.pause(3_000);
      await store.setWeather({ mode: 'pass' });
    }),
  },
  {
    situation: 'the network swallows everything for forty seconds',
    run: arrivesAfter(async ({ store, world }) => {
      await store.setWeather({ mode: 'black-hole' });
      await world.pause(40_000);
      await store.setWeather({ mode: 'pass' });
    }),
  },
  {
    situation: 'the machine sleeps for an hour in the middle',
    run: arrivesAfter(async ({ store, world }) => {
      world.clock.jump(3_600_000);
      await store.resetConnections();
    }),
  },
  {
    situation: 'offline in the middle, and back: it waits, says so, and goes on where it was',
    ends: 'waits, says so, and is saved',
    async run(downloads) {
      const { store, world } = downloads;
      await store.setWeather({ bytesPerSecond: 6 * MiB });
      const job = await downloads.start();
      await until(() => job.snapshot.bytes.acknowledged > 10 * MiB, 'ten MiB written');
      world.online = false;
      await store.setWeather({ mode: 'refuse', bytesPerSecond: 0 });
      await until(() => job.snapshot.state === 'waiting', 'a job that waits');
      expect(job.snapshot.reason!.message).to.match(/no connection/i);
      const written = job.snapshot.bytes.acknowledged;
      const before = await downloads.handedOut();
      await store.setWeather({ mode: 'pass' });
      world.online = true;
      await downloads.expectSaved(job);
      // A body without ranges has to come anew. Of ranges nothing comes twice but what was not written yet.
      if (downloads.serving === 'ranges') {
        expect((await downloads.handedOut()) - before).to.be.at.most(SIZE - written + 6 * MiB);
      }
    },
  },
  {
    situation: 'paused and gone on in the middle',
    run: async downloads => {
      await downloads.store.setWeather({ bytesPerSecond: 6 * MiB });
      const job = await downloads.start();
      await until(() => job.snapshot.bytes.acknowledged > 2 * MiB, 'two MiB written');
      job.pause();
      await until(() => job.snapshot.state === 'paused', 'the pause');
      await downloads.store.setWeather({ bytesPerSecond: 0 });
      job.resume();
      await downloads.expectSaved(job);
    },
  },
  {
    situation: 'cancelled in the middle: what was there is as before',
    ends: 'what was there stays',
    async run(downloads) {
      await downloads.store.setWeather({ bytesPerSecond: 6 * MiB });
      const job = await downloads.start();
      await until(() => job.snapshot.bytes.acknowledged > 2 * MiB, 'two MiB written');
      await job.cancel();
      expect((await job.finished).state).to.equal('cancelled');
      await downloads.expectUntouched();
      await downloads.world.expectOrder();
    },
  },
  ...downloadDiskRows,
];
