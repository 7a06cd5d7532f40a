import { equal, ok, refusal } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { listAll } from './listing.js';
import { signal, upload } from './transfer.js';

export function describeOperations(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  const { functions } = options;
  const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

  group('what a person does with entries', current => {
    if (functions.includes('remove')) {
      it('deletes one, several, and what is not there', async () => {
        const { adapter, stored } = current();
        for (const path of ['d/1 #ü', 'd/2', 'd/3']) await upload(adapter, path, new Blob([path]));
        equal(await adapter.remove!(['d/1 #ü'], { signal }), [{ path: 'd/1 #ü' }], 'one');
        equal(await stored('d/1 #ü'), undefined, 'the first');
        const results = await adapter.remove!(['d/2', 'd/3', 'd/never'], { signal });
        equal(
          results.map(result => result.path),
          ['d/2', 'd/3', 'd/never'],
          'several',
        );
        equal(
          results.slice(0, 2).filter(result => result.error),
          [],
          'errors',
        );
        equal([await stored('d/2'), await stored('d/3')], [undefined, undefined], 'the others');
        equal(await adapter.remove!([], { signal }), [], 'none');
      });
    }

    for (const action of ['copy', 'move'] as const) {
      if (!functions.includes(action)) continue;
      it(`${action}: takes everything along, and nothing else’s place`, async () => {
        const { adapter, stored } = current();
        const from = `${action}/from ü #1.txt`;
        const to = `${action}/to/ä+%.txt`;
        await upload(adapter, from, new Blob(['the content']));
        const entry = await adapter[action]!(from, to, { signal });
        equal([entry.path, entry.name, entry.kind, entry.size], [to, 'ä+%.txt', 'file', 11], 'the entry');
        equal(text(await stored(to)), 'the content', 'the target');
        equal(text(await stored(from)), action === 'copy' ? 'the content' : undefined, 'the source');

        await upload(adapter, from, new Blob(['newer']));
        const error = await refusal(adapter[action]!(from, to, { signal }), 'a taken target');
        equal([error.kind, error.reason], ['fatal', 'exists'], 'the refusal');
        equal([text(await stored(from)), text(await stored(to))], ['newer', 'the content'], 'both');

        await adapter[action]!(from, to, { signal, replace: true });
        equal(text(await stored(to)), 'newer', 'the replaced target');
        const missing = await refusal(
          adapter[action]!(`${action}/no`, `${action}/x`, { signal }),
          'no source',
        );
        equal(missing.reason, 'not-found', 'the reason');
        const itself = await refusal(adapter[action]!(to, to, { signal, replace: true }), 'onto itself');
        equal(itself.reason, 'invalid-input', 'the reason');
        equal(text(await stored(to)), 'newer', 'what was moved onto itself');
      });
    }

    if (functions.includes('createFolder')) {
      it('makes folders that last while they are empty', async () => {
        const { adapter } = current();
        const entry = await adapter.createFolder!('made/new ü folder', { signal });
        equal(
          [entry.path, entry.kind, entry.name],
          ['made/new ü folder/', 'folder', 'new ü folder'],
          'the entry',
        );
        await adapter.createFolder!('made/new ü folder/', { signal });
        equal(
          (await listAll(adapter, 'made/')).map(other => [other.path, other.kind]),
          [['made/new ü folder/', 'folder']],
          'its parent',
        );
        equal(await listAll(adapter, 'made/new ü folder/'), [], 'the folder does not show itself');
        await upload(adapter, 'made/new ü folder/in it.txt', new Blob(['x']));
        equal((await listAll(adapter, 'made/new ü folder/')).length, 1, 'what is in it');
        if (adapter.remove) {
          await adapter.remove(['made/new ü folder/in it.txt', 'made/new ü folder/'], { signal });
          if (options.keepsEmptyParents) {
            equal(await listAll(adapter, 'made/'), [], 'what is left of the folder');
            await adapter.remove(['made/'], { signal });
          }
          equal(
            (await listAll(adapter, '')).some(other => other.path === 'made/'),
            false,
            'the folder is gone',
          );
        }
        equal(
          (await refusal(adapter.createFolder!('', { signal }), 'no name')).reason,
          'invalid-name',
          'reason',
        );
      });
    }

    if (functions.includes('signedLink')) {
      it('signs links that work without credentials', async () => {
        const { adapter } = current();
        await upload(adapter, 'link/ü #1.txt', new Blob(['for you']));
        const asked = Date.now();
        const { url, expiresAt } = await adapter.signedLink!('link/ü #1.txt', {
          signal,
          seconds: 60,
          saveAs: 'mein "Name" ü.txt',
        });
        ok(expiresAt > asked && expiresAt <= Date.now() + 61_000, 'the end of the link');
        const response = await fetch(url, { credentials: 'omit' });
        equal([response.status, await response.text()], [200, 'for you'], 'the link');
      });
    }
  });
}
