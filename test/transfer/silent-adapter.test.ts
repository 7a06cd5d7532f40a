/** An adapter that neither answers nor heeds its signal holds nobody up. Without that, these tests never end. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { TransferContext } from '../../src/transfer/context.js';
import { saveByBrowser } from '../../src/transfer/download/by-browser.js';
import { startDownload } from '../../src/transfer/download/download-job.js';
import { ToldVersion } from '../../src/transfer/download/told-version.js';
import { everythingBelow } from '../../src/transfer/operations/tree.js';
import { updateMetadata } from '../../src/transfer/operations/update-metadata.js';
import type { DownloadOptions } from '../../src/transfer/types.js';
import { contextFor, temporaryDirectory } from './download/support.js';

type Silent = 'list' | 'stat' | 'readMetadata' | 'resolveDownload';

/** `asked` resolves once the storage was asked for what it never answers. */
function silentIn(operation: Silent): { context: TransferContext; asked: Promise<void> } {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const never = () => {
    resolve();
    return new Promise<never>(() => {});
  };
  const base = memory({ files: { 'f/a': 'a' } });
  const list: Adapter['list'] = async (...given) => {
    const { entries, ...page } = await base.list(...given);
    // Nothing that would tell whether a local file is the same one.
    const bare = entries.map(({ etag: _etag, checksums: _checksums, ...entry }) => entry);
    return { ...page, entries: bare };
  };
  return { context: contextFor({ ...base, list, [operation]: never }), asked };
}

describe('an adapter that never answers', () => {
  async function expectCancelled(
    operation: Silent,
    paths: readonly string[],
    options: DownloadOptions,
  ): Promise<void> {
    const { context, asked } = silentIn(operation);
    const job = startDownload(context, paths, options);
    await asked;
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
  }

  it('lets a download be cancelled that looks for a file', () =>
    expectCancelled('stat', ['f/a'], { to: 'memory' }));

  it('lets a download be cancelled that lists a folder', () =>
    expectCancelled('list', ['f/'], { to: 'memory' }));

  it('lets a download be cancelled that reads metadata', () =>
    expectCancelled('readMetadata', ['f/'], { to: 'memory', metadata: true }));

  it('lets a zip be cancelled that is told sizes', () =>
    expectCancelled('stat', ['f/a', 'f/b'], { to: new WritableStream() }));

  it('lets a download be cancelled that compares with what is there', async () => {
    await using to = await temporaryDirectory();
    const folder = await to.getDirectoryHandle('f', { create: true });
    const writable = await (await folder.getFileHandle('a', { create: true })).createWritable();
    await writable.write('b');
    await writable.close();
    await expectCancelled('stat', ['f/'], { to, conflict: 'skip-same' });
  });

  const rejects: [
    what: string,
    operation: Silent,
    call: (context: TransferContext, signal: AbortSignal) => unknown,
  ][] = [
    [
      'who compares versions',
      'stat',
      (context, signal) => new ToldVersion(context, { path: 'f/a' }).compare(signal),
    ],
    [
      'who hands a file to the browser',
      'resolveDownload',
      (context, signal) =>
        saveByBrowser(
          context,
          { entry: { path: 'f/a', id: 'f/a' }, relative: 'a' },
          { name: 'a', options: { to: 'browser' }, signal },
        ),
    ],
    [
      'who changes metadata',
      'readMetadata',
      (context, signal) => updateMetadata(context, ['f/a'], { tags: { a: 'b' } }, signal),
    ],
    ['who walks a folder', 'list', (context, signal) => everythingBelow(context, 'f/', signal).next()],
  ];
  for (const [what, operation, call] of rejects) {
    it(`lets go ${what}`, async () => {
      const { context, asked } = silentIn(operation);
      const stop = new AbortController();
      const reason = new TransferError('Enough.', { kind: 'fatal', reason: 'aborted' });
      const called = Promise.resolve(call(context, stop.signal)).catch((error: unknown) => error);
      await asked;
      stop.abort(reason);
      expect(await called).to.equal(reason);
    });
  }
});
