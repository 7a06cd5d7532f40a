/** Joins signing requests that are made at the same time into one round trip. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import type { SignRequests } from './options.js';
import type { S3SignedRequest, S3SignRefusal, S3SignRequest } from './signing.js';

type Answer = S3SignedRequest | S3SignRefusal;

interface Waiting {
  readonly request: S3SignRequest;
  readonly signal: AbortSignal;
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

const MOST_AT_ONCE = 100;

/**
 * @returns A function that signs one request, and asks for all those of the same turn of the event loop together.
 */
export function createBatcher(
  signRequests: SignRequests,
): (request: S3SignRequest, options: CallOptions) => Promise<Answer> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const all = waiting.filter(entry => !entry.signal.aborted);
    waiting = [];
    for (let start = 0; start < all.length; start += MOST_AT_ONCE) {
      void ask(all.slice(start, start + MOST_AT_ONCE), signRequests);
    }
  }

  return (request, { signal }) =>
    new Promise<Answer>((resolve, reject) => {
      if (signal.aborted) return reject(abortedError());
      const abort = () => reject(abortedError());
      const settle =
        <T>(end: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', abort);
          end(value);
        };
      signal.addEventListener('abort', abort, { once: true });
      waiting.push({ request, signal, resolve: settle(resolve), reject: settle(reject) });
      if (waiting.length === 1) afterThisTurn(flush);
    });
}

async function ask(entries: readonly Waiting[], signRequests: SignRequests): Promise<void> {
  // The round trip ends early only when nobody waits for any of its answers.
  const controller = new AbortController();
  const check = () => {
    if (entries.every(entry => entry.signal.aborted)) controller.abort();
  };
  for (const { signal } of entries) signal.addEventListener('abort', check, { once: true });
  try {
    const answer = await signRequests(
      entries.map(entry => entry.request),
      { signal: controller.signal },
    );
    const answers = 'responses' in answer ? answer.responses : answer;
    if (!Array.isArray(answers) || answers.length !== entries.length) {
      throw new TransferError(
        'The service that signs requests for this page answered a batch with another number of answers. Tell whoever runs this site.',
        { kind: 'fatal', reason: 'signer' },
      );
    }
    for (const [index, entry] of entries.entries()) entry.resolve(answers[index]!);
  } catch (error) {
    for (const entry of entries) entry.reject(error);
  } finally {
    for (const { signal } of entries) signal.removeEventListener('abort', check);
  }
}

/** A task, not a microtask: callers that are a few promises deep still meet. Timers sleep in background tabs. */
function afterThisTurn(run: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    run();
  };
  port2.postMessage(undefined);
}
