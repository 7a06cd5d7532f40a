/** What may happen while a platform fetches a file from a URL by itself. */
import { expect } from '@open-wc/testing';
import type { TransferJob } from '../../../src/transfer/types.js';
import { sha256, until } from '../uploads.js';
import type { PageOptions, PlatformPage, Spot, Trouble } from './page.js';

const url = 'https://data.example.org/reads?secret=1';
const content = 'the reads, all of them';

const start = (page: PlatformPage, from = url): TransferJob =>
  page.watch(page.manager.importFromUrl([{ url: from, path: 'reads.txt' }]));

async function expectFetched(page: PlatformPage, job: TransferJob): Promise<void> {
  const { state } = await job.finished;
  expect(job.items.at(0)!.error?.message).to.equal(undefined);
  expect(state).to.equal('done');
  expect(await page.stored('reads.txt')).to.equal(await sha256(new Blob([content])));
  await page.expectOrder();
}

export interface ImportRow extends PageOptions {
  readonly situation: string;
  /** What becomes of it, in few words. Default: stored. */
  readonly ends?: string;
  run(page: PlatformPage): Promise<void>;
}

const troubles: readonly (readonly [string, Trouble])[] = [
  ['503 with Retry-After: 3, twice', { status: 503, retryAfter: 3, times: 2 }],
  ['429 with Retry-After: 1', { status: 429, retryAfter: 1 }],
  ['500, twice', { status: 500, times: 2 }],
  ['the answer is lost', { loseAnswer: true }],
  // Silence ends by the adapter's own `timeout`, which is set low here: it goes by real time.
  ['never answered', { stall: 'before' }],
  ['done, and silence follows', { stall: 'after' }],
];

/** The spots meet this, and the file is fetched whole all the same. */
const despite =
  (spots: (page: PlatformPage) => readonly Spot[], trouble: Trouble): ImportRow['run'] =>
  async page => {
    await page.standIn.call('setSource', url, content);
    for (const spot of spots(page)) await page.fail(spot, trouble);
    await expectFetched(page, start(page));
  };

export const importRows: readonly ImportRow[] = [
  ...troubles.map(([what, trouble]) => ({
    situation: `the request that begins it: ${what}`,
    run: despite(({ way }) => [way.carrier], trouble),
  })),
  ...troubles.map(([what, trouble]) => ({
    situation: `the question how far it is: ${what}`,
    run: despite(({ way }) => way.control, trouble),
  })),
  {
    situation: 'nobody answers at the API for longer than any retry lasts',
    ends: 'waits, and is stored',
    async run(page) {
      await page.standIn.call('setSource', url, content);
      await expectFetched(page, start(page));
      await page.standIn.call('setFaults', { unreachable: true });
      const job = start(page);
      await page.expectWaiting(job);
      await page.reachable();
      await expectFetched(page, job);
    },
  },
  {
    situation: 'the network swallows everything for forty seconds',
    proxied: true,
    async run(page) {
      await page.standIn.call('setSource', url, content);
      // Seen before: an outage of what has never answered may be anything.
      await expectFetched(page, start(page));
      const job = start(page);
      await page.blackHole(40_000);
      await expectFetched(page, job);
    },
  },
  {
    situation: 'the token ends in the middle, and the page has a new one',
    async run(page) {
      await page.standIn.call('setSource', url, content);
      await page.fail(page.way.carrier, { status: 500 });
      const job = start(page);
      page.token = await page.standIn.call('renewToken');
      await expectFetched(page, job);
    },
  },
  {
    situation:
      'the platform cannot fetch it: it fails with words that hold no secret, and goes on once it can',
    ends: 'fails with words; tried again: stored',
    async run(page) {
      const job = start(page, 'https://nowhere.example/reads?secret=1');
      expect((await job.finished).state).to.equal('incomplete');
      const error = job.items.at(0)!.error!;
      expect(error.message).to.match(/^[A-Z].*[.!)]$/);
      expect(JSON.stringify(error)).not.to.include('secret');
      await page.standIn.call('setSource', 'https://nowhere.example/reads?secret=1', content);
      job.retryFailed();
      await until(() => job.snapshot.state === 'done', 'the second try');
      await expectFetched(page, job);
    },
  },
  {
    situation: 'cancelled in the middle: nothing is left',
    ends: 'nothing is left',
    async run(page) {
      await page.standIn.call('setSource', url, content);
      await page.fail(page.way.control.at(0) ?? page.way.carrier, { status: 503, retryAfter: 600, times: 9 });
      const job = start(page);
      await until(() => job.snapshot.state === 'waiting', 'a job that waits');
      await page.standIn.call('resetFaults');
      await job.cancel();
      expect((await job.finished).state).to.equal('cancelled');
      expect(await page.stored('reads.txt')).to.equal(undefined);
    },
  },
];
