/** The smarts.bio adapter against its stand-in. */
import {
  createSmartsBioStandIn,
  type SmartsBioQuirks,
  type SmartsBioStandIn,
} from '../../demo/server/platforms/smarts-bio/index.js';
import { type SmartsBioOptions, smartsBio } from '../../src/adapters/smarts-bio/index.js';
import { joined, openStore } from '../adapters/support/open-store.js';
import { answersOfServer } from './answers.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { node } from './node.js';
import { smartsBioContract } from './smarts-bio-contract.js';

async function create(
  options: Partial<SmartsBioOptions> | ((standIn: SmartsBioStandIn) => Partial<SmartsBioOptions>) = {},
  quirks: Partial<SmartsBioQuirks> = {},
): Promise<AdapterUnderTest> {
  const { store, bucket, close } = await openStore();
  const standIn = await createSmartsBioStandIn({ store, bucket, quirks: { downloadSeconds: 60, ...quirks } });
  const { baseUrl, workspaceId, apiKey, files, keyOf, has } = standIn;
  return {
    adapter: smartsBio({
      baseUrl,
      workspaceId,
      getToken: () => apiKey,
      retryPause: 10,
      presignAbove: 5_500_000,
      ...(typeof options === 'function' ? options(standIn) : options),
    }),
    async stored(path) {
      return has(path) ? joined(files.read(keyOf(path))) : undefined;
    },
    ...answersOfServer(standIn.faults, standIn.keys),
    async close() {
      await standIn.close();
      await close();
    },
  };
}

describeAdapter('smarts-bio', {
  ...smartsBioContract,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  create: () => create(),
  refused: [
    {
      title: 'smarts-bio with a key of nobody',
      reasons: ['unauthorized'],
      secrets: ['sk_live_wrong'],
      create: () => create({ getToken: () => 'sk_live_wrong' }),
    },
    {
      title: 'smarts-bio with a key without the scope',
      reasons: ['forbidden'],
      secrets: [],
      create: () =>
        create(standIn => {
          const key = standIn.issueKey({ scopes: ['query'] });
          return { getToken: () => key };
        }),
    },
    {
      title: 'smarts-bio with a workspace of others',
      reasons: ['forbidden'],
      secrets: [],
      create: () => create({ workspaceId: 'ws_nobody' }),
    },
  ],
});

describeAdapter('smarts-bio, another spelling, no cursors, no one-level listing, through the API', {
  ...smartsBioContract,
  manyEntries: 1001,
  fewerBecause: 'the long listing runs with the other release',
  runner: node,
  create: () =>
    create(
      { downloads: 'content', keyHeader: 'x-api-key' },
      {
        listShape: 'data',
        names: 'extension',
        cursor: 'none',
        noPath: true,
        deleteStatus: 204,
        downloadName: 'download_url',
      },
    ),
});
