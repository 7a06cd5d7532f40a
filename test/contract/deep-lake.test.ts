/** The Deep Lake adapter from a page, across origins. */
import { type DeepLakeOptions, deepLake } from '../../src/adapters/deep-lake/index.js';
import { StandIn } from '../tools/stand-in.js';
import { answersOf } from './answers.js';
import { fromBase64 } from './base64.js';
import { deepLakeContract, withPaths } from './deep-lake-contract.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { mocha } from './mocha.js';

interface Info {
  readonly baseUrl: string;
  readonly workspace: string;
  readonly orgId: string;
  readonly token: string;
}

async function open(options: Partial<DeepLakeOptions> = {}): Promise<AdapterUnderTest> {
  const standIn = await StandIn.open<Info>('deep-lake');
  const { baseUrl, workspace, orgId, token } = standIn.info;
  const common = { baseUrl, workspace, orgId, getToken: () => token, retryBackoffFactor: 0.01 };
  const { adapter, idOf } = withPaths(deepLake({ ...common, ...options }));
  return {
    adapter,
    async stored(path) {
      const id = idOf(path);
      return id === undefined ? undefined : fromBase64(await standIn.call('stored', id));
    },
    async storedDigest(path) {
      const id = idOf(path);
      return id === undefined ? null : standIn.call('digest', id);
    },
    ...answersOf(standIn),
    close: () => standIn.close(),
  };
}

describeAdapter('deep-lake, in a page', {
  ...deepLakeContract,
  runner: mocha,
  largeFile: 64 * 1024 ** 2,
  create: () => open(),
  refused: [
    {
      title: 'deep-lake in a page with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => open({ getToken: () => 'wrong-token' }),
    },
  ],
});
