/** The S3 adapter from a page, across origins: CORS decides what it may read. */
import { s3, signerEndpoint } from '../../src/adapters/s3/index.js';
import { LocalStore } from '../tools/local-store.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { mocha } from './mocha.js';
import { refusedSignature, s3Contract } from './s3-contract.js';

type MakeAdapter = (store: LocalStore) => AdapterUnderTest['adapter'];

async function open(
  make: MakeAdapter,
  prepare?: (store: LocalStore) => Promise<void>,
): Promise<AdapterUnderTest> {
  const store = await LocalStore.open();
  await prepare?.(store);
  return {
    adapter: make(store),
    async stored(path) {
      const held = await store.list(path);
      return held.some(object => object.key === path) ? store.read(path) : undefined;
    },
    close: () => store.close(),
  };
}

const bySigner: MakeAdapter = ({ bucketUrl, signUrl }) => s3({ bucketUrl, ...signerEndpoint(signUrl) });

const byCredentials: MakeAdapter = ({ bucketUrl, region, accessKeyId, secretAccessKey }) =>
  s3({
    bucketUrl,
    region,
    smallFilesByForm: false,
    getCredentials: async () => ({ accessKeyId, secretAccessKey }),
  });

describeAdapter('s3 by a signer, in a page', {
  ...s3Contract,
  runner: mocha,
  metadata: 'tags',
  // More than a page; the long listing runs in Node.
  manyEntries: 1001,
  create: () => open(bySigner),
  refused: [
    {
      title: 's3 in a page with a wrong key',
      reasons: refusedSignature,
      secrets: ['not-the-secret'],
      create: () =>
        open(({ bucketUrl, accessKeyId }) =>
          s3({ bucketUrl, getCredentials: async () => ({ accessKeyId, secretAccessKey: 'not-the-secret' }) }),
        ),
    },
    {
      title: 's3 in a page, refused without CORS headers',
      reasons: refusedSignature,
      secrets: ['not-the-secret'],
      create: () =>
        open(
          ({ bucketUrl, accessKeyId }) =>
            s3({
              bucketUrl,
              getCredentials: async () => ({ accessKeyId, secretAccessKey: 'not-the-secret' }),
            }),
          store => store.setFaults({ dropCors: 'refused-signature' }),
        ),
    },
  ],
});

describeAdapter('s3 by credentials, in a page that may not read ETags', {
  ...s3Contract,
  runner: mocha,
  metadata: 'tags',
  manyEntries: 20,
  create: () => open(byCredentials, store => store.setFaults({ hideETag: true })),
});
