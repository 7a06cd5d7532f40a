import type { Containers, ImportPlan, UploadOutcome } from '../../src/adapters/adapter.js';
import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { listAll } from './listing.js';
import { read, signal, upload } from './transfer.js';

const CONTAINER_FUNCTIONS = ['list', 'open', 'read', 'create', 'update', 'remove'] as const;

/** What only some platforms have: fetching a URL, packing, publishing, and containers. */
export function describeExtras(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  const { functions, containers } = options;

  group('containers', current => {
    it('has the functions of containers it can offer, and no others', async () => {
      const found = current().adapter.containers;
      equal(found?.word, containers?.word, 'what a container is called');
      const present = CONTAINER_FUNCTIONS.filter(name => typeof found?.[name] === 'function');
      equal(present, containers ? [...containers.functions] : [], 'the functions of its containers');
      equal(found?.fields !== undefined, Boolean(found?.create ?? found?.update), 'fields for the form');
    });

    if (!containers) {
      it('lists them', async () => skipped('the platform has one container, or none that it tells of'));
      return;
    }

    it('lists them, and the current one among them', async () => {
      const all = await everyContainer(current().adapter.containers!);
      ok(
        all.some(({ id }) => id === current().adapter.containers!.current),
        `${current().adapter.containers!.current} is not among ${all.map(({ id }) => id).join(', ')}`,
      );
      ok(
        all.every(({ name }) => name.length > 0),
        'a container without a name',
      );
    });

    const { create: input, update: change } = containers;
    if (!input) {
      it('creates one', async () =>
        skipped(`a ${containers.word} cannot be made through this platform’s API`));
      return;
    }

    it('creates one, switches to it, edits it and deletes it', async () => {
      const { adapter } = current();
      const own = adapter.containers!;
      const made = await own.create!(input, { signal });
      ok(
        (await everyContainer(own)).some(({ id }) => id === made.id),
        'the new container is not listed',
      );
      const other = own.open(made.id);
      equal(other.containers?.current, made.id, 'the current container of the other');
      equal(await listAll(other, ''), [], 'the new container is not empty');
      await upload(other, 'in it.txt', new Blob(['x']));
      equal((await listAll(other, '')).length, 1, 'what is in the new one');
      ok(
        !(await listAll(adapter, '')).some(({ name }) => name === 'in it.txt'),
        'the file is in the old container too',
      );
      if (change) {
        const changed = await own.update!(made.id, change.input, { signal });
        equal(change.read(changed), change.expected, 'the answer to the change');
        const id = changed.id;
        if (own.read) equal(change.read(await own.read(id, { signal })), change.expected, 'the change');
        // A platform that knows containers by their names knows it by another one now.
        const again = own.open(id);
        const inside = (await listAll(again, '')).map(({ path }) => path);
        equal(inside.length, 1, 'what is in it after the change');
        await again.remove?.(inside, { signal });
        await own.remove!(id, { signal });
        ok(!(await everyContainer(own)).some(each => each.id === id), 'the deleted container is listed');
      }
    });
  });

  if (functions.includes('importFromUrl')) {
    group('fetching by the server', current => {
      it('stores what the URL holds, under a hostile name too', async () => {
        const { adapter, stored, importable } = current();
        ok(importable, 'the suite has no URL that this platform could fetch');
        for (const path of ['import/plain.txt', 'import/ü #1%.txt']) {
          const url = await importable(`what is at the URL for ${path}`);
          const plan = await adapter.importFromUrl!(path, url, { signal });
          const { state, outcome } = await run(plan);
          equal(outcome.path, path, 'the path of the outcome');
          ok(!JSON.stringify([state, outcome]).includes('secret'), 'the state or the outcome tells the URL');
          const held = new TextDecoder().decode(await stored(path));
          equal(held, `what is at the URL for ${path}`, 'the content');
          equal((await adapter.stat?.(path, { signal }))?.kind, 'file', 'the entry');
        }
      });

      it('says that it could not fetch', async () => {
        const { adapter } = current();
        const url = 'https://nowhere.example/x?secret=1';
        const failing = async () => run(await adapter.importFromUrl!('import/no.txt', url, { signal }));
        const error = await refusal(failing(), 'a URL that leads nowhere');
        equal(error.kind, 'fatal', 'the kind');
        ok(!`${JSON.stringify(error)}${error.stack}`.includes('secret'), 'the error tells the URL');
      });

      it('refuses what is no address of the web', async () => {
        const { adapter } = current();
        for (const url of ['ftp://a/b', 'not a url', 'file:///etc/passwd']) {
          const failing = async () => run(await adapter.importFromUrl!('import/x', url, { signal }));
          equal((await refusal(failing(), url)).reason, 'invalid-input', url);
        }
      });
    });
  }

  if (functions.includes('archive')) {
    group('packing by the platform', current => {
      it('gives one ZIP of all that is below', async () => {
        const { adapter } = current();
        const files = { 'zip/ä #1.txt': 'the first content', 'zip/deep/b.txt': 'the second content' };
        for (const [path, text] of Object.entries(files)) await upload(adapter, path, new Blob([text]));
        const source = await adapter.archive!(options.archives === 'everything' ? '' : 'zip/', { signal });
        const text = new TextDecoder().decode(await read(source));
        ok(text.startsWith('PK\u0003\u0004') && text.includes('PK\u0005\u0006'), 'this is no ZIP');
        for (const piece of Object.entries(files).flat()) ok(text.includes(piece), `“${piece}” is missing`);
      });
    });
  }

  if (functions.includes('publish')) {
    group('publishing', current => {
      it('makes the container final, and what changes it absent', async () => {
        const { adapter } = current();
        await upload(adapter, 'final.txt', new Blob(['for ever']));
        const published = await adapter.publish!({ signal });
        ok((published.readonlyBecause ?? '').length > 10, 'no reason why it cannot be changed');
        const final = adapter.containers!.open(published.id);
        const changing = ['openUpload', 'remove', 'move', 'copy', 'createFolder', 'writeMetadata'] as const;
        const left = [...changing, 'publish' as const, 'importFromUrl' as const].filter(name => final[name]);
        equal(left, [], 'functions of a published container');
        equal(final.capabilities.uploadPlans, [], 'its upload plans');
        equal(
          (await listAll(final, '')).map(({ path }) => path),
          ['final.txt'],
          'its files',
        );
        const source = await final.resolveDownload!({ path: 'final.txt', id: 'final.txt' }, { signal });
        equal(new TextDecoder().decode(await read(source)), 'for ever', 'the content');
      });
    });
  }
}

async function everyContainer(containers: Containers) {
  const all: Awaited<ReturnType<Containers['list']>>['containers'][number][] = [];
  for (let token: string | undefined, pages = 0; ; pages += 1) {
    ok(pages < 100, 'a list of containers that does not end');
    const page = await containers.list({ signal, ...(token === undefined ? {} : { token }) });
    all.push(...page.containers);
    if (page.next === undefined) return all;
    token = page.next;
  }
}

async function run(plan: ImportPlan): Promise<{ state: unknown; outcome: UploadOutcome }> {
  const state = await plan.start({ signal });
  for (let polls = 0; polls < 50; polls += 1) {
    const answer = await plan.poll(state, { signal });
    if ('outcome' in answer) return { state, outcome: answer.outcome };
    await new Promise(resolve => setTimeout(resolve, Math.min(answer.after, 50)));
  }
  throw new Error('The import does not end.');
}
