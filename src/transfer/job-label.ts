import { lastSegment } from '../core/path.js';

/** What a job with several things is called: by the first of them, and how many more. One thing keeps its slash. */
export function jobLabel(paths: readonly string[]): string {
  const [first = '', ...others] = paths.map(lastSegment);
  return others.length === 0 ? first : `${first.replace(/\/$/u, '') || '/'} + ${others.length}`;
}
