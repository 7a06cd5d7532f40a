import type { PartReceipt, PartsPlan } from '../../adapters/adapter.js';
import type { Checksum } from '../../core/checksum.js';
import { fromBase64, fromHex, type Hasher } from '../checksum/index.js';
import { enforcedBy, hexDigest, looksLikeMd5, type Proof } from './evidence.js';
import type { PartDigests } from './part-digests.js';

/** The ETag that S3 gives an object of parts: the MD5 of their MD5s, and their number. */
async function compositeMd5(hasher: Hasher, digests: readonly Uint8Array[]): Promise<string> {
  const joined = new Uint8Array(digests.length * 16);
  for (const [index, digest] of digests.entries()) joined.set(digest, index * 16);
  const md5 = (await hasher.hashBytes(joined, ['md5'])).get('md5')!;
  return `${hexDigest(md5)}-${digests.length}`;
}

export interface ProofOfParts {
  readonly plan: PartsPlan;
  readonly hasher: Hasher;
  readonly digests: PartDigests;
  /** Checksums of the whole. */
  readonly ours: readonly Checksum[];
  readonly receipts: () => readonly PartReceipt[];
  readonly signal: AbortSignal;
}

/** What this page knows of a file it sent in parts. */
export function proofOfParts({ plan, hasher, digests, ours, receipts, signal }: ProofOfParts): Proof {
  return {
    ours,
    enforced: enforcedBy(plan),
    async expectedEtag() {
      const parts = await digests.hashAll('md5', signal);
      return compositeMd5(
        hasher,
        parts.map(checksum => fromBase64(checksum.value)),
      );
    },
    async identityEtag() {
      const etags = receipts().map(receipt => receipt.etag ?? '');
      if (!etags.every(etag => looksLikeMd5(etag) && etag.length === 32)) return undefined;
      return compositeMd5(
        hasher,
        etags.map(etag => fromHex(etag)),
      );
    },
    hashWhole: algorithm => digests.hashWhole(algorithm, signal),
  };
}
