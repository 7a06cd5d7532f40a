import { expect } from '@open-wc/testing';
import { JournalLocks } from '../../src/transfer/journal-locks.js';

describe('a transfer that its owner lets go of', () => {
  /** What another tab gets that claims it at that moment, while others only watch it. */
  async function claimedAtOnce(id: string): Promise<boolean> {
    const [owner, other] = [new JournalLocks('download'), new JournalLocks('download')];
    expect(await owner.claim(id)).to.equal(true);
    for (let count = 0; count < 3; count++) new JournalLocks('download').watch(id, () => {});
    await new Promise(resolve => setTimeout(resolve, 5));
    void owner.release(id);
    await Promise.resolve();
    const mine = await other.claim(id);
    await other.release(id);
    return mine;
  }

  it('can be claimed at once, however many tabs watch it', async () => {
    let refused = 0;
    for (let count = 0; count < 50; count++) {
      if (!(await claimedAtOnce(crypto.randomUUID()))) refused += 1;
    }
    expect(refused).to.equal(0);
  });

  it('is not claimed before', async () => {
    const [owner, other] = [new JournalLocks('download'), new JournalLocks('download')];
    const id = crypto.randomUUID();
    expect(await owner.claim(id)).to.equal(true);
    other.watch(id, () => {});
    expect(await other.claim(id)).to.equal(false);
    expect([...(await other.all())]).to.include(id);
    await owner.release(id);
  });
});
