import { errorName, TransferError, type TransferErrorOptions } from '../../core/errors.js';

/** What Companion answers, where Uppy's client says no more than its words. HTTP/2 has none. */
const refusals: Record<string, { status: number; reason: TransferErrorOptions['reason'] }> = {
  'Bad Request': { status: 400, reason: 'invalid-input' },
  Unauthorized: { status: 401, reason: 'unauthorized' },
  Forbidden: { status: 403, reason: 'forbidden' },
};

/** Reads the status out of an error of Uppy's, which has it in one of several places. */
function statusOf(error: unknown): number | undefined {
  const { status, request, cause } = error as {
    status?: unknown;
    request?: { status?: unknown };
    cause?: { status?: unknown };
  };
  return [status, request?.status, cause?.status].find(
    (value): value is number => typeof value === 'number' && value > 0,
  );
}

/** What a failure of @uppy/aws-s3 means. Its own few tries are over by then; the engine has more patience. */
export function companionError(error: unknown, path: string): TransferError {
  const words = /Companion request failed: ?(.*)/.exec(error instanceof Error ? error.message : '')?.[1];
  const refusal = words === undefined ? undefined : refusals[words];
  const status = refusal?.status ?? statusOf(error);
  const about = { path, cause: errorName(error), ...(status === undefined ? {} : { status }) };
  if (refusal) {
    return new TransferError(
      `Companion refused ${path} (${status} ${words}). Ask whoever runs this site’s Companion.`,
      { ...about, kind: 'fatal', reason: refusal.reason },
    );
  }
  if (words !== undefined || (status !== undefined && (status >= 500 || status === 429))) {
    return new TransferError(`Companion or its storage could not take ${path} just now.`, {
      ...about,
      kind: 'retry',
      reason: status === 429 ? 'rate-limited' : 'server',
    });
  }
  // A link that has expired is answered by 403, and every try gets a new link.
  if (status === 403 || status === 404 || status === 408) {
    return new TransferError(`The storage behind Companion did not take ${path}.`, {
      ...about,
      kind: 'retry',
      reason: status === 408 ? 'timeout' : status === 404 ? 'upload-gone' : 'expired',
    });
  }
  if (status !== undefined) {
    return new TransferError(`The storage behind Companion refused ${path} (${status}).`, {
      ...about,
      kind: 'fatal',
      reason: 'server',
    });
  }
  return new TransferError(`The connection broke while ${path} was uploaded.`, {
    ...about,
    kind: 'retry',
    reason: 'network',
  });
}

export const stalledError = (path: string): TransferError =>
  new TransferError(`No byte of ${path} moved for a while.`, {
    kind: 'retry',
    reason: 'stalled',
    path,
  });

export const notCleared = (status: number): TransferError =>
  new TransferError(
    'Companion could not clear an unfinished upload away. Its parts are left in the storage, which may be set to remove them by itself.',
    { kind: 'fatal', reason: 'server', status },
  );
