import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { fromHex, toBase64 } from '../checksum/index.js';

/** Digests over a whole file, by algorithm, the one an ETag may be included. */
function digestsOf({ checksums = [], etag }: Partial<Entry>): Map<ChecksumAlgorithm, string> {
  const digests = new Map<ChecksumAlgorithm, string>();
  // Where encryption makes ETags look like MD5 without being it, they equal nothing: then the file is copied.
  if (etag !== undefined && /^[0-9a-f]{32}$/i.test(etag)) digests.set('md5', toBase64(fromHex(etag)));
  for (const { algorithm, value, scope } of checksums) if (scope === 'full') digests.set(algorithm, value);
  return digests;
}

/**
 * Whether entries of two storages are of the same bytes, as far as both say. An ETag counts only as the MD5 it may be:
 * each storage counts its versions for itself. Undefined: the sizes are equal, and nothing else can be compared.
 */
export function sameAcross(one: Partial<Entry>, other: Partial<Entry>): boolean | undefined {
  if (one.size === undefined || other.size === undefined) return undefined;
  if (one.size !== other.size) return false;
  if (one.size === 0) return true;
  const theirs = digestsOf(other);
  let compared: boolean | undefined;
  for (const [algorithm, value] of digestsOf(one)) {
    const their = theirs.get(algorithm);
    if (their === value) return true;
    if (their !== undefined) compared = false;
  }
  return compared;
}
