/** What the API's refusals mean. Its JSON says it in `message`, `error` or `detail`, sometimes in a list `errors`. */
import { TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { errorOf, meaningOfStatus, type StatusMeaning, tellsQuota } from '../http-errors.js';

export const SUBJECT = 'Deep Origin';

/** The error of an answer from the API; undefined for a success. */
export function readApiError(response: TransferResponse, path?: string): TransferError | undefined {
  const { status, headers, body } = response;
  if (status < 400) return undefined;
  const message = wordsOf(body);
  const isFull = status < 500 && status !== 401 && status !== 429 && tellsQuota(message);
  return errorOf(status, meaningOf(isFull ? 402 : status), {
    message,
    requestId: headers['x-request-id'],
    headers,
    path,
  });
}

function meaningOf(status: number): StatusMeaning {
  switch (status) {
    case 401:
      return {
        kind: 'fatal',
        reason: 'unauthorized',
        text: 'Your access to Deep Origin has ended or is not valid. Sign in again; what is stored is safe.',
      };
    case 402:
      return {
        kind: 'fatal',
        reason: 'quota',
        text: 'The space of this organisation at Deep Origin is used up. What is stored is safe; delete something or ask for more.',
      };
    case 403:
      return {
        kind: 'fatal',
        reason: 'forbidden',
        text: 'You have no access to this organisation at Deep Origin, or may not change its files. Ask whoever runs it.',
      };
    case 404:
      return {
        kind: 'fatal',
        reason: 'not-found',
        text: 'Deep Origin does not have this file or folder any more. Reload the listing.',
      };
    case 413:
      return {
        kind: 'fatal',
        reason: 'too-large',
        text: 'Deep Origin does not take a file of this size through its own servers.',
      };
    default:
      return meaningOfStatus(status, SUBJECT);
  }
}

/** The server's words, whatever its release calls them. */
function wordsOf(body: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, error, detail, errors } = value as Record<string, unknown>;
  const said = [message, error, detail].map(textOf).find(Boolean);
  const more = textOf(errors);
  return [said, more].filter(Boolean).join(': ') || undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('; ') || undefined;
  return typeof value === 'object' && value !== null && 'message' in value
    ? textOf(value.message)
    : undefined;
}

export function badAnswer(what: string, path?: string): TransferError {
  return new TransferError(`${SUBJECT} answered in a form this page does not understand: ${what}.`, {
    kind: 'fatal',
    reason: 'invalid-answer',
    ...(path === undefined ? {} : { path }),
  });
}
