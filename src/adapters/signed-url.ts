/**
 * URLs that platforms sign for the object storage behind them: when they end, and what the storage's refusals mean.
 * The storages speak XML errors (`<Error><Code>…`), whoever made them.
 */
import type { TransferError } from '../core/errors.js';
import type { TransferResponse } from './adapter.js';
import { errorOf, meaningOfStatus, type StatusMeaning } from './http-errors.js';
import { childText, parseXml, type XmlElement } from './xml.js';

/** When a signed URL ends, read from its query; undefined where the query does not say. Milliseconds since 1970. */
export function expiryOf(url: string): number | undefined {
  if (!URL.canParse(url)) return undefined;
  const query = new Map(
    Array.from(new URL(url).searchParams, ([name, value]) => [name.toLowerCase(), value]),
  );
  for (const vendor of ['amz', 'goog']) {
    const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get(`x-${vendor}-date`) ?? '');
    const seconds = Number(query.get(`x-${vendor}-expires`) ?? Number.NaN);
    if (!date || Number.isNaN(seconds)) continue;
    const [year, month, day, hour, minute, second] = date.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return Date.UTC(year, month - 1, day, hour, minute, second) + seconds * 1000;
  }
  // Signature version 2 says seconds since 1970; Azure's `se` is a date.
  const seconds = Number(query.get('expires') ?? Number.NaN);
  if (query.has('signature') && !Number.isNaN(seconds)) return seconds * 1000;
  const end = query.has('sig') ? Date.parse(query.get('se') ?? '') : Number.NaN;
  return Number.isNaN(end) ? undefined : end;
}

export interface StorageErrorContext {
  /** Path for the error. */
  readonly path?: string | undefined;
  /** When the URL ended, milliseconds since 1970: a refusal after that means a new URL is needed. */
  readonly expiresAt?: number | undefined;
  /** Beginning of the sentences. Default `The storage`. */
  readonly subject?: string;
}

/** The error in a storage's answer to a signed URL; undefined for a success. */
export function readStorageError(
  response: TransferResponse,
  { path, expiresAt, subject = 'The storage' }: StorageErrorContext = {},
): TransferError | undefined {
  const { status, headers } = response;
  const body = errorBody(response.body);
  if (status < 400 && !body) return undefined;
  const code = childText(body, 'Code') || undefined;
  const message = childText(body, 'Message');
  const ended = expiresAt !== undefined && expiresAt <= Date.now();
  return errorOf(status, meaningOf(status, code, message, ended, subject), {
    code,
    message,
    requestId: childText(body, 'RequestId') || headers['x-amz-request-id'] || headers['x-ms-request-id'],
    headers,
    path,
  });
}

const ENDED = new Set(['ExpiredToken', 'RequestExpired', 'TokenRefreshRequired']);
const BUSY = new Set(['SlowDown', 'TooManyRequests', 'RequestLimitExceeded', 'ServerBusy']);
const FULL = new Set([
  'InsufficientStorage',
  'XMinioStorageFull',
  'XMinioStorageQuotaExceeded',
  'XMinioAdminBucketQuotaExceeded',
]);
const DAMAGED = new Set(['BadDigest', 'XAmzContentChecksumMismatch', 'Md5Mismatch']);

function meaningOf(
  status: number,
  code: string | undefined,
  message: string | undefined,
  ended: boolean,
  subject: string,
): StatusMeaning {
  const saysExpired = /\bexpired\b|not valid at this time|time window/i.test(message ?? '');
  if (
    ENDED.has(code ?? '') ||
    ((status === 403 || status === 400 || status === 401) && (saysExpired || ended))
  ) {
    return {
      kind: 're-sign',
      reason: 'expired',
      text: 'The permission for this request ran out before it was used. A new one is asked for.',
    };
  }
  if (FULL.has(code ?? '')) return meaningOfStatus(507, subject);
  if (code === 'QuotaExceeded') return usedUp(subject);
  if (BUSY.has(code ?? '')) return meaningOfStatus(429, subject);
  if (DAMAGED.has(code ?? '')) {
    return {
      kind: 'retry',
      reason: 'checksum-mismatch',
      text: `The bytes that reached ${lower(subject)} differ from the file’s. Nothing wrong was stored.`,
    };
  }
  if (code === 'RequestTimeout') return meaningOfStatus(408, subject);
  if (code === 'EntityTooLarge' || code === 'RequestBodyTooLarge') return meaningOfStatus(413, subject);
  if (code === 'SignatureDoesNotMatch' || code === 'AuthenticationFailed') {
    return {
      kind: 'fatal',
      reason: 'wrong-credentials',
      text: `${subject} does not accept the URL that was signed for it. Something between this page and it changes requests, or the signature is wrong; ask whoever runs it.`,
    };
  }
  if (status < 400) return meaningOfStatus(500, subject);
  if (status === 401 || status === 403) {
    return {
      kind: 'fatal',
      reason: 'forbidden',
      text: `${subject} refused the URL that was signed for it. Ask whoever runs it to check its access rules.`,
    };
  }
  if (status === 416) {
    return {
      kind: 'fatal',
      reason: 'changed-remote',
      text: 'The file at the storage is now shorter than it was.',
    };
  }
  return meaningOfStatus(status, subject);
}

const usedUp = (subject: string): StatusMeaning => ({
  kind: 'fatal',
  reason: 'quota',
  text: `What may be stored at ${lower(subject)} is used up. What is stored is safe; delete something, or ask whoever runs it for more.`,
});

function lower(subject: string): string {
  return subject.replace(/^The /, 'the ');
}

function errorBody(body: string): XmlElement | undefined {
  if (!/<(?:\w+:)?Error[\s>]/.test(body.slice(0, 2_000))) return undefined;
  try {
    const root = parseXml(body.replace(/^\uFEFF/, ''));
    return root.name === 'Error' ? root : undefined;
  } catch {
    return undefined;
  }
}
