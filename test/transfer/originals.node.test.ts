import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Adapter } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import { systemClock } from '../../src/transfer/clock.js';
import type { TransferContext } from '../../src/transfer/context.js';
import { Originals } from '../../src/transfer/operations/originals.js';

const signal = new AbortController().signal;

/** A folder of one file whose listing takes its time, on a clock that the test moves. */
function slowFolder(seconds: number) {
  let now = 1_700_000_000_000;
  let looks = 0;
  const storage = memory({ files: { 'runs/a.txt': 'a' } });
  const adapter: Adapter = {
    ...storage,
    list: async (...given) => {
      looks++;
      now += seconds * 1000;
      return storage.list(...given);
    },
  };
  const context = {
    adapter,
    clock: { ...systemClock, now: () => now },
    connectivity: { isOnline: true, waiting: () => {}, prove: () => {} },
  } as unknown as TransferContext;
  const originals = new Originals(context, 'runs/', signal);
  return {
    ask: () => originals.hasChanged('runs/a.txt', signal),
    looks: () => looks,
    pass: (more: number) => {
      now += more * 1000;
    },
  };
}

describe('the look at the originals of a move', () => {
  it('serves all that ask for as long as it took, however long that was', async () => {
    const folder = slowFolder(420);
    await folder.ask();
    const once = folder.looks();
    folder.pass(200);
    await folder.ask();
    assert.equal(folder.looks(), once);
    folder.pass(300);
    await folder.ask();
    assert.equal(folder.looks(), once * 2);
  });

  it('is taken again after half a minute where it was quick', async () => {
    const folder = slowFolder(0);
    await folder.ask();
    const once = folder.looks();
    folder.pass(20);
    await folder.ask();
    assert.equal(folder.looks(), once);
    folder.pass(20);
    await folder.ask();
    assert.equal(folder.looks(), once * 2);
  });
});
