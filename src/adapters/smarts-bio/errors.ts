/** What the API's refusals mean: `{"status":"error","error":"<code>","message":"…"}`. */
import { TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { errorOf, meaningOfStatus, type StatusMeaning } from '../http-errors.js';

export const SUBJECT = 'smarts.bio';

const MEANINGS: Readonly<Record<string, StatusMeaning>> = {
  auth_required: {
    kind: 'fatal',
    reason: 'unauthorized',
    text: 'smarts.bio does not know the key this page uses. Sign in again, or enter a valid API key.',
  },
  key_revoked: {
    kind: 'fatal',
    reason: 'unauthorized',
    text: 'The API key was revoked at smarts.bio. Make a new one there; what is stored is safe.',
  },
  key_expired: {
    kind: 'fatal',
    reason: 'unauthorized',
    text: 'The API key has expired. Make a new one at smarts.bio; what is stored is safe.',
  },
  quota_exceeded: {
    kind: 'fatal',
    reason: 'quota',
    text: 'The space of this smarts.bio account is used up. What is stored is safe; delete something or ask for more.',
  },
  insufficient_scope: {
    kind: 'fatal',
    reason: 'forbidden',
    text: 'The API key may not use files. Ask for a key with the scope “files”.',
  },
  workspace_access_denied: {
    kind: 'fatal',
    reason: 'forbidden',
    text: 'The API key may not use this workspace. Choose another one, or ask for access.',
  },
  workspace_required: {
    kind: 'fatal',
    reason: 'invalid-input',
    text: 'No workspace is chosen. Choose one first.',
  },
  not_found: {
    kind: 'fatal',
    reason: 'not-found',
    text: 'smarts.bio does not have this file any more. Reload the listing.',
  },
};

/** The error of an answer from the API; undefined for a success. A success may hold one in its envelope. */
export function readApiError(response: TransferResponse, path?: string): TransferError | undefined {
  const { status, headers } = response;
  const { isError, code, message, words } = envelopeOf(response.body);
  if (status < 400 && !isError) return undefined;
  return errorOf(status, meaningOf(status, code), {
    code,
    message: [message, words].filter(Boolean).join(': ') || undefined,
    requestId: headers['x-request-id'],
    headers,
    path,
  });
}

function meaningOf(status: number, code: string | undefined): StatusMeaning {
  const known = code === undefined ? undefined : MEANINGS[code];
  if (known) return known;
  if (status === 402) return MEANINGS.quota_exceeded!;
  if (status === 413) {
    return {
      kind: 'fatal',
      reason: 'too-large',
      text: 'smarts.bio takes files of up to 500 MB through its own servers.',
    };
  }
  if (status < 400) return meaningOfStatus(500, SUBJECT);
  return meaningOfStatus(status, SUBJECT);
}

interface Envelope {
  readonly isError: boolean;
  readonly code?: string;
  readonly message?: string;
  /** What validation complains about. */
  readonly words?: string;
}

function envelopeOf(body: string): Envelope {
  if (!body.startsWith('{')) return { isError: false };
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { isError: false };
  }
  const { status, error, message, errors } = value as Record<string, unknown>;
  const words = Array.isArray(errors) ? errors.map(textOf).filter(Boolean).join('; ') : '';
  return {
    isError: status === 'error',
    ...(typeof error === 'string' ? { code: error } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    ...(words ? { words } : {}),
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const { message, field } = (value ?? {}) as { message?: unknown; field?: unknown };
  return [field, message].filter(word => typeof word === 'string').join(' ') || undefined;
}

export function problem(reason: TransferError['reason'], message: string, path?: string): TransferError {
  return new TransferError(message, { kind: 'fatal', reason, ...(path === undefined ? {} : { path }) });
}

export function badAnswer(what: string, path?: string): TransferError {
  return problem(
    'invalid-answer',
    `${SUBJECT} answered in a form this page does not understand: ${what}.`,
    path,
  );
}
