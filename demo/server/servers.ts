/**
 * `npm run servers`: the storage and the platforms' stand-ins without the site. Prints where they are and how to sign
 * in as NAME=value lines, then stays until it is ended.
 */
import { fillWithSamples } from './fill.js';
import { optionsOrExit } from './options.js';
import { openPlatforms } from './platforms/index.js';
import { openStorage } from './storage.js';
import { untilEnded } from './until-ended.js';

const options = optionsOrExit({ port: 0 });
const storage = await openStorage(options);
if (options.samples !== 'none') await fillWithSamples(storage, options.samples);

const platforms = storage.store && (await openPlatforms(storage.store, options.data));

const lines: Record<string, string> = {
  S3_ENDPOINT: storage.endpoint,
  S3_REGION: storage.region,
  S3_BUCKET: storage.bucket,
  S3_ACCESS_KEY_ID: storage.credentials.accessKeyId,
  S3_SECRET_ACCESS_KEY: storage.credentials.secretAccessKey,
  S3_BUCKET_URLS: storage.bucketUrls.join(','),
  ...Object.assign({}, ...Object.values(platforms?.environments ?? {})),
};
for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);

untilEnded(async () => {
  await platforms?.close();
  await storage.close();
});
