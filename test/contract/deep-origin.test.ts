/** The Deep Origin adapter from a page, across origins. */
import { type DeepOriginOptions, deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { StandIn } from '../tools/stand-in.js';
import { answersOf } from './answers.js';
import { fromBase64 } from './base64.js';
import { deepOriginContract } from './deep-origin-contract.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { mocha } from './mocha.js';

async function open(options: Partial<DeepOriginOptions> = {}): Promise<AdapterUnderTest> {
  const standIn = await StandIn.open<{ baseUrl: string; orgKey: string; token: string }>('deep-origin', {
    quirks: { urlSeconds: 60 },
  });
  const { baseUrl, orgKey, token } = standIn.info;
  return {
    adapter: deepOrigin({ baseUrl, orgKey, getToken: () => token, retryBackoffFactor: 0.01, ...options }),
    stored: async path => fromBase64(await standIn.call('stored', path)),
    storedDigest: path => standIn.call('digest', path),
    async importable(text) {
      const url = `https://data.example/${Math.random()}?secret=1`;
      await standIn.call('setSource', url, text);
      return url;
    },
    ...answersOf(standIn),
    close: () => standIn.close(),
  };
}

describeAdapter('deep-origin, in a page', {
  ...deepOriginContract,
  runner: mocha,
  largeFile: 64 * 1024 ** 2,
  create: () => open(),
  refused: [
    {
      title: 'deep-origin in a page with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => open({ getToken: () => 'wrong-token' }),
    },
  ],
});
