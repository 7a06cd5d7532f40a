/** The smarts.bio adapter from a page, across origins. */
import { type SmartsBioOptions, smartsBio } from '../../src/adapters/smarts-bio/index.js';
import { StandIn } from '../tools/stand-in.js';
import { answersOf } from './answers.js';
import { fromBase64 } from './base64.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { mocha } from './mocha.js';
import { smartsBioContract } from './smarts-bio-contract.js';

async function open(options: Partial<SmartsBioOptions> = {}): Promise<AdapterUnderTest> {
  const standIn = await StandIn.open<{ baseUrl: string; workspaceId: string; apiKey: string }>('smarts-bio', {
    quirks: {
      downloadSeconds: 60,
    },
  });
  const { baseUrl, workspaceId, apiKey } = standIn.info;
  return {
    adapter: smartsBio({
      baseUrl,
      workspaceId,
      getToken: () => apiKey,
      retryPause: 10,
      presignAbove: 5_500_000,
      client: 'portal/1.0',
      ...options,
    }),
    stored: async path => fromBase64(await standIn.call('stored', path)),
    storedDigest: path => standIn.call('digest', path),
    ...answersOf(standIn),
    close: () => standIn.close(),
  };
}

describeAdapter('smarts-bio, in a page', {
  ...smartsBioContract,
  runner: mocha,
  largeFile: 64 * 1024 ** 2,
  create: () => open(),
  refused: [
    {
      title: 'smarts-bio in a page with a key of nobody',
      reasons: ['unauthorized'],
      secrets: ['sk_live_wrong'],
      create: () => open({ getToken: () => 'sk_live_wrong' }),
    },
  ],
});
