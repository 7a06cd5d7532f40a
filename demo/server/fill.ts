import { AwsClient } from 'aws4fetch';
import { lastSampleKey, sampleFiles } from './sample-data/index.js';
import type { Storage } from './storage.js';

/** Puts the sample files into a bucket that lacks them. Works on any engine: through its S3 API. */
export async function fillWithSamples(storage: Storage, amount: 'full' | 'few'): Promise<number> {
  if (storage.store) return fillLocally(storage.store.local, storage.bucket, amount);
  const client = new AwsClient({ ...storage.credentials, region: storage.region, service: 's3', retries: 3 });
  const address = (key: string) =>
    `${storage.endpoint.replace(/\/+$/, '')}/${storage.bucket}/${key.split('/').map(encodeSegment).join('/')}`;
  const last = await client.fetch(address(lastSampleKey), { method: 'HEAD' });
  if (last.ok) return 0;
  let written = 0;
  const files = sampleFiles(amount);
  const worker = async () => {
    for (const file of files) {
      const answer = await client.fetch(address(file.key), {
        method: 'PUT',
        headers: { 'content-type': file.type },
        body: new Uint8Array(file.bytes()),
      });
      if (!answer.ok) {
        throw new Error(
          `The storage refused the sample file "${file.key}" (${answer.status}). ${await answer.text()}`,
        );
      }
      await answer.arrayBuffer();
      written++;
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  return written;
}

async function fillLocally(
  local: NonNullable<Storage['store']>['local'],
  bucket: string,
  amount: 'full' | 'few',
): Promise<number> {
  if (local.list(bucket, lastSampleKey).length > 0) return 0;
  let written = 0;
  for (const file of sampleFiles(amount)) {
    await local.put(bucket, file.key, new Uint8Array(file.bytes()), { 'content-type': file.type });
    written++;
  }
  return written;
}

/** S3 signs every byte that is not unreserved (RFC 3986), so `!'()*` are encoded as well. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
