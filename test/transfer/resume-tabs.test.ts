import { expect } from '@open-wc/testing';
import { bigFile, gate, until } from './harness.js';
import { Browser, crashAfter, kb, partsSent, partsStorage } from './resume-support.js';

describe('tabs of a page on plain http, where there are no Web Locks', () => {
  let browser: Browser;

  beforeEach(() => {
    browser = new Browser();
    browser.hasLocks = false;
  });

  afterEach(() => browser.close());

  it('show what another one uploads as running there, and leave it alone', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    const hold = gate();
    storage.before = call => (call.operation === 'part' && call.part > 4 ? hold.promise : undefined);
    const first = browser.open(storage);
    const running = first.manager.upload([file]);
    await until(() => running.items.at(0)!.acknowledged >= 40 * kb);
    const { manager } = browser.open(storage);
    expect((await manager.interrupted()).map(({ isElsewhere }) => isElsewhere)).to.deep.equal([true]);
    expect(await manager.discardInterrupted()).to.have.length(1);
    const { job, notResumed } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect(job).to.equal(undefined);
    expect(notResumed.map(({ why }) => why)).to.deep.equal(['elsewhere']);
    expect(storage.uploads.size).to.equal(1);
    hold.open();
    expect((await running.finished).state).to.equal('done');
  });

  it('offer what a page left that is gone', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    expect((await manager.interrupted()).map(({ isElsewhere }) => isElsewhere)).to.deep.equal([false]);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });
});

describe('two tabs', () => {
  for (const hasLocks of [true, false]) {
    it(`go on once when two ask at the same moment (${hasLocks ? 'with' : 'without'} Web Locks)`, async () => {
      const browser = new Browser();
      browser.hasLocks = hasLocks;
      const storage = partsStorage();
      const file = bigFile('big.bin', 95 * kb);
      await crashAfter(4, browser, storage, file);
      const tabs = [browser.open(storage), browser.open(storage)];
      const both = await Promise.all(
        tabs.map(({ manager }) => manager.resumeInterrupted(undefined, { files: [file] })),
      );
      const jobs = both.flatMap(({ job }) => (job ? [job] : []));
      expect(jobs).to.have.length(1);
      expect((await jobs[0]!.finished).state).to.equal('done');
      expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
      await browser.close();
    });
  }
});
