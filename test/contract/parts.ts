import type { PartsPlan, ResumeState } from '../../src/adapters/adapter.js';
import { digest } from '../../src/adapters/digest.js';
import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import {
  bytesOf,
  completeParts,
  content,
  intentFor,
  sameBytes,
  sendPart,
  sendParts,
  signal,
} from './transfer.js';

const PART = 5 * 1024 ** 2;
const noParts = 'the adapter declares no upload in parts';

export function describeParts(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  if (!options.functions.includes('openUpload')) return;

  group('uploads in parts', current => {
    const blob = content(2 * PART + 1000, 5);

    async function open(path: string): Promise<PartsPlan | undefined> {
      const { adapter } = current();
      if (!adapter.capabilities.uploadPlans.includes('parts')) return undefined;
      const plan = await adapter.openUpload!(intentFor(path, blob, { partsFrom: PART }), { signal });
      ok(plan.kind === 'parts', `a ${plan.kind} plan for a large file`);
      return plan;
    }
    const begin = (plan: PartsPlan): Promise<ResumeState> =>
      plan.begin({ partSize: PART, count: Math.ceil(blob.size / PART) }, { signal });

    it('puts parts together by number, whatever the order they came in', async () => {
      const plan = await open('parts.bin');
      if (!plan) return skipped(noParts);
      const state = await begin(plan);
      const receipts = await sendParts(plan, state, blob, PART);
      const outcome = await completeParts(plan, state, blob, receipts);
      equal(outcome.size ?? blob.size, blob.size, 'the size of the outcome');
      ok(sameBytes((await current().stored('parts.bin'))!, await bytesOf(blob)), 'other bytes');
      if (options.reportsChecksums && plan.wholeChecksum) {
        const whole = await digest(blob, plan.wholeChecksum);
        equal(
          outcome.checksums?.find(sum => sum.algorithm === whole.algorithm),
          whole,
          'the whole’s checksum',
        );
      }
    });

    it('goes on from its state alone, as JSON, in another page', async () => {
      const plan = await open('resumed.bin');
      const { adapter } = current();
      if (!plan || !adapter.reopenUpload) return skipped(noParts);
      const state = await begin(plan);
      await sendParts(plan, state, blob, PART, [1, 3]);
      const text = JSON.stringify(state);
      ok(text.length < 4096 && !/signature|secret|token|bearer/i.test(text), `the state: ${text}`);
      const again = await adapter.reopenUpload(
        intentFor('resumed.bin', blob, { partsFrom: PART }),
        JSON.parse(text) as ResumeState,
        { signal },
      );
      equal(again.rules.partSize, PART, 'the part size of an upload that has begun');
      const held = (await again.listParts?.(again.state!, { signal })) ?? [];
      if (again.listParts)
        equal(
          held.map(part => [part.number, part.size]),
          [
            [1, PART],
            [3, 1000],
          ],
          'its parts',
        );
      const missing = again.listParts ? [2] : [1, 2, 3];
      const sent = await sendParts(again, again.state!, blob, PART, missing);
      await completeParts(again, again.state!, blob, [...held, ...sent]);
      ok(sameBytes((await current().stored('resumed.bin'))!, await bytesOf(blob)), 'other bytes');
    });

    it('leaves nothing behind when it is aborted, however often', async () => {
      const plan = await open('aborted.bin');
      const { adapter } = current();
      if (!plan) return skipped(noParts);
      if (!plan.abort) return skipped('the platform has no call that aborts an upload');
      const state = await begin(plan);
      const receipts = await sendParts(plan, state, blob, PART, [1]);
      if (adapter.listUnfinishedUploads) {
        const unfinished = await adapter.listUnfinishedUploads('', { signal });
        ok(
          unfinished.some(upload => upload.path === 'aborted.bin'),
          'an unfinished upload is not listed',
        );
      }
      await plan.abort(state, { signal });
      await plan.abort(state, { signal });
      const left = (await adapter.listUnfinishedUploads?.('', { signal })) ?? [];
      equal(
        left.filter(upload => upload.path === 'aborted.bin'),
        [],
        'unfinished uploads',
      );
      equal(await current().stored('aborted.bin'), undefined, 'a file');
      const error = await refusal(
        sendPart(plan, state, { number: 2, start: PART, end: 2 * PART }, blob.slice(PART, 2 * PART)),
        'a part of an aborted upload',
      );
      equal([error.kind, error.reason], ['restart', 'upload-gone'], 'the refusal');
      const completing = await refusal(completeParts(plan, state, blob, receipts), 'completing it');
      equal(completing.kind, 'restart', 'the kind');
    });

    it('cleans up what other pages left', async () => {
      const plan = await open('left behind ü.bin');
      const { adapter } = current();
      if (!plan) return skipped(noParts);
      if (!adapter.listUnfinishedUploads || !adapter.abortUnfinishedUpload)
        return skipped('the platform does not list what was begun');
      await begin(plan);
      const found = await adapter.listUnfinishedUploads('left', { signal });
      equal(
        found.map(upload => upload.path),
        ['left behind ü.bin'],
        'unfinished uploads',
      );
      equal(await adapter.listUnfinishedUploads('other', { signal }), [], 'of another prefix');
      for (const upload of found) await adapter.abortUnfinishedUpload(upload, { signal });
      equal(await adapter.listUnfinishedUploads('left', { signal }), [], 'what is left');
    });

    it('does not put a wrong whole together', async () => {
      const plan = await open('wrong.bin');
      if (!plan) return skipped(noParts);
      if (!plan.wholeChecksum || !options.reportsChecksums)
        return skipped('the storage takes no checksum of the whole');
      const state = await begin(plan);
      const receipts = await sendParts(plan, state, blob, PART);
      const whole = await digest(new Blob(['other']), plan.wholeChecksum);
      const error = await refusal(plan.complete(state, receipts, { signal, whole }), 'a wrong whole');
      equal(error.reason, 'checksum-mismatch', 'the reason');
      equal(await current().stored('wrong.bin'), undefined, 'a file');
      await plan.abort?.(state, { signal });
    });
  });
}
