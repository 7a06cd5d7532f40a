/** The Deep Lake adapter against its stand-in. */
import { createDeepLakeStandIn, type DeepLakeQuirks } from '../../demo/server/platforms/deep-lake/index.js';
import { type DeepLakeOptions, deepLake } from '../../src/adapters/deep-lake/index.js';
import { joined, openStore } from '../adapters/support/open-store.js';
import { answersOfServer } from './answers.js';
import { deepLakeContract, withPaths } from './deep-lake-contract.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { node } from './node.js';

async function create(
  options: Partial<DeepLakeOptions> = {},
  quirks: Partial<DeepLakeQuirks> = {},
): Promise<AdapterUnderTest> {
  const { store, bucket, close } = await openStore();
  const standIn = await createDeepLakeStandIn({ store, bucket, quirks });
  const { baseUrl, workspace, token, orgId, files, keyOf } = standIn;
  const common = { baseUrl, workspace, orgId, getToken: () => token, retryBackoffFactor: 0.01 };
  const { adapter, idOf } = withPaths(deepLake({ ...common, ...options }));
  return {
    adapter,
    async stored(path) {
      const id = idOf(path);
      return id !== undefined && files.find(keyOf(id)) ? joined(files.read(keyOf(id))) : undefined;
    },
    ...answersOfServer(standIn.faults, standIn.tokens),
    async close() {
      await standIn.close();
      await close();
    },
  };
}

describeAdapter('deep-lake', {
  ...deepLakeContract,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  create: () => create(),
  refused: [
    {
      title: 'deep-lake with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => create({ getToken: () => 'wrong-token' }),
    },
    {
      title: 'deep-lake with a workspace that is not there',
      reasons: ['not-found'],
      secrets: [],
      create: () => create({ workspace: 'nowhere' }),
    },
    {
      title: 'deep-lake with the organisation of others',
      reasons: ['forbidden'],
      secrets: [],
      create: () => create({ orgId: crypto.randomUUID() }),
    },
  ],
});

describeAdapter('deep-lake, another release of the service', {
  ...deepLakeContract,
  manyEntries: 1001,
  fewerBecause: 'the long listing runs with the other release',
  runner: node,
  create: () =>
    create(
      {},
      {
        uploadStatus: 200,
        idOnly: true,
        deleteStatus: 200,
        listShape: 'array',
        largestPage: 30,
        fields: 'mime',
        errors: 'list',
        orgRequired: 403,
        ranges: false,
      },
    ),
});
