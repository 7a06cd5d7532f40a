import type { Adapter } from '../../src/adapters/adapter.js';
import { TransferError } from '../../src/core/errors.js';
import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { content, intentFor, signal, upload } from './transfer.js';

/** Each function of the contract, called in the plainest way. */
function calls(adapter: Adapter, within: AbortSignal): Record<string, (() => Promise<unknown>) | undefined> {
  const call = { signal: within };
  const has = (name: keyof Adapter, run: () => Promise<unknown>) => (adapter[name] ? run : undefined);
  return {
    list: has('list', () => adapter.list('', call)),
    stat: has('stat', () => adapter.stat!('f.txt', call)),
    resolveDownload: has('resolveDownload', () =>
      adapter.resolveDownload!({ path: 'f.txt', id: 'f.txt' }, call),
    ),
    remove: has('remove', () => adapter.remove!(['f.txt'], call)),
    'remove many': has('remove', () => adapter.remove!(['f.txt', 'never'], call)),
    move: has('move', () => adapter.move!('f.txt', 'g.txt', call)),
    copy: has('copy', () => adapter.copy!('f.txt', 'h.txt', call)),
    createFolder: has('createFolder', () => adapter.createFolder!('folder/', call)),
    readMetadata: has('readMetadata', () => adapter.readMetadata!('f.txt', call)),
    writeMetadata: has('writeMetadata', () => adapter.writeMetadata!('f.txt', { tags: { a: 'b' } }, call)),
    signedLink: has('signedLink', () => adapter.signedLink!('f.txt', { ...call, seconds: 60 })),
    listUnfinishedUploads: has('listUnfinishedUploads', () => adapter.listUnfinishedUploads!('', call)),
    health: has('health', () => adapter.health!(call)),
  };
}

/** Functions that some adapters answer out of what they know, or by signing on their own. */
const ASKS_NOBODY: ReadonlySet<string> = new Set(['resolveDownload', 'signedLink']);

export function describeFailures(group: Group, options: ContractOptions): void {
  const { it } = options.runner;

  group('stopping', current => {
    it('ends every call with the reason “aborted”, and does nothing', async () => {
      const { adapter, stored } = current();
      if (adapter.openUpload) await upload(adapter, 'f.txt', new Blob(['still here']));
      const stopped = AbortSignal.abort();
      for (const [name, call] of Object.entries(calls(adapter, stopped))) {
        if (call) equal((await refusal(call(), name)).reason, 'aborted', name);
      }
      if (adapter.openUpload) equal((await stored('f.txt'))?.length, 10, 'the file');
    });

    it('ends a call under way', async () => {
      const { adapter } = current();
      for (const [name, call] of Object.entries(calls(adapter, signal))) {
        // What is stopped on its way may have been done all the same.
        if (adapter.openUpload) await upload(adapter, 'f.txt', new Blob(['here again']));
        if (!call) continue;
        const controller = new AbortController();
        const running = calls(adapter, controller.signal)[name]!();
        controller.abort();
        const answer = await running.catch((reason: unknown) => reason);
        // Asking nobody, it may be over before it can be ended.
        const mayBeDone = ASKS_NOBODY.has(name) || options.cannotStop?.includes(name);
        if (mayBeDone && !(answer instanceof Error)) continue;
        // A deletion tells of each path; of one that cannot be a file it needs to ask nobody.
        const told: unknown[] = Array.isArray(answer) ? answer.map(({ error }) => error) : [answer];
        const [error] = told;
        ok(error instanceof TransferError, `${name}: ended with ${JSON.stringify(answer)}`);
        // Tags, where there are none, are refused before anything is sent.
        if (name === 'writeMetadata' && error.reason === 'not-supported') continue;
        equal(error.reason, 'aborted', name);
      }
    });

    it('ends the beginning of an upload in parts', async () => {
      const { adapter } = current();
      if (!adapter.capabilities.uploadPlans.includes('parts'))
        return skipped('the adapter declares no upload in parts');
      const blob = content(6 * 1024 ** 2);
      const plan = await adapter.openUpload!(intentFor('stop.bin', blob, { partsFrom: 1 }), { signal });
      ok(plan.kind === 'parts', `a ${plan.kind} plan`);
      const begun = plan.begin({ partSize: blob.size, count: 1 }, { signal: AbortSignal.abort() });
      equal((await refusal(begun, 'begin')).reason, 'aborted', 'the reason');
      return undefined;
    });
  });

  for (const { title, reasons, secrets, create } of options.refused ?? []) {
    options.runner.describe(title, () => {
      it('is told in words, with a typed reason and no secret', async () => {
        const { adapter, close } = await create();
        try {
          const error = await refusal(adapter.list('', { signal }), title);
          ok(reasons.includes(error.reason), `the reason ${error.reason}: ${error.message}`);
          const everything = `${JSON.stringify(error)} ${error.stack} ${String(error.cause ?? '')}`;
          for (const secret of [...secrets, 'X-Amz-Signature', 'Bearer ']) {
            ok(!everything.includes(secret), `the error tells “${secret}”`);
          }
        } finally {
          await close?.();
        }
      });
    });
  }
}
