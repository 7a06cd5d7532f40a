/** What a browser's file system throws, in words for the person. */
import { type ErrorKind, type ErrorReason, errorName, TransferError } from '../../core/errors.js';
import { abortedError } from '../http-errors.js';

export function problem(
  reason: ErrorReason,
  text: string,
  path: string,
  { kind = 'fatal', cause }: { kind?: ErrorKind; cause?: unknown } = {},
): TransferError {
  return new TransferError(text, { kind, reason, path, ...(cause === undefined ? {} : { cause }) });
}

export const notFound = (path: string): TransferError =>
  problem('not-found', 'It is no longer there. Reload the listing.', path);

/** Names as in https://fs.spec.whatwg.org/#enumdef-filesystemhandlekind and the algorithms after it. */
export function storageProblem(error: unknown, path: string): unknown {
  if (error instanceof TransferError) return error;
  const say = (reason: ErrorReason, text: string, kind: ErrorKind = 'fatal') =>
    problem(reason, text, path, { kind, cause: errorName(error) });
  switch (errorName(error)) {
    case 'AbortError':
      return abortedError();
    case 'NotFoundError':
      return notFound(path);
    case 'TypeMismatchError':
      return say(
        'exists',
        'There is a folder of this name where a file should go, or a file where a folder should be. Choose another name.',
      );
    case 'QuotaExceededError':
      return say(
        'storage-full',
        'There is no room left in the share of this disk that the browser gives this site. What is stored is safe; delete something there, then try again.',
      );
    case 'NoModificationAllowedError':
    case 'InvalidModificationError':
      return say('conflict', 'Another tab of this site is writing the file.', 'retry');
    case 'NotAllowedError':
    case 'SecurityError':
      return say(
        'forbidden',
        'The browser does not let this page keep files there. Allow it in the site’s settings, or leave private browsing.',
      );
    case 'TypeError':
      return say('invalid-name', 'This browser cannot keep a file under that name. Rename it.');
    default:
      return error;
  }
}

/** Runs `body` and throws what went wrong as {@link storageProblem}. */
export async function withProblems<Value>(path: string, body: () => Promise<Value>): Promise<Value> {
  try {
    return await body();
  } catch (error) {
    throw storageProblem(error, path);
  }
}
