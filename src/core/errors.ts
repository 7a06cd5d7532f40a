/**
 * What the engine does about a failure (design.md §4, rule 12):
 * `retry` again after a pause; `re-sign` with a fresh URL; `restart` because the upload id is gone;
 * `wait` until the connection is back; `fatal`: tell the person.
 */
export type ErrorKind = 'retry' | 're-sign' | 'restart' | 'wait' | 'fatal';

/** What happened, for programs that care and for choosing the sentence. */
export type ErrorReason =
  | 'network'
  | 'cors-or-network'
  | 'offline'
  | 'timeout'
  | 'stalled'
  | 'rate-limited'
  | 'server'
  | 'expired'
  | 'unauthorized'
  | 'forbidden'
  | 'wrong-credentials'
  | 'clock-skew'
  | 'not-found'
  /** The storage gives the same answer to what is missing and to what may not be read. */
  | 'not-found-or-forbidden'
  | 'exists'
  | 'conflict'
  | 'changed-remote'
  | 'changed-local'
  | 'unreadable'
  | 'upload-gone'
  | 'too-large'
  | 'too-small'
  | 'too-many'
  | 'wrong-type'
  | 'invalid-name'
  | 'storage-full'
  | 'quota'
  | 'checksum-mismatch'
  | 'incomplete'
  /** All of it came, and not all of it could be written here. */
  | 'not-written'
  /** It came, and nothing proves as well as the page demands that these are the right bytes. */
  | 'unverified'
  /** A zip was not saved, since files are missing in it. */
  | 'archive-incomplete'
  | 'not-supported'
  | 'signer'
  | 'invalid-answer'
  | 'invalid-input'
  | 'aborted'
  | 'unknown';

export interface TransferErrorOptions {
  readonly kind: ErrorKind;
  readonly reason: ErrorReason;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** The server's own error code (`AccessDenied`), never a secret. */
  readonly serverCode?: string;
  /** The server's own words, shortened; never a secret. */
  readonly serverMessage?: string;
  /** The server's id of the request, for whoever runs it. */
  readonly requestId?: string;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfter?: number;
  /** Path or name the error is about. */
  readonly path?: string;
  readonly cause?: unknown;
}

/**
 * The one error of this kit. `message` is a sentence for the person at the page: what happened, what is safe, what
 * to do. It never says that the engine tries again: whether and when it does is up to the state of the item, and is
 * said where that is shown. `kind` and `reason` are for the program. Holds no token, no presigned URL and no file
 * content.
 */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly kind: ErrorKind;
  readonly reason: ErrorReason;
  readonly status: number | undefined;
  readonly serverCode: string | undefined;
  readonly serverMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly path: string | undefined;

  constructor(message: string, options: TransferErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = options.kind;
    this.reason = options.reason;
    this.status = options.status;
    this.serverCode = options.serverCode;
    this.serverMessage = options.serverMessage;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
    this.path = options.path;
  }

  /** The fields as plain data, for logs and `postMessage`. */
  toJSON(): Record<string, unknown> {
    const { name, message, kind, reason, status, serverCode, serverMessage, requestId, retryAfter, path } =
      this;
    return { name, message, kind, reason, status, serverCode, serverMessage, requestId, retryAfter, path };
  }
}

/** The name of what was thrown. Kept as a cause in place of a foreign error, whose text may hold a signed URL. */
export const errorName = (error: unknown): string =>
  error instanceof Error || error instanceof DOMException ? error.name : typeof error;

/** The same error in other words, for whoever knows more about it than the one who threw it. */
export function reworded(error: TransferError, message: string, cause: unknown = error): TransferError {
  const { kind, reason, ...rest } = error.toJSON() as unknown as TransferErrorOptions;
  const known = Object.entries(rest).filter(([name, value]) => value !== undefined && !ownFields.has(name));
  return new TransferError(message, { kind, reason, ...Object.fromEntries(known), cause });
}

const ownFields = new Set(['name', 'message']);

/** A storage that repeats its continuation token would keep a listing going for ever. */
export const repeatedToken = (): TransferError =>
  new TransferError('The storage’s listing repeats itself and cannot be read to its end.', {
    kind: 'fatal',
    reason: 'invalid-answer',
  });
