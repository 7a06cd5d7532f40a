import type { Call } from './call.js';
import { S3Error } from './errors.js';
import type { StoredObject } from './model.js';

function names(list: string, etag: string): boolean {
  return list
    .split(',')
    .map(item => item.trim().replace(/^W\//, '').replace(/^"|"$/g, ''))
    .some(item => item === '*' || item === etag);
}

function seconds(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

function failed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { details: { Condition: condition } });
}

/**
 * Conditions of reading, in the order of RFC 9110, 13.2.2.
 *
 * @param prefix `x-amz-copy-source-` for the source of a copy
 * @returns whether the client's copy is still good (304); a copy has no 304, there it is an error
 * @throws S3Error PreconditionFailed
 */
export function notModified(call: Call, object: StoredObject, prefix = ''): boolean {
  const modified = Math.floor(object.lastModified / 1000);
  const ifMatch = call.header(`${prefix}if-match`);
  const unmodifiedSince = seconds(call.header(`${prefix}if-unmodified-since`));
  if (ifMatch !== undefined) {
    if (!names(ifMatch, object.etag)) throw failed('If-Match');
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) throw failed('If-Unmodified-Since');
  const ifNoneMatch = call.header(`${prefix}if-none-match`);
  const modifiedSince = seconds(call.header(`${prefix}if-modified-since`));
  const same =
    ifNoneMatch !== undefined
      ? names(ifNoneMatch, object.etag)
      : modifiedSince !== undefined && modified <= modifiedSince;
  if (same && prefix !== '') throw failed(ifNoneMatch === undefined ? 'If-Modified-Since' : 'If-None-Match');
  return same;
}

/**
 * Conditions of writing, which look at the object that is there now. Called before the body is read, to refuse early,
 * and again right before the commit.
 *
 * @throws S3Error PreconditionFailed, NoSuchKey, NotImplemented
 */
export function checkWriteConditions(call: Call, existing: StoredObject | undefined): void {
  const ifNoneMatch = call.header('if-none-match');
  const ifMatch = call.header('if-match');
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    throw new S3Error('NotImplemented', { details: { Header: 'If-None-Match' } });
  }
  if (ifNoneMatch !== undefined && existing) throw failed('If-None-Match');
  if (ifMatch !== undefined) {
    if (!existing) throw new S3Error('NoSuchKey', { details: { Key: call.key } });
    if (!names(ifMatch, existing.etag)) throw failed('If-Match');
  }
}

/** `If-Range`: whether a range may be served of this object. */
export function rangeStillValid(call: Call, object: StoredObject): boolean {
  const ifRange = call.header('if-range');
  if (ifRange === undefined) return true;
  if (/^(W\/)?"/.test(ifRange)) return ifRange === `"${object.etag}"`;
  const date = seconds(ifRange);
  return date === undefined ? ifRange === object.etag : date === Math.floor(object.lastModified / 1000);
}
