import { problem } from './errors.js';

/** @throws TransferError (`invalid-name`) */
export function requireFilePath(path: string): void {
  if (path === '' || path.endsWith('/')) throw problem('invalid-name', 'A file needs a name.', path);
  const segments = path.split('/');
  if (segments.includes('') || segments.includes('.') || segments.includes('..')) {
    throw problem('invalid-name', 'smarts.bio keeps no path with an empty segment, “.” or “..”.', path);
  }
  if (!path.isWellFormed()) {
    throw problem('invalid-name', 'The name holds characters that cannot be sent.', path);
  }
}
