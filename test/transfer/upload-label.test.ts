import { expect } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { textFile, until } from './harness.js';

const below = (path: string) => ({ path, file: textFile(path.split('/').at(-1)!) });

describe('the label of an upload', () => {
  const into = 'users/u1/runs/2026/';

  it('is what was given, and not the place it goes to', async () => {
    const manager = new TransferManager({ adapter: memory() });
    const one = manager.upload([textFile('reads.bam')], { into });
    const two = manager.upload([textFile('reads.bam'), textFile('notes.txt')], { into });
    const folder = manager.upload([below('survey/a.txt'), below('survey/day 1/b.txt')], { into });
    const mixed = manager.upload([below('survey/a.txt'), below('x.txt'), below('y.txt')], { into });
    await Promise.all([one, two, folder, mixed].map(job => job.finished));
    expect([one, two, folder, mixed].map(job => job.label)).to.deep.equal([
      'reads.bam',
      'reads.bam + 1',
      'survey',
      'survey + 2',
    ]);
  });

  it('is there as soon as the first file is found', async () => {
    const manager = new TransferManager({ adapter: memory() });
    let letGo!: () => void;
    const held = new Promise<void>(resolve => (letGo = resolve));
    async function* files() {
      yield below('survey/a.txt');
      await held;
      yield below('survey/b.txt');
    }
    const job = manager.upload(files(), { into });
    await until(() => job.items.length === 1);
    expect(job.label).to.equal('survey');
    letGo();
    await job.finished;
    expect(job.label).to.equal('survey');
  });
});

describe('the label of a deletion, a move or a copy', () => {
  it('is the first of several and how many more, never a number alone', async () => {
    const manager = new TransferManager({
      adapter: memory({ files: { 'docs/a': '', 'docs/2026/b': '', 'docs/c': '' } }),
    });
    const several = ['docs/2026/', 'docs/c'];
    const copy = manager.copy(several, 'copies/');
    await copy.finished;
    const move = manager.move(several, 'moved/');
    await move.finished;
    const removals = [manager.remove(['moved/2026/', 'moved/c']), manager.remove(['copies/2026/'])];
    const labels = [copy, move, ...removals].map(job => job.label);
    expect(labels).to.deep.equal(['2026 + 1', '2026 + 1', '2026 + 1', '2026/']);
    await Promise.all(removals.map(job => job.finished));
  });
});
