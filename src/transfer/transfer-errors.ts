import { errorName, reworded, TransferError, type TransferErrorOptions } from '../core/errors.js';

/** Longest that signing may take, in milliseconds. A page's own signer may have no deadline of its own. */
export const signWithin = 60_000;

export const signerSilent = (path: string | undefined): TransferError =>
  new TransferError('What signs requests for this page did not answer in time.', {
    kind: 'retry',
    reason: 'timeout',
    ...(path === undefined ? {} : { path }),
  });

/** The part of a URL that may be shown: origin and path. Signatures and tokens live in the rest. */
export function publicUrl(url: string): string {
  try {
    const { origin, pathname } = new URL(url, globalThis.location?.href);
    return `${origin}${pathname}`;
  } catch {
    return '(unreadable URL)';
  }
}

/** The origin of a URL; undefined when it is none. */
export function originOf(url: string): string | undefined {
  try {
    return new URL(url, globalThis.location?.href).origin;
  } catch {
    return undefined;
  }
}

/**
 * Whom an adapter asks before bytes can move (a signer, the platform's own API), as {@link Connectivity} knows it: an
 * outage there says nothing about the storage's origin, which a page may never have reached by then.
 */
export const signingKey = (adapter: { readonly name: string; readonly label: string }): string =>
  `${signingPrefix}${adapter.name}:${adapter.label}`;

const signingPrefix = 'calls:';

/** An origin, or what {@link signingKey} stands for, in a sentence. */
export function placeName(key: string | undefined): string {
  if (key === undefined) return 'the storage';
  return key.startsWith(signingPrefix) ? 'the service that prepares this page’s requests' : key;
}

const withPath = (path: string | undefined): Partial<TransferErrorOptions> =>
  path === undefined ? {} : { path };

/** Where a file can no longer be read. */
export function unreadableError(path: string | undefined, cause: unknown): TransferError {
  return new TransferError(
    `${path ?? 'The file'} can no longer be read: it was changed, moved or removed since it was chosen, or may not be opened. Choose it again.`,
    { kind: 'fatal', reason: 'unreadable', cause: errorName(cause), ...withPath(path) },
  );
}

/** Turns whatever was thrown into the one error of this kit. */
export function asTransferError(error: unknown, path: string | undefined): TransferError {
  if (error instanceof TransferError) return error;
  const name = errorName(error);
  if (name === 'AbortError') {
    return new TransferError('The transfer was stopped.', {
      kind: 'fatal',
      reason: 'aborted',
      ...withPath(path),
    });
  }
  if (name === 'NotReadableError' || name === 'NotFoundError') return unreadableError(path, error);
  if (name === 'NotAllowedError') {
    return new TransferError(`This page may not read ${path ?? 'the file'} any more. Choose it again.`, {
      kind: 'fatal',
      reason: 'unreadable',
      ...withPath(path),
    });
  }
  if (name === 'QuotaExceededError') {
    return new TransferError(
      'There is no room left in the browser’s storage. Free some space and try again.',
      {
        kind: 'fatal',
        reason: 'quota',
        ...withPath(path),
      },
    );
  }
  return new TransferError(
    `An unexpected error (${name}) stopped ${path ?? 'the transfer'}. Nothing stored was changed; trying again is safe.`,
    { kind: 'fatal', reason: 'unknown', cause: name, ...withPath(path) },
  );
}

/** The connection broke, or the browser hides the answer. */
export function networkError(origin: string | undefined): TransferError {
  return new TransferError(`The connection to ${origin ?? 'the storage'} was lost.`, {
    kind: 'retry',
    reason: 'network',
  });
}

/** The last word when no answer could ever be read. */
export function unreachableError(origin: string | undefined, cause: TransferError): TransferError {
  return new TransferError(
    `No answer from ${placeName(origin)} could be read. Either there is no connection to it, or it refuses this page: then its CORS rules or the signature are wrong, and whoever runs it has to allow this site. What is stored stays.`,
    { kind: 'retry', reason: 'cors-or-network', cause, ...withPath(cause.path) },
  );
}

/** The last word when fresh permissions are refused like stale ones. */
export function expiredError(cause: TransferError): TransferError {
  const { status, serverCode, requestId } = cause;
  const words = [status, serverCode].filter(word => word !== undefined).join(' ');
  const reference = [words, requestId && `request ${requestId}`].filter(Boolean).join(', ');
  return reworded(
    cause,
    `The storage takes even fresh permissions for expired. Most often the clock of whoever signs for this page is wrong, or it signs for too short a time: ask whoever runs this site. What is stored stays; then try again.${reference && ` (${reference})`}`,
  );
}
