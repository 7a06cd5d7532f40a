/** The Deep Origin adapter against its stand-in. */
import {
  createDeepOriginStandIn,
  type DeepOriginQuirks,
} from '../../demo/server/platforms/deep-origin/index.js';
import { type DeepOriginOptions, deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { joined, openStore } from '../adapters/support/open-store.js';
import { answersOfServer } from './answers.js';
import { deepOriginContract } from './deep-origin-contract.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { node } from './node.js';

async function create(
  options: Partial<DeepOriginOptions> = {},
  quirks: Partial<DeepOriginQuirks> = {},
): Promise<AdapterUnderTest> {
  const { store, bucket, close } = await openStore();
  const standIn = await createDeepOriginStandIn({ store, bucket, quirks: { urlSeconds: 60, ...quirks } });
  const { baseUrl, orgKey, token, files, keyOf } = standIn;
  return {
    adapter: deepOrigin({ baseUrl, orgKey, getToken: () => token, retryBackoffFactor: 0.01, ...options }),
    async stored(path) {
      return files.find(keyOf(path)) && joined(files.read(keyOf(path)));
    },
    async importable(text) {
      const url = `https://data.example/${standIn.sources.size}?secret=1`;
      standIn.sources.set(url, text);
      return url;
    },
    ...answersOfServer(standIn.faults, standIn.tokens),
    async close() {
      await standIn.close();
      await close();
    },
  };
}

describeAdapter('deep-origin', {
  ...deepOriginContract,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  create: () => create(),
  refused: [
    {
      title: 'deep-origin with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => create({ getToken: () => 'wrong-token' }),
    },
    {
      title: 'deep-origin with an organisation of others',
      reasons: ['forbidden'],
      secrets: [],
      create: () => create({ orgKey: 'org-2' }),
    },
  ],
});

describeAdapter('deep-origin, everything by form and through the API, another release of the service', {
  ...deepOriginContract,
  manyEntries: 1001,
  fewerBecause: 'the long listing runs with the other release',
  runner: node,
  create: () =>
    create(
      { uploads: 'form', downloads: 'direct' },
      {
        folders: 'CommonPrefixes',
        tokenName: 'continuation_token',
        errors: 'detail',
        modifiedHeader: 'x-last-modified',
        plainUploadAnswer: true,
      },
    ),
});
