import { S3Error } from './errors.js';

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The single range a `Range` header asks for; undefined when it is to be ignored (several ranges, other units).
 *
 * @throws S3Error InvalidRange when nothing of the object lies in it
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const first = match[1] === '' ? undefined : Number(match[1]);
  const last = match[2] === '' ? undefined : Number(match[2]);
  if (first !== undefined && last !== undefined && last < first) return undefined;
  const start = first ?? Math.max(0, size - last!);
  const end = first === undefined || last === undefined ? size : Math.min(size, last + 1);
  if (start >= end) {
    throw new S3Error('InvalidRange', { details: { RangeRequested: header!, ActualObjectSize: size } });
  }
  return { start, end };
}
