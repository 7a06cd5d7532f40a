/** What a storage's answer to a download request means. */
import type { DownloadSource, TransferResponse } from '../../adapters/adapter.js';
import { TransferError, type TransferErrorOptions } from '../../core/errors.js';
import { readText } from '../../core/read-text.js';
import { retryAfterOf } from '../../core/retry-after.js';
import { publicUrl } from '../transfer-errors.js';

export type UrlSource = Extract<DownloadSource, { kind: 'url' }>;

/** Most of a refusal's body that is read, in characters. */
const longestBody = 64 * 1024;

export const headersOf = (response: Response): Record<string, string> => Object.fromEntries(response.headers);

function byStatus(
  response: Response,
  path: string,
  now: number,
  expiresAt: number | undefined,
): TransferError {
  const { status } = response;
  const retryAfter = retryAfterOf(response.headers.get('retry-after'), now);
  const say = (message: string, options: Pick<TransferErrorOptions, 'kind' | 'reason'>): TransferError =>
    new TransferError(message, {
      ...options,
      status,
      path,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  if (status === 429 || status === 503) {
    return say('The storage asked to slow down.', {
      kind: 'retry',
      reason: 'rate-limited',
    });
  }
  if (status === 408 || status >= 500) {
    return say(`The storage had a problem of its own (${status}).`, {
      kind: 'retry',
      reason: 'server',
    });
  }
  if ((status === 401 || status === 403) && expiresAt !== undefined && expiresAt <= now) {
    return say('The permission to download had run out; a new one is asked for.', {
      kind: 're-sign',
      reason: 'expired',
    });
  }
  if (status === 401 || status === 403) {
    return say(
      `The storage does not let this page download ${path} (${status}). Ask whoever runs it for access.`,
      {
        kind: 'fatal',
        reason: 'forbidden',
      },
    );
  }
  if (status === 404 || status === 410) {
    return say(`${path} is not in the storage any more. It may have been moved or deleted.`, {
      kind: 'fatal',
      reason: 'not-found',
    });
  }
  if (status === 412) return changedRemote(path);
  return say(`The storage refused to send ${path} (${status}).`, { kind: 'fatal', reason: 'invalid-answer' });
}

/** The file is another one than when the download began. */
export function changedRemote(path: string): TransferError {
  return new TransferError(
    `${path} changed in the storage while it was downloaded. The parts of both versions were not mixed: it has to begin again.`,
    { kind: 'restart', reason: 'changed-remote', path },
  );
}

/** The storage sends an encoded form of the file, and cannot be asked for parts of it. */
export function encodedRange(path: string, kind: 'retry' | 'restart' = 'retry'): TransferError {
  return new TransferError(
    `The storage keeps ${path} in a compressed form and sends it only as a whole, not in ranges.`,
    { kind, reason: 'invalid-answer', path },
  );
}

/** Whether the browser decodes what comes, so that it has another length than the headers say. */
export function isEncoded(response: Response): boolean {
  const coding = response.headers.get('content-encoding')?.trim().toLowerCase();
  // `aws-chunked` is how it was sent to S3, which some storages keep although it is decoded there.
  return coding !== undefined && coding !== '' && coding !== 'identity' && coding !== 'aws-chunked';
}

/** What came is as long as its answer said, and shorter or longer than the file is. */
export function otherLength(path: string): TransferError {
  return new TransferError(
    `The storage sent another number of bytes than it says that ${path} has. What came was not kept.`,
    { kind: 'restart', reason: 'incomplete', path },
  );
}

/** Nothing tells one version of the file from another, so what comes later cannot be put behind what has come. */
export function unnamedVersion(path: string): TransferError {
  return new TransferError(
    `Nothing that this page may read says of which version of ${path} the bytes are. They have to come in one go.`,
    { kind: 'restart', reason: 'incomplete', path },
  );
}

/** What has come cannot be gone on with: from now on only the whole can be asked for. */
export function withoutRanges(path: string): TransferError {
  return new TransferError(
    `The storage has stopped sending parts of ${path}. It has to be fetched from the beginning, as a whole.`,
    { kind: 'restart', reason: 'invalid-answer', path },
  );
}

export function wrongRange(path: string): TransferError {
  return new TransferError('The storage sent another part of the file than was asked for.', {
    kind: 'retry',
    reason: 'invalid-answer',
    path,
  });
}

/** Reads a refusal and says what it means. */
export async function refusalOf(
  response: Response,
  source: UrlSource,
  path: string,
  now: number,
): Promise<TransferError> {
  const body = await readText(response, longestBody).then(
    ({ text }) => text,
    () => '',
  );
  const answer: TransferResponse = {
    status: response.status,
    headers: headersOf(response),
    body,
    url: publicUrl(response.url),
  };
  return source.readError?.(answer) ?? byStatus(response, path, now, source.expiresAt);
}

/** Validator without its quotes; `W/` stays. Undefined when the page may not read it. */
export function etagOf(response: Response): string | undefined {
  const text = response.headers.get('etag');
  return text === null || text === '' ? undefined : text.replace(/^(W\/)?"(.*)"$/, '$1$2');
}
