import { expect } from '@open-wc/testing';
import type { WantedFile } from '../../../src/transfer/download/wanted.js';
import type { Sink } from '../../../src/transfer/sinks/sink.js';
import type { KeptMember } from '../../../src/transfer/sinks/staged-journal.js';
import { ZipTarget } from '../../../src/transfer/zip/zip-target.js';

const { signal } = new AbortController();
const entry = { path: 'a.txt', id: 'a.txt', size: 4, etag: 'v1', modified: 1000 };

/** What a zip takes over of an earlier page's two members, the first of them whole, when the storage tells this now. */
async function takenOver(now: WantedFile['entry']): Promise<readonly boolean[]> {
  const checksums = [{ algorithm: 'crc32', value: 'AAAAAA==', scope: 'full' }] as const;
  const half = { etag: 'v1', modified: 1000, stretches: [{ start: 0, size: 2, checksums: [] }] };
  const members: KeptMember[] = [
    { ...half, index: 0, whole: { checksums, verified: { level: 'size', by: 'page' } } },
    { ...half, index: 1 },
  ];
  const sink = { keptMembers: async () => members } as Partial<Sink> as Sink;
  const target = new ZipTarget(async () => ({ sink, id: 'that zip', continues: true }));
  const files = ['a.txt', 'b.txt'].map(relative => ({ entry: now, relative }));
  await target.prepare(files, signal);
  const request = { index: 1 } as Parameters<ZipTarget['takeUp']>[0];
  return [target.finishedBefore(0) !== undefined, (await target.takeUp(request)) !== undefined];
}

describe('a zip that another page goes on with', () => {
  it('takes over what the storage still has in that version', async () => {
    expect(await takenOver(entry)).to.deep.equal([true, true]);
  });

  for (const [what, changed] of [
    ['content', { etag: 'v2' }],
    // It stands in the header that is written already.
    ['date', { modified: 2000 }],
  ] as const) {
    it(`takes over nothing whose ${what} has changed`, async () => {
      expect(await takenOver({ ...entry, ...changed })).to.deep.equal([false, false]);
    });
  }
});
