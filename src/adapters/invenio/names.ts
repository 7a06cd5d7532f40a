import { TransferError } from '../../core/errors.js';

const LONGEST_KEY = 255;

/** @throws TransferError (`invalid-name`) for a path that no file of a record can have. */
export function requireFileName(path: string): void {
  const problem = problemOf(path);
  if (problem) throw new TransferError(problem, { kind: 'fatal', reason: 'invalid-name', path });
}

function problemOf(path: string): string | undefined {
  if (path === '' || path.endsWith('/')) return 'A file needs a name.';
  if ([...path].length > LONGEST_KEY) {
    return `The path is too long for the repository: at most ${LONGEST_KEY} characters, folders included.`;
  }
  if (!path.isWellFormed()) return 'The name holds characters that cannot be sent.';
  // Browsers resolve these before they send anything, encoded ones too.
  if (path.split('/').some(segment => segment === '.' || segment === '..')) {
    return 'A path with “.” or “..” as a segment cannot be addressed.';
  }
  return undefined;
}
