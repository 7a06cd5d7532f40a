/** Paths of files as the URLs of the API name them. */
import { TransferError } from '../../core/errors.js';

/** First segments that the API's own routes take, so that a file below them cannot be asked for by its plain path. */
const ROUTES = new Set(['directory', 'signedUrl', 'zip']);

/**
 * Why no URL can name the path, or undefined. Browsers resolve `.` and `..` before they send anything; the API does
 * not know empty segments.
 */
export function addressProblem(path: string): string | undefined {
  const segments = (path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  if (segments.includes(''))
    return 'The storage cannot address a path with two slashes in a row or one at its beginning.';
  if (segments.some(segment => segment === '.' || segment === '..')) {
    return 'Browsers cannot address a path with “.” or “..” as a segment.';
  }
  return path.isWellFormed() ? undefined : 'The name holds characters that cannot be sent.';
}

/** Each segment encoded by itself. @throws TransferError (`invalid-name`) */
export function encodePath(path: string): string {
  const problem = addressProblem(path);
  if (problem !== undefined) throw nameError(problem, path);
  return path.split('/').map(encodeURIComponent).join('/');
}

export function nameError(message: string, path: string): TransferError {
  return new TransferError(message, { kind: 'fatal', reason: 'invalid-name', path });
}

/** @throws TransferError (`invalid-name`) */
export function requireFilePath(path: string): void {
  if (path === '' || path.endsWith('/')) throw nameError('A file needs a name.', path);
}

/** Whether the plain path of a file is the address of something else. */
export function isShadowed(path: string): boolean {
  const slash = path.indexOf('/');
  return slash > 0 && ROUTES.has(path.slice(0, slash));
}
