import { expect } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { FakeStorage } from './fake-storage.js';
import { managerOf, states, textFile, until } from './harness.js';

describe('a pause between "stored" and the answer that says so', () => {
  for (const policy of ['rename', 'skip', 'fail', 'ask'] as const) {
    it(`does not make the file a stranger's: ${policy}`, async () => {
      const storage = new FakeStorage({ conditionalCreate: true });
      const { manager } = managerOf(storage.adapter);
      let isStored = false;
      storage.after = call => {
        if (call.operation !== 'send' || call.count !== 1) return undefined;
        isStored = true;
        return new Promise(() => {});
      };
      let asked = 0;
      const job = manager.upload([textFile('a.txt')], {
        conflict: policy,
        onConflict: async () => {
          asked += 1;
          return 'skip';
        },
      });
      await until(() => isStored, 'the file at the storage');
      job.pause();
      await until(() => job.snapshot.state === 'paused', 'the pause');
      job.resume();
      await job.finished;
      expect([states(job), [...storage.objects.keys()], asked]).to.deep.equal([['done'], ['a.txt'], 0]);
    });
  }
});

describe('a pause of one file of a zip that is written from front to back', () => {
  it('holds all of it, and loses nothing', async () => {
    const adapter = memory({ files: { 'f/a': 'aaaa', 'f/b': 'bbbb', 'f/c': 'cccc' }, latency: 20 });
    const { manager } = managerOf(adapter);
    let ended = '';
    const stream = new WritableStream<Uint8Array>({
      close: () => void (ended = 'close'),
      abort: () => void (ended = 'abort'),
    });
    const job = manager.download(['f/'], { to: stream });
    await until(() => job.items.length === 3, 'the files');
    job.pause(1);
    await until(() => job.snapshot.state === 'paused', 'the pause');
    job.resume(1);
    expect((await job.finished).state).to.equal('done');
    expect(ended).to.equal('close');
  });
});
