import { parseAccept } from '../../../core/accept.js';
import { parseSize } from '../../../core/parse-size.js';
import { warnOnce } from '../../kit-element.js';
import type { Restrictions } from './restrictions.js';

/** The element's own properties that say what is taken. */
export interface Limits {
  readonly accept: string | undefined;
  readonly maxSize: string | number | undefined;
  readonly minSize: string | number | undefined;
  readonly maxFiles: number | undefined;
  readonly directory: boolean;
}

/** Files, and their bytes as far as sizes are known. */
export interface Given {
  readonly files: number;
  readonly bytes: number;
}

export const addAmounts = (a: Given, b: Given): Given => ({
  files: a.files + b.files,
  bytes: a.bytes + b.bytes,
});

function bytesOf(attribute: string, text: string | number | undefined): number | undefined {
  if (text === undefined || text === null || text === '') return undefined;
  const size = parseSize(text);
  if (size === undefined)
    warnOnce(`<upload-dropzone ${attribute}="${text}"> is not a size. Write bytes, "500MB" or "5GiB".`);
  return size;
}

/** What the properties mean, with `given` files and bytes stored or on their way. */
export function restrictionsOf(limits: Limits, given: Given): Restrictions {
  const maxFiles = limits.maxFiles && limits.maxFiles > 0 ? limits.maxFiles : undefined;
  return {
    accept: parseAccept(limits.accept),
    maxSize: bytesOf('max-size', limits.maxSize),
    minSize: bytesOf('min-size', limits.minSize),
    maxFiles,
    room: maxFiles === undefined ? Number.POSITIVE_INFINITY : Math.max(0, maxFiles - given.files),
    usedBytes: given.bytes,
    directory: limits.directory,
  };
}
