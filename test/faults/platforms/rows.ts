/** What may happen to a platform's API and to the storage behind it, under one upload and one download. */
import { expect } from '@open-wc/testing';
import { MiB, until } from '../uploads.js';
import type { PageOptions, PlatformPage, Trouble } from './page.js';

export interface PlatformRow extends PageOptions {
  readonly situation: string;
  /** What becomes of it, in few words. Default: stored, or saved. */
  readonly ends?: string;
  run(page: PlatformPage): Promise<void>;
}

/** Requests with the bytes meet this, and the file is stored whole all the same. */
const storedDespite =
  (trouble: Trouble): PlatformRow['run'] =>
  async page => {
    await page.fail(page.way.carrier, trouble);
    const file = page.file();
    await page.expectStored(page.upload(file), file);
  };

/** Requests for the bytes meet this, and the file arrives whole all the same. */
const fetchedDespite =
  (trouble: Trouble): PlatformRow['run'] =>
  async page => {
    const file = page.file();
    await page.expectStored(page.upload(file), file);
    await page.fail(page.way.download, trouble);
    await page.expectFetched(page.download(), file);
  };

const bytes: readonly (readonly [string, Trouble])[] = [
  ['never answered', { stall: 'before' }],
  ['503 with Retry-After: 3, twice', { status: 503, retryAfter: 3, times: 2 }],
  ['429 with Retry-After: 1', { status: 429, retryAfter: 1 }],
  ['500, twice', { status: 500, times: 2 }],
];

export const uploadRows: readonly PlatformRow[] = [
  ...bytes.map(([what, trouble]) => ({
    situation: `the request with the bytes: ${what}`,
    run: storedDespite(trouble),
  })),
  {
    situation: 'the other side stops reading in the middle of the body',
    run: storedDespite({ stall: 'request', stallAfterBytes: MiB }),
  },
  {
    situation: 'the connection is reset after 1.5 MiB, three times over',
    async run(page) {
      // Of a storage that has answered before: else it looks like one that keeps the page out.
      const first = page.file('first.bin');
      await page.expectStored(page.upload(first), first);
      await storedDespite({ resetAfterBytesIn: 1.5 * MiB, times: 3 })(page);
    },
  },
  {
    situation: 'the bytes arrive, and silence follows',
    run: storedDespite({ stall: 'after' }),
  },
  {
    situation: 'the bytes arrive, and the answer is lost',
    run: storedDespite({ loseAnswer: true }),
  },
  ...(
    [
      ['503 with Retry-After: 1', { status: 503, retryAfter: 1 }],
      ['429', { status: 429, retryAfter: 1 }],
      ['500', { status: 500 }],
      ['the answer is lost', { loseAnswer: true }],
    ] as const
  ).map(([what, trouble]) => ({
    situation: `each call around the bytes, once: ${what}`,
    async run(page: PlatformPage) {
      for (const spot of page.way.control) await page.fail(spot, trouble);
      const file = page.file();
      await page.expectStored(page.upload(file), file);
    },
  })),
  {
    situation: 'nobody answers at the API for longer than any retry lasts',
    ends: 'waits, and is stored',
    async run(page) {
      const first = page.file('first.bin', 1000);
      await page.expectStored(page.upload(first), first);
      await page.standIn.call('setFaults', { unreachable: true });
      const file = page.file();
      const job = page.upload(file);
      await page.expectWaiting(job);
      await page.reachable();
      await page.expectStored(job, file);
    },
  },
  {
    situation: 'the network swallows everything for forty seconds, in the middle of the bytes',
    proxied: true,
    async run(page) {
      // Two connections' worth in a few tenths of a second: there is a middle.
      await page.standIn.call('setWeather', { bytesPerSecond: 6 * MiB });
      const file = page.file();
      const job = page.upload(file);
      await until(() => job.snapshot.bytes.sent > 0, 'bytes sent');
      await page.blackHole(40_000);
      await page.standIn.call('setWeather', { bytesPerSecond: 0 });
      await page.expectStored(job, file);
    },
  },
  {
    situation: 'the token ends in the middle, and the page has a new one',
    async run(page) {
      await page.fail(page.way.carrier, { stall: 'after' });
      const file = page.file();
      const job = page.upload(file);
      await until(() => job.snapshot.bytes.sent > 0, 'bytes sent');
      page.token = await page.standIn.call('renewToken');
      await page.expectStored(job, file);
    },
  },
  {
    situation: 'cancelled in the middle: nothing is stored, nothing is left',
    ends: 'nothing is left',
    async run(page) {
      await page.fail(page.way.carrier, { stall: 'request', stallAfterBytes: MiB, times: 9 });
      const job = page.upload(page.file());
      await until(() => job.snapshot.bytes.sent > 0, 'bytes sent');
      await job.cancel();
      expect((await job.finished).state).to.equal('cancelled');
      await page.standIn.call('resetFaults');
      expect(await page.stored('file.bin')).to.equal(undefined);
      await page.expectOrder();
    },
  },
];

export const downloadRows: readonly PlatformRow[] = [
  ...bytes.map(([what, trouble]) => ({
    situation: `the request for the bytes: ${what}`,
    run: fetchedDespite(trouble),
  })),
  {
    situation: 'the other side falls silent in the middle of the body',
    run: fetchedDespite({ stall: 'response', stallAfterBytes: MiB }),
  },
  {
    situation: 'the connection is cut after 1.5 MiB of the body, three times over',
    run: fetchedDespite({ resetAfterBytesOut: 1.5 * MiB, times: 3 }),
  },
  {
    situation: 'the network swallows everything for forty seconds, in the middle of the body',
    proxied: true,
    async run(page) {
      const file = page.file();
      await page.expectStored(page.upload(file), file);
      await page.standIn.call('setWeather', { bytesPerSecond: 4 * MiB });
      const job = page.download();
      await until(() => job.snapshot.bytes.sent > 0, 'bytes received');
      await page.blackHole(40_000);
      await page.standIn.call('setWeather', { bytesPerSecond: 0 });
      await page.expectFetched(job, file);
    },
  },
  {
    situation: 'the token ends before the download, and the page has a new one',
    async run(page) {
      const file = page.file();
      await page.expectStored(page.upload(file), file);
      await page.fail(page.way.download, { resetAfterBytesOut: MiB });
      page.token = await page.standIn.call('renewToken');
      await page.expectFetched(page.download(), file);
    },
  },
];
