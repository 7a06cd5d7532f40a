/** What the API's refusals mean. Its JSON says it in `error`, `message` or `detail`; FastAPI's lists included. */
import { type ErrorReason, TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { errorOf, meaningOfStatus, type StatusMeaning } from '../http-errors.js';

export const SUBJECT = 'Deep Lake';

/** The error of an answer from the API; undefined for a success. */
export function readApiError(response: TransferResponse, path?: string): TransferError | undefined {
  const { status, headers, body } = response;
  if (status < 400) return undefined;
  const { words, code } = saidIn(body);
  return errorOf(status, meaningOf(response), {
    message: words,
    code,
    requestId: headers['x-request-id'],
    headers,
    path,
  });
}

function meaningOf({ status, headers, body }: TransferResponse): StatusMeaning {
  const fatal = (reason: ErrorReason, text: string): StatusMeaning => ({ kind: 'fatal', reason, text });
  switch (status) {
    case 401:
      return fatal(
        'unauthorized',
        'Your access to Deep Lake has ended or is not valid. Sign in again; what is stored is safe.',
      );
    case 402:
      return fatal(
        'quota',
        'The plan of this organisation at Deep Lake is used up. What is stored is safe; delete something or ask for more.',
      );
    case 403:
      // The front end before the API turns requests away with a page of its own for a while; the API answers in JSON.
      return isPage(headers, body)
        ? {
            kind: 'retry',
            reason: 'server',
            text: 'The network in front of Deep Lake turned the request away. It passes by itself, usually.',
          }
        : fatal(
            'forbidden',
            'You have no access to this workspace at Deep Lake, or may not change it. Ask whoever runs it; some tokens also need the organisation to be named.',
          );
    case 404:
      return fatal(
        'not-found',
        'Deep Lake does not have this file or workspace any more. Reload the listing.',
      );
    case 413:
      return fatal('too-large', 'Deep Lake does not take a file of this size. Nothing was stored.');
    case 422:
      return fatal('invalid-input', 'Deep Lake did not accept what it was given. Nothing was changed.');
    default:
      return meaningOfStatus(status, SUBJECT);
  }
}

function isPage(headers: Readonly<Record<string, string>>, body: string): boolean {
  return /html/i.test(headers['content-type'] ?? '') || /^\s*<(?:!doctype|html)/i.test(body);
}

function saidIn(body: string): { words?: string; code?: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const { error, message, detail, code } = value as Record<string, unknown>;
  const words = [message, detail, error].map(textOf).find(Boolean);
  return { ...(words ? { words } : {}), ...(typeof code === 'string' ? { code } : {}) };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('; ') || undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, msg } = value as Record<string, unknown>;
  return textOf(message ?? msg);
}

export function badAnswer(what: string, path?: string): TransferError {
  return new TransferError(`${SUBJECT} answered in a form this page does not understand: ${what}.`, {
    kind: 'fatal',
    reason: 'invalid-answer',
    ...(path === undefined ? {} : { path }),
  });
}

export function invalid(message: string): TransferError {
  return new TransferError(message, { kind: 'fatal', reason: 'invalid-input' });
}

/** Whether a failed request may have done its work all the same. */
export function mayHaveWorked({ status, reason }: TransferError): boolean {
  if (status !== undefined) return status === 408 || status >= 500;
  return reason === 'timeout' || reason === 'network' || reason === 'cors-or-network' || reason === 'offline';
}
