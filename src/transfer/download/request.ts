import { TransferError } from '../../core/errors.js';
import type { Clock } from '../clock.js';
import { networkError, originOf } from '../transfer-errors.js';
import { type Watchdog, watch } from '../watchdog.js';
import type { UrlSource } from './answers.js';

/** The answer has to begin within this time, and no gap in it may be longer. Milliseconds. */
const answerWithin = 30_000;
const stallAfter = 20_000;

export interface RequestOptions {
  readonly url: string;
  readonly source: UrlSource;
  /** Offsets of the first byte and after the last one; absent: the whole. */
  readonly range?: { readonly start: number; readonly end: number };
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** What was thrown while an answer was read, by something else than the connection. */
export class NotOfConnection extends Error {
  constructor(cause: unknown) {
    super('not of the connection', { cause });
  }
}

/** One download request, watched for silence. */
export interface OpenRequest {
  readonly response: Response;
  /** Bytes came. */
  alive(): void;
  /**
   * The sink is being waited for, which is no silence of the connection's; until the function that comes back is
   * called, even if bytes of what is read ahead still come.
   */
  pause(): () => void;
  /** Runs what reads the body and turns what it throws into words. */
  guard<Value>(read: () => Promise<Value>): Promise<Value>;
  /** Ends the request and the watch. */
  close(): void;
}

/**
 * The storage was reached and has answered. Unlike where nothing answers, an end to trying makes sense: a body that breaks
 * off each time at the same place never comes whole.
 */
const brokenOff = (origin: string | undefined): TransferError =>
  new TransferError(`${origin ?? 'The storage'} began to send, and broke off in the middle.`, {
    kind: 'retry',
    reason: 'incomplete',
  });

/** Longest wait for a sink: a person's disk may have to spin up, and a page's stream may be paused for long. */
const sinkPatience = 24 * 60 * 60 * 1000;

/**
 * Sends a GET and resolves when the answer begins, whatever its status. Rejects with the signal's reason, or with
 * `TransferError` of kind `retry` for a connection that broke or stays silent.
 */
export async function openRequest({
  url,
  source,
  range,
  signal,
  clock,
}: RequestOptions): Promise<OpenRequest> {
  const own = new AbortController();
  const origin = originOf(url);
  let silent = false;
  let answered = false;
  const stop = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', stop);
  const dog: Watchdog = watch(clock, answerWithin, () => {
    silent = true;
    own.abort();
  });
  const close = (): void => {
    dog.stop();
    signal.removeEventListener('abort', stop);
    own.abort();
  };
  const explained = (error: unknown): unknown => {
    if (signal.aborted) return signal.reason;
    if (silent) {
      return new TransferError(`The connection to ${origin ?? 'the storage'} moved no byte for a while.`, {
        kind: 'retry',
        reason: 'stalled',
        cause: error,
      });
    }
    if (error instanceof NotOfConnection) return error.cause;
    // `fetch` and its bodies say TypeError for every loss of the connection; Chromium's decoder errors too.
    if (!(error instanceof TypeError)) return error;
    return answered ? brokenOff(origin) : networkError(origin);
  };
  try {
    signal.throwIfAborted();
    // Headers were made for the origin of `url`; a mirror elsewhere must not see them.
    const headers = new Headers(origin === originOf(source.url) ? source.headers : {});
    // `bytes=a-b` needs no preflight, and makes every engine ask for unencoded bytes.
    if (range) headers.set('range', `bytes=${range.start}-${range.end - 1}`);
    const response = await fetch(url, {
      headers,
      // With the default mode Chromium's cache repeats, joins and drops ranges.
      cache: 'no-store',
      credentials: source.credentials ?? 'omit',
      signal: own.signal,
    });
    answered = true;
    dog.allow(stallAfter);
    let pauses = 0;
    const allow = (): void => dog.allow(pauses > 0 ? sinkPatience : stallAfter);
    return {
      response,
      alive: allow,
      pause: () => {
        pauses += 1;
        allow();
        return () => {
          pauses -= 1;
          allow();
        };
      },
      guard: read =>
        read().catch((error: unknown) => {
          throw explained(error);
        }),
      close,
    };
  } catch (error) {
    close();
    throw explained(error);
  }
}
