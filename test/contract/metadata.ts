import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { signal, upload } from './transfer.js';

export function describeMetadata(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  const { metadata: visible, functions } = options;
  if (typeof visible === 'object') {
    it('metadata', async () => skipped(visible.none));
    return;
  }

  group('metadata', current => {
    it('comes with the upload', async () => {
      const { adapter } = current();
      if (!adapter.capabilities.uploadMetadata)
        return skipped('the adapter takes no metadata with an upload');
      await upload(adapter, 'm/one.txt', new Blob(['x']), {
        metadata: {
          headers: { 'content-type': 'text/x-one', 'cache-control': 'max-age=7' },
          custom: { owner: 'Jürgen Müller', run: '42' },
          tags: { stage: 'raw data' },
        },
      });
      const read = await adapter.readMetadata!('m/one.txt', { signal });
      equal(read.headers?.['content-type'], 'text/x-one', 'the type');
      equal(read.headers?.['cache-control'], 'max-age=7', 'a header');
      equal(read.tags, { stage: 'raw data' }, 'the tags');
      if (visible === 'all') equal(read.custom, { owner: 'Jürgen Müller', run: '42' }, 'the pairs');
    });

    if (!functions.includes('writeMetadata')) {
      it('changes what is given', async () => skipped('the adapter changes no metadata'));
      return;
    }

    it('changes what is given, and nothing else', async () => {
      const { adapter, stored } = current();
      await adapter.writeMetadata!('m/one.txt', { tags: { stage: 'done', by: 'ü' } }, { signal });
      equal(
        (await adapter.readMetadata!('m/one.txt', { signal })).tags,
        { stage: 'done', by: 'ü' },
        'the tags',
      );
      if (visible !== 'all') {
        const error = await refusal(
          adapter.writeMetadata!('m/one.txt', { custom: { a: 'b' } }, { signal }),
          'a change that would lose what the page cannot see',
        );
        equal(error.reason, 'not-supported', 'the reason');
        return undefined;
      }
      await adapter.writeMetadata!('m/one.txt', { headers: { 'cache-control': 'no-store' } }, { signal });
      let read = await adapter.readMetadata!('m/one.txt', { signal });
      equal(read.headers?.['cache-control'], 'no-store', 'the changed header');
      equal(read.headers?.['content-type'], 'text/x-one', 'the other header');
      equal(read.custom, { owner: 'Jürgen Müller', run: '42' }, 'the pairs');
      equal(read.tags, { stage: 'done', by: 'ü' }, 'the tags');
      await adapter.writeMetadata!(
        'm/one.txt',
        { custom: { run: '43' }, headers: { 'cache-control': '' } },
        { signal },
      );
      read = await adapter.readMetadata!('m/one.txt', { signal });
      equal(read.custom, { run: '43' }, 'the replaced pairs');
      equal(read.headers?.['cache-control'], undefined, 'the removed header');
      equal((await stored('m/one.txt'))?.length, 1, 'the content');
    });

    it('goes along with a copy', async () => {
      const { adapter } = current();
      if (!adapter.copy) return skipped('the adapter copies nothing');
      await adapter.copy('m/one.txt', 'm/two.txt', { signal });
      const [one, two] = await Promise.all(
        ['m/one.txt', 'm/two.txt'].map(path => adapter.readMetadata!(path, { signal })),
      );
      ok(one, 'no metadata');
      equal(two, one, 'the copy’s metadata');
    });

    it('of nothing is not found', async () => {
      const error = await refusal(current().adapter.readMetadata!('m/never', { signal }), 'no file');
      equal(error.reason, 'not-found', 'the reason');
    });
  });
}
