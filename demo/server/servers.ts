/**
 * `npm run servers`: the storage without the site. Prints where it is and how to sign in as NAME=value lines, then
 * stays until it is ended.
 */
import { fillWithSamples } from './fill.js';
import { readOptions } from './options.js';
import { openStorage } from './storage.js';

const options = readOptions({ port: 0 });
const storage = await openStorage(options);
if (options.samples !== 'none') await fillWithSamples(storage, options.samples);

const lines: Record<string, string> = {
  S3_ENDPOINT: storage.endpoint,
  S3_REGION: storage.region,
  S3_BUCKET: storage.bucket,
  S3_ACCESS_KEY_ID: storage.credentials.accessKeyId,
  S3_SECRET_ACCESS_KEY: storage.credentials.secretAccessKey,
  S3_BUCKET_URLS: storage.bucketUrls.join(','),
};
for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void storage.close().then(() => process.exit(0)));
}
