import type { Call } from '../call.js';
import type { Bucket } from '../catalog.js';
import { type ChecksumAlgorithm, createHasher } from '../checksums.js';
import { S3Error } from '../errors.js';
import type { CorsRule, StoredObject } from '../model.js';
import { readChecksums, verifyChecksums } from '../request-checksums.js';
import type { DigestName } from '../store-bytes.js';

export const xmlHeaders = { 'Content-Type': 'application/xml' };

export function noBody(call: Call): Promise<void> {
  return call.respond(204);
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** @throws S3Error NoSuchKey */
export function existingObject(bucket: Bucket, key: string): StoredObject {
  const object = bucket.objects.get(key);
  if (!object) throw new S3Error('NoSuchKey', { details: { Key: key } });
  return object;
}

/** @throws S3Error NoSuchCORSConfiguration */
export function corsConfigured(bucket: Bucket): CorsRule[] {
  if (!bucket.cors) throw new S3Error('NoSuchCORSConfiguration', { details: { BucketName: bucket.name } });
  return bucket.cors;
}

/**
 * The XML a request brings, its checksums verified.
 *
 * @param checksumRequired the operation takes no body without a checksum or Content-MD5
 * @throws S3Error BadDigest, InvalidDigest, InvalidRequest, MaxMessageLengthExceeded
 */
export async function readXmlBody(call: Call, checksumRequired = false): Promise<string> {
  const promised = readChecksums(call);
  if (checksumRequired && !promised.md5 && !promised.algorithm) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    });
  }
  const text = await call.text();
  const names: DigestName[] = ['MD5', ...(promised.algorithm ? [promised.algorithm] : [])];
  verifyChecksums(call, promised, await digestsOf(Buffer.from(text), names));
  return text;
}

async function digestsOf(data: Buffer, names: DigestName[]): Promise<Map<DigestName, Buffer>> {
  const digests = new Map<DigestName, Buffer>();
  for (const name of names) {
    const hasher = await createHasher(name as ChecksumAlgorithm | 'MD5');
    hasher.update(data);
    digests.set(name, hasher.digest());
  }
  return digests;
}

/**
 * A whole number in the query.
 *
 * @throws S3Error InvalidArgument
 */
export function queryNumber(call: Call, name: string, fallback: number, most: number): number {
  const text = call.query.get(name);
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 2 ** 31 - 1) {
    throw new S3Error('InvalidArgument', {
      message: `Provided ${name} not an integer or within integer range`,
      details: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return Math.min(value, most);
}
