/**
 * Which keys and prefixes are accepted, and what lies below a prefix.
 *
 * S3 itself takes any bytes for a key. Browsers, proxies and file systems do not: `..` is resolved on the way to the
 * storage and would leave the prefix that was checked here.
 */

import { utf8Length } from '../../adapters/s3/presign-encoding.js';
import { forbidden, invalid } from './refusal.js';

const MAX_KEY_BYTES = 1024;

/**
 * Throws a refusal unless `key` names one object, or a folder by a slash at its end.
 *
 * @param what The word for it in the message.
 */
export function checkKey(key: string, what = 'key'): void {
  if (key === '') throw invalid(`The ${what} is empty.`, 'InvalidKey');
  checkText(key, what);
  checkSegments(key.endsWith('/') ? key.slice(0, -1) : key, what);
}

/** Like {@link checkKey}, for a prefix to list: it may be empty, and its last segment may be any beginning. */
export function checkListPrefix(prefix: string): void {
  checkText(prefix, 'prefix');
  const folder = prefix.lastIndexOf('/');
  if (folder >= 0) checkSegments(prefix.slice(0, folder), 'prefix');
}

function checkText(text: string, what: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) {
    throw invalid(`The ${what} contains a control character.`, 'InvalidKey');
  }
  // Half of a surrogate pair has no UTF-8 form.
  if (/\p{Surrogate}/u.test(text)) throw invalid(`The ${what} is no well-formed Unicode.`, 'InvalidKey');
  if (utf8Length(text) > MAX_KEY_BYTES) {
    throw invalid(`The ${what} is longer than the 1,024 bytes that S3 allows.`, 'InvalidKey');
  }
}

function checkSegments(path: string, what: string): void {
  for (const segment of path.split('/')) {
    if (segment === '')
      throw invalid(`The ${what} has an empty segment (a leading or double slash).`, 'InvalidKey');
    if (segment === '.' || segment === '..') {
      throw invalid(`The ${what} has “${segment}” as a segment.`, 'InvalidKey');
    }
  }
}

/**
 * A configured prefix as a folder: with a slash at its end, or empty.
 *
 * @throws TypeError when it is none that a key can lie below.
 */
export function normalizePrefix(prefix: string | undefined): string {
  if (prefix === undefined || prefix === '') return '';
  try {
    checkKey(prefix, 'prefix');
  } catch (error) {
    throw new TypeError(`createS3Signer: the configured prefix cannot be used. ${(error as Error).message}`);
  }
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** Throws a refusal unless `key` (or a list prefix) lies below each of the normalised prefixes. */
export function confine(key: string, prefixes: readonly string[], what = 'key'): void {
  for (const prefix of prefixes) {
    if (!key.startsWith(prefix))
      throw forbidden(`The ${what} is outside “${prefix}”, where access ends.`, 'OutsidePrefix');
  }
}
