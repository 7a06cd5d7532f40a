import type { Adapter } from '../../src/adapters/adapter.js';
import { TransferError } from '../../src/core/errors.js';
import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { signal, upload } from './transfer.js';

/** What a status means when it comes in place of the work, by reason. Not every platform gives all of them. */
const refusals: readonly (readonly [number, readonly string[]])[] = [
  [400, ['invalid-input']],
  [401, ['unauthorized']],
  [402, ['quota']],
  [403, ['forbidden']],
  [404, ['not-found']],
  [409, ['conflict']],
  [413, ['too-large']],
  [415, ['wrong-type', 'invalid-answer']],
];

/** Those after which it is tried again, by the adapter or by the engine. */
const troubles: readonly (readonly [number, string])[] = [
  [429, 'rate-limited'],
  [500, 'server'],
  [502, 'server'],
  [503, 'server'],
  [504, 'server'],
];

/** A deletion tells of each path, or fails as a whole. */
async function removed(adapter: Adapter, path: string): Promise<void> {
  const [result] = await adapter.remove!([path], { signal });
  if (result?.error) throw result.error;
}

const list = (adapter: Adapter) => adapter.list('', { signal });
const noApi = 'there is no API of a platform in front of this storage that could answer so';

export function describeStatuses(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  group('what the API answers in place of the work', current => {
    it('is told in words, by its status, and the next call works', async () => {
      const { adapter, answerNext } = current();
      if (!answerNext) return skipped(noApi);
      for (const [status, reasons] of refusals) {
        await answerNext(status);
        const error = await refusal(list(adapter), `a listing answered ${status}`);
        ok(reasons.includes(error.reason), `${status}: the reason ${error.reason}`);
        equal(error.status, status, 'the status');
        ok(error.kind === 'fatal' || status === 409, `${status}: the kind ${error.kind}`);
        await list(adapter);
      }
      return undefined;
    });

    it('is told of uploads, of one file and of deletions, too', async () => {
      const { adapter, answerNext } = current();
      if (!answerNext) return skipped(noApi);
      if (!adapter.openUpload) return skipped('the adapter uploads nothing');
      const blob = new Blob(['x']);
      await upload(adapter, 'seen.txt', blob);
      const calls: Record<string, () => Promise<unknown>> = {
        upload: () => upload(adapter, 'new.txt', blob),
        ...(adapter.stat ? { stat: () => adapter.stat!('seen.txt', { signal }) } : {}),
        ...(adapter.remove ? { remove: () => removed(adapter, 'seen.txt') } : {}),
      };
      for (const [name, call] of Object.entries(calls)) {
        for (const [status, reasons] of refusals) {
          // What is not there is an answer to these.
          if (status === 404 || status === 409 || status === 400) continue;
          await answerNext(status);
          const error = await refusal(call(), `${name}, answered ${status}`);
          ok(reasons.includes(error.reason), `${name}, ${status}: the reason ${error.reason}`);
        }
      }
      return undefined;
    });

    it('passes, where it is trouble that passes', async () => {
      const { adapter, answerNext } = current();
      if (!answerNext) return skipped(noApi);
      for (const [status, reason] of troubles) {
        await answerNext(status, { 'retry-after': '0' });
        const error: unknown = await list(adapter).then(
          () => undefined,
          thrown => thrown,
        );
        // An adapter that leaves the repetition to the engine has to say so.
        if (error !== undefined) {
          ok(error instanceof TransferError, `${status}: threw ${String(error)}`);
          equal([error.kind, error.reason, error.status], ['retry', reason, status], `${status}`);
        }
        await list(adapter);
      }
      return undefined;
    });

    it('is “unauthorized” once the token has ended', async () => {
      const { adapter, endTokens } = current();
      if (!endTokens) return skipped(noApi);
      await list(adapter);
      await endTokens();
      const error = await refusal(list(adapter), 'a listing with a token that has ended');
      equal([error.kind, error.reason], ['fatal', 'unauthorized'], 'the refusal');
      return undefined;
    });
  });
}
