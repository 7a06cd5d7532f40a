/** Parts of an earlier page, which this one never read: what tells that they are of this very file. */
import type { PartReceipt } from '../../adapters/adapter.js';
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import { fromHex, toBase64 } from '../checksum/index.js';
import type { KeptPart } from '../journal.js';
import { looksLikeMd5 } from './evidence.js';

/** A digest that the bytes of a part must have. */
export interface PartEvidence {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
  /** False: only a guess says that the value is a digest, so another one proves nothing. */
  readonly isCertain: boolean;
}

/** Undefined: nothing is known of the bytes that the storage holds. */
export function evidenceOf(
  noted: KeptPart | undefined,
  held: PartReceipt,
  md5Etags: boolean | undefined,
): PartEvidence | undefined {
  const checksum = noted?.checksum ?? noted?.own ?? held.checksum;
  if (checksum) return { algorithm: checksum.algorithm, value: checksum.value, isCertain: true };
  const etag = noted?.etag ?? held.etag ?? '';
  if (md5Etags === false || etag.length !== 32 || !looksLikeMd5(etag)) return undefined;
  return { algorithm: 'md5', value: toBase64(fromHex(etag)), isCertain: md5Etags === true };
}
