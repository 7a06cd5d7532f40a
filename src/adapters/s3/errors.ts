/** What S3's refusals mean. Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
import type { TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { errorOf, meaningOfStatus, type StatusMeaning } from '../http-errors.js';
import { childText, parseXml, type XmlElement } from '../xml.js';

const SUBJECT = 'The storage';

type Meaning = readonly [kind: StatusMeaning['kind'], reason: StatusMeaning['reason'], text: string];

const EXPIRED: Meaning = [
  're-sign',
  'expired',
  'The permission for this request ran out before it was used.',
];
const BUSY: Meaning = ['retry', 'rate-limited', 'The storage asks to go slower.'];
const SERVER: Meaning = ['retry', 'server', 'The storage had an error of its own.'];
const CORRUPTED: Meaning = [
  'retry',
  'checksum-mismatch',
  'The bytes that reached the storage differ from the file’s. Nothing wrong was stored.',
];
const WRONG_KEY: Meaning = [
  'fatal',
  'wrong-credentials',
  'The storage does not accept the key this page’s requests are signed with. Ask whoever runs this site to check it.',
];
const FULL: Meaning = [
  'fatal',
  'storage-full',
  'The storage is full. What is stored is safe; free some space there, then try again.',
];
const ELSEWHERE: Meaning = [
  'fatal',
  'invalid-input',
  'The bucket answers under another address or in another region. Ask whoever runs this site to correct it.',
];
const BAD_REQUEST: Meaning = ['fatal', 'invalid-input', 'The storage did not accept the request.'];
/** Without the right to list, S3 answers AccessDenied also where there is no such object. */
const MISSING_OR_REFUSED: Meaning = [
  'fatal',
  'not-found-or-forbidden',
  'The storage has no such file, or does not let this page read it: it does not say which. Check the name; if it is right, ask whoever runs the storage for access.',
];
const BUSY_KEY: Meaning = [
  'retry',
  'conflict',
  'Another change to the same file is under way at the storage.',
];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  AccessDenied: [
    'fatal',
    'forbidden',
    'The storage refused this page’s request. Ask whoever runs it for access to this folder.',
  ],
  AllAccessDisabled: ['fatal', 'forbidden', 'Access to this storage is switched off. Ask whoever runs it.'],
  AccountProblem: ['fatal', 'forbidden', 'The account of this storage is blocked. Ask whoever runs it.'],
  InvalidAccessKeyId: WRONG_KEY,
  InvalidToken: WRONG_KEY,
  InvalidSecurity: WRONG_KEY,
  SignatureDoesNotMatch: WRONG_KEY,
  AuthorizationQueryParametersError: WRONG_KEY,
  AuthorizationHeaderMalformed: ELSEWHERE,
  PermanentRedirect: ELSEWHERE,
  TemporaryRedirect: ELSEWHERE,
  IllegalLocationConstraintException: ELSEWHERE,
  ExpiredToken: EXPIRED,
  RequestExpired: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  RequestTimeTooSkewed: [
    'fatal',
    'clock-skew',
    'The clock of this device, or of the server that signs for it, differs from the storage’s by more than 15 minutes. Set it right and try again.',
  ],
  NoSuchUpload: [
    'restart',
    'upload-gone',
    'The storage no longer knows the upload that had begun, so it has to begin again.',
  ],
  InvalidPart: [
    'restart',
    'upload-gone',
    'The storage no longer has all parts of the upload, so it has to begin again.',
  ],
  InvalidPartOrder: ['fatal', 'invalid-input', 'The parts of the upload were named in a wrong order.'],
  NoSuchKey: ['fatal', 'not-found', 'The file is no longer at the storage. Reload the listing.'],
  NoSuchVersion: ['fatal', 'not-found', 'This version of the file is no longer at the storage.'],
  NoSuchBucket: [
    'fatal',
    'not-found',
    'The bucket does not exist. Ask whoever runs this site to check its name and address.',
  ],
  InvalidBucketName: ELSEWHERE,
  SlowDown: BUSY,
  SlowDownRead: BUSY,
  SlowDownWrite: BUSY,
  TooManyRequests: BUSY,
  RequestLimitExceeded: BUSY,
  ServiceUnavailable: SERVER,
  InternalError: SERVER,
  BadGateway: SERVER,
  RequestTimeout: ['retry', 'timeout', 'The storage waited too long for the data.'],
  IncompleteBody: ['retry', 'incomplete', 'Not all of the data reached the storage.'],
  OperationAborted: BUSY_KEY,
  ConditionalRequestConflict: BUSY_KEY,
  BadDigest: CORRUPTED,
  XAmzContentChecksumMismatch: CORRUPTED,
  XAmzContentSHA256Mismatch: CORRUPTED,
  InvalidDigest: BAD_REQUEST,
  EntityTooLarge: ['fatal', 'too-large', 'The storage does not take files of this size.'],
  EntityTooSmall: [
    'fatal',
    'too-small',
    'The storage does not take files, or parts of a file, that are so small.',
  ],
  QuotaExceeded: [
    'fatal',
    'quota',
    'The space or number of files allowed here is used up. What is stored is safe; delete something or ask for more.',
  ],
  XMinioStorageFull: FULL,
  XMinioStorageQuotaExceeded: FULL,
  InsufficientStorage: FULL,
  XMinioAdminBucketQuotaExceeded: FULL,
  InvalidObjectState: [
    'fatal',
    'not-supported',
    'The file lies in an archive and must be restored by whoever runs the storage before it can be read.',
  ],
  KeyTooLongError: ['fatal', 'invalid-name', 'The path is too long for the storage: at most 1,024 bytes.'],
  InvalidURI: ['fatal', 'invalid-name', 'The storage does not accept this name.'],
  InvalidObjectName: ['fatal', 'invalid-name', 'The storage does not accept this name.'],
  XMinioInvalidObjectName: ['fatal', 'invalid-name', 'The storage does not accept this name.'],
  MetadataTooLarge: ['fatal', 'invalid-input', 'The metadata is too large: at most 2 kB.'],
  InvalidTag: ['fatal', 'invalid-input', 'The storage does not accept these tags.'],
  InvalidRange: ['fatal', 'changed-remote', 'The file at the storage is now shorter than it was.'],
  NotImplemented: ['fatal', 'not-supported', 'The storage cannot do this.'],
  MethodNotAllowed: ['fatal', 'not-supported', 'The storage does not allow this kind of request here.'],
  InvalidArgument: BAD_REQUEST,
  InvalidRequest: BAD_REQUEST,
  MalformedXML: BAD_REQUEST,
  MalformedPOSTRequest: BAD_REQUEST,
};

export interface S3ErrorContext {
  /** Path for the error. */
  readonly path?: string | undefined;
  /** The URL that was used has ended meanwhile: a refusal without a reason is that. */
  readonly expired?: boolean;
  /** The request was to refuse a taken path (`If-None-Match: *`). */
  readonly createOnly?: boolean;
  /** The call was one on a multipart upload: what is not found is that upload (Ceph says `NoSuchKey`). */
  readonly ofUpload?: boolean;
  /** The call was to read one object, or to look at it. */
  readonly ofObject?: boolean;
  /** All parts were there, and the whole was judged. */
  readonly completing?: boolean;
}

/** The error that an answer holds, or undefined for a success. A status 200 may hold one too. */
export function readS3Error(
  response: TransferResponse,
  context: S3ErrorContext = {},
): TransferError | undefined {
  const { status, headers } = response;
  const body = errorBody(response);
  if (status < 300 && !body) return undefined;
  const code = childText(body, 'Code') || headers['x-minio-error-code'] || undefined;
  const message = childText(body, 'Message');
  const requestId =
    childText(body, 'RequestId') || headers['x-amz-request-id'] || headers['x-amz-id-2'] || undefined;
  return errorOf(status, meaningOf(status, code, message, context), {
    code,
    message,
    requestId,
    headers,
    path: context.path,
  });
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  NoSuchKey: 404,
  InternalError: 500,
  ServiceUnavailable: 503,
  SlowDown: 503,
};

/** The error of one key among many, which comes with a code and no status of its own. */
export function keyError(element: XmlElement, path: string): TransferError {
  const code = childText(element, 'Code') || 'InternalError';
  const message = childText(element, 'Message');
  const status = STATUS_OF_CODE[code] ?? 400;
  return errorOf(status, meaningOf(status, code, message, {}), { code, message, path });
}

function meaningOf(
  status: number,
  code: string | undefined,
  message: string | undefined,
  { expired, createOnly, completing, ofUpload, ofObject }: S3ErrorContext,
): StatusMeaning {
  if (status === 403 || status === 400) {
    // “Request has expired” and “Policy expired” come under AccessDenied; older Ceph sends no words at all.
    const saysExpired = /\bexpired\b/i.test(message ?? '');
    const silent = expired && (code === undefined || code === 'AccessDenied');
    if ((code === 'AccessDenied' && saysExpired) || silent) return toMeaning(EXPIRED);
    if (status === 403 && ofObject && (code === undefined || code === 'AccessDenied')) {
      return toMeaning(MISSING_OR_REFUSED);
    }
  }
  if (status === 412 || code === 'PreconditionFailed') {
    if (createOnly) {
      return {
        kind: 'fatal',
        reason: 'exists',
        text: 'A file of this name is already there. It was left as it is.',
      };
    }
    return meaningOfStatus(412, SUBJECT);
  }
  if (completing && MEANINGS[code ?? ''] === CORRUPTED) {
    return {
      kind: 'restart',
      reason: 'checksum-mismatch',
      text: 'The whole file at the storage did not match this one’s checksum, so it was not kept.',
    };
  }
  if (ofUpload && status === 404 && (code === undefined || code === 'NoSuchKey')) {
    return toMeaning(MEANINGS.NoSuchUpload!);
  }
  const known = code === undefined ? undefined : MEANINGS[code];
  if (known) return toMeaning(known);
  // S3 says to treat an error inside a 200 like an internal error.
  if (status < 300) return toMeaning(SERVER);
  if (status < 400) return toMeaning(ELSEWHERE);
  return meaningOfStatus(status, SUBJECT);
}

function toMeaning([kind, reason, text]: Meaning): StatusMeaning {
  return { kind, reason, text };
}

function errorBody({ body }: TransferResponse): XmlElement | undefined {
  if (!/<(?:\w+:)?Error[\s>]/.test(body.slice(0, 2_000))) return undefined;
  try {
    const root = parseXml(body);
    return root.name === 'Error' ? root : undefined;
  } catch {
    return undefined;
  }
}
