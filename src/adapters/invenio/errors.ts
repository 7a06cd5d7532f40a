/** What a repository's refusals mean. */
import { TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { errorOf, meaningOfStatus, quote, type StatusMeaning } from '../http-errors.js';
import { readStorageError } from '../signed-url.js';
import { isObject, type Json, SUBJECT } from './wire.js';

export interface InvenioErrorContext {
  /** Path for the error. */
  readonly path?: string | undefined;
  /** The request is about a draft, or changes one. */
  readonly draft?: boolean;
}

interface Words {
  readonly message: string | undefined;
  /** `field: what is wrong with it`, one for each. */
  readonly fields: readonly string[];
}

/** The error that an answer of the repository's API holds; undefined for a success. */
export function readInvenioError(
  response: TransferResponse,
  { path, draft = false }: InvenioErrorContext = {},
): TransferError | undefined {
  const { status, headers } = response;
  const body = bodyOf(response);
  if (status < 400 && !tellsFailure(body)) return undefined;
  const words = wordsOf(body);
  const said = [words.message, ...words.fields].filter(Boolean).join(' ');
  return errorOf(status, meaningOf(status, words, draft), {
    message: said || undefined,
    requestId: headers['x-request-id'],
    path,
    // A repository that only says “too many requests” is given the time its own client gives it.
    headers: status === 429 ? { 'retry-after': '20', ...headers } : headers,
  });
}

/**
 * Whether a success is none: content that arrives for a finished file, or breaks off on its way, is answered with 200,
 * and the file is dropped. Drafts that are saved with mistakes in them list those under the same name, as a list.
 */
const tellsFailure = (body: Json | undefined): boolean =>
  typeof body?.errors === 'string' || (body?.errors !== undefined && typeof body.key === 'string');

/** The error of a download: from the API, or from the storage that the API redirected to. */
export function readDownloadError(
  response: TransferResponse,
  apiOrigin: string,
  context: InvenioErrorContext,
): TransferError | undefined {
  const elsewhere = response.url !== undefined && new URL(response.url).origin !== apiOrigin;
  if (elsewhere || /^\s*<(?:\?xml|Error)\b/.test(response.body)) {
    return readStorageError(response, { path: context.path, subject: 'The storage behind the repository' });
  }
  return readInvenioError(response, context);
}

/** The record is missing, not one file of it. */
export function isRecordMissing(error: TransferError): boolean {
  return /persistent identifier|record .*(?:deleted|not exist)/i.test(error.serverMessage ?? '');
}

export function isTaken(error: TransferError): boolean {
  return error.reason === 'exists';
}

export function uploadGone(
  path: string,
  text = 'The repository no longer knows the upload that had begun, so it has to begin again.',
): TransferError {
  return new TransferError(text, { kind: 'restart', reason: 'upload-gone', path });
}

function bodyOf({ body }: TransferResponse): Json | undefined {
  if (!/^\s*\{/.test(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(body: Json | undefined): Words {
  const message = typeof body?.message === 'string' ? body.message : undefined;
  if (typeof body?.errors === 'string') return { message: body.errors, fields: [] };
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  const fields = errors.flatMap(error => {
    if (!isObject(error)) return [];
    const messages = Array.isArray(error.messages) ? error.messages.join(' ') : '';
    return [`${String(error.field ?? '')}: ${messages}`];
  });
  return { message, fields };
}

function meaningOf(status: number, { message = '', fields }: Words, draft: boolean): StatusMeaning {
  const said = `${message} ${fields.join(' ')}`;
  if (status < 400) {
    return {
      kind: 'restart',
      reason: 'upload-gone',
      text: 'The repository could not take the content and dropped the file, so it has to be sent again.',
    };
  }
  switch (status) {
    case 400:
      // The same with the status of newer versions.
      if (/upload transfer failed/i.test(said)) return meaningOf(200, { message, fields }, draft);
      return meaningOf400(said, fields);
    case 401:
      return {
        kind: 'fatal',
        reason: 'unauthorized',
        text: 'The repository does not accept your access token, or wants one. Sign in again or enter a valid token.',
      };
    case 402:
      return {
        kind: 'fatal',
        reason: 'quota',
        text: 'The repository wants to be paid for more. What is stored is safe; ask whoever runs it.',
      };
    case 403:
      return {
        kind: 'fatal',
        reason: 'forbidden',
        text: draft
          ? 'The repository does not allow this. If the record was published before, its files are frozen: start a new version of it; otherwise ask its owner for access.'
          : 'The repository does not let you see this. Sign in, or ask the owner of the record for access.',
      };
    case 404:
      return {
        kind: 'fatal',
        reason: 'not-found',
        text: /persistent identifier/i.test(said)
          ? 'The repository has no such record, or it is a draft that was discarded. Check its id.'
          : 'The record no longer has this file. Reload the listing.',
      };
    case 410:
      return { kind: 'fatal', reason: 'not-found', text: 'The record was deleted from the repository.' };
    case 405:
      return {
        kind: 'fatal',
        reason: 'not-supported',
        text: 'The record is published, so its files are frozen. Start a new version of it to change them.',
      };
    case 409:
      return {
        kind: 'retry',
        reason: 'conflict',
        text: 'Another change to the same record is under way at the repository.',
      };
    case 412:
      return {
        kind: 'fatal',
        reason: 'changed-remote',
        text: 'Somebody changed the record meanwhile, so nothing was overwritten. Read it again and repeat the change.',
      };
    case 415:
    case 406:
      return {
        kind: 'fatal',
        reason: 'invalid-answer',
        text: 'The repository does not speak the form of its interface that this page expects. Check its address and version.',
      };
    default:
      return meaningOfStatus(status, SUBJECT);
  }
}

function meaningOf400(said: string, fields: readonly string[]): StatusMeaning {
  const fatal = (reason: StatusMeaning['reason'], text: string): StatusMeaning => ({
    kind: 'fatal',
    reason,
    text,
  });
  if (/already exists/i.test(said)) {
    return fatal('exists', 'A file of this name is already in the record. It was left as it is.');
  }
  if (/quota/i.test(said)) {
    return fatal(
      'quota',
      'The space that this record may take is used up. What is stored is safe; delete something or ask the repository for more.',
    );
  }
  if (
    /(?:too many|maximum|exceed|limit|more than)[^.]*\bfiles\b|\bfiles\b[^.]*(?:maximum|exceed|limit)/i.test(
      said,
    )
  ) {
    return fatal(
      'too-many',
      'The record holds as many files as it may. What is stored is safe; delete files, or pack several into one archive.',
    );
  }
  if (/size limit|too large|maximum (?:file )?size|exceeds[^.]*size/i.test(said)) {
    return fatal('too-large', 'The repository does not take files of this size.');
  }
  if (/pending|not (?:yet )?completed|incomplete/i.test(said)) {
    return fatal(
      'incomplete',
      'The record has files whose upload is not finished. Finish or delete them, then publish.',
    );
  }
  if (fields.length > 0) {
    return fatal(
      'invalid-input',
      `The repository did not accept what was entered: ${(quote(fields.join('; ')) ?? '').replace(/\.$/, '')}.`,
    );
  }
  return meaningOfStatus(400, SUBJECT);
}
