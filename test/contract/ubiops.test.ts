/** The UbiOps adapter from a page: an API and four kinds of storage, each on an origin of its own. */
import { expect } from '@open-wc/testing';
import { type UbiOpsAdapter, type UbiOpsOptions, ubiops } from '../../src/adapters/ubiops/index.js';
import { TransferManager } from '../../src/transfer/index.js';
import { StandIn } from '../tools/stand-in.js';
import { answersOf } from './answers.js';
import { fromBase64 } from './base64.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { mocha } from './mocha.js';
import { content, signal } from './transfer.js';
import { azureNames, bucketInputs, fewEntries, ubiopsContract } from './ubiops-contract.js';

const longListing = navigator.userAgent.includes('Firefox')
  ? {
      manyEntries: 1001,
      fewerBecause: 'each entry is three requests to one server, which takes Firefox minutes',
    }
  : {};

interface Info {
  baseUrl: string;
  project: string;
  token: string;
}
interface Seen {
  operation: string;
  status: number;
  headerNames: string[];
}
type Provider = keyof typeof bucketInputs;
const providers = Object.keys(bucketInputs) as Provider[];
const MiB = 1024 ** 2;

async function create(
  provider: Provider,
  quirks: object = {},
  options: Partial<UbiOpsOptions> = {},
): Promise<AdapterUnderTest & { adapter: UbiOpsAdapter; standIn: StandIn<Info> }> {
  const standIn = await StandIn.open<Info>('ubiops', { quirks: { urlSeconds: 60, ...quirks } });
  const { baseUrl, project, token } = standIn.info;
  const access = { baseUrl, project, retryBackoffFactor: 0.01 };
  const admin = ubiops({ ...access, getToken: () => token });
  const { id } = await admin.containers.create!(bucketInputs[provider], { signal });
  return {
    standIn,
    adapter: ubiops({ ...access, getToken: () => token, bucket: id, ...options }),
    stored: async path => fromBase64(await standIn.call('stored', id, path)),
    storedDigest: path => standIn.call('digest', id, path),
    ...answersOf(standIn),
    close: () => standIn.close(),
  };
}

async function digestOf(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('');
}

function held(standIn: StandIn<Info>, adapter: UbiOpsAdapter): Promise<string | null> {
  return standIn.call('digest', adapter.containers.current, 'runs/ü 1/large.bin');
}

for (const provider of providers) {
  describeAdapter(`ubiops in a page, on ${provider}`, {
    ...ubiopsContract,
    ...(provider === 'azure_blob_storage' ? { impossibleNames: azureNames } : {}),
    runner: mocha,
    ...(provider === 'ubiops' ? { largeFile: 64 * MiB, ...longListing } : { ...fewEntries, manyEntries: 60 }),
    create: () => create(provider, { missingDownload: provider === 'ubiops' ? 'refused' : 'url' }),
    refused:
      provider === 'ubiops'
        ? [
            {
              title: 'ubiops in a page with a token of nobody',
              reasons: ['unauthorized'],
              secrets: ['wrong-token'],
              create: () => create('ubiops', {}, { getToken: () => 'wrong-token' }),
            },
            {
              title: 'ubiops in a page that the API does not let in',
              reasons: ['cors-or-network'],
              secrets: [],
              create: async () => {
                const made = await create('ubiops', {}, { maxRetries: 0 });
                await made.standIn.call('setOrigins', []);
                return made;
              },
            },
          ]
        : [],
  });
}

describe('ubiops and the transfer engine', function () {
  this.timeout(90_000);
  const blob = content(64 * MiB, 9);
  let expected = '';
  before(async () => {
    expected = await digestOf(blob);
  });
  const file = () => new File([blob], 'large.bin', { lastModified: 1_700_000_000_000 });

  async function send(adapter: UbiOpsAdapter) {
    const manager = new TransferManager({ adapter });
    const job = manager.upload([file()], { into: 'runs/ü 1/' });
    await job.finished;
    return { manager, item: job.items.at(0) };
  }

  for (const provider of providers) {
    it(`brings 64 MiB to ${provider} and back`, async () => {
      const { adapter, standIn, close } = await create(provider);
      try {
        const { item, manager } = await send(adapter);
        expect(item?.state, String(item?.error)).to.equal('done');
        expect(await held(standIn, adapter)).to.equal(expected);
        const download = manager.download(['runs/ü 1/large.bin'], { to: 'memory' });
        await download.finished;
        const back = download.items.at(0)?.result?.blob;
        expect(await digestOf(back!)).to.equal(expected);
        const { storage, api } = await standIn.call<{ storage: Seen[]; api: Seen[] }>('log');
        expect(storage.filter(({ headerNames }) => headerNames.includes('authorization'))).to.deep.equal([]);
        expect(api.some(({ operation }) => operation === 'filesCompleteMultipartUpload')).to.equal(true);
      } finally {
        await close!();
      }
    });
  }

  for (const provider of ['ubiops', 'google_cloud_storage'] as const) {
    it(`sends in one piece where ${provider} hides the ETag`, async () => {
      const { adapter, standIn, close } = await create(provider, { hideEtag: true });
      try {
        const { item } = await send(adapter);
        expect(item?.state, String(item?.error)).to.equal('done');
        expect(await held(standIn, adapter)).to.equal(expected);
        const { api } = await standIn.call<{ api: Seen[] }>('log');
        expect(api.some(({ operation }) => operation === 'filesStartMultipartUpload')).to.equal(true);
        expect(api.some(({ operation }) => operation === 'filesCompleteMultipartUpload')).to.equal(false);
      } finally {
        await close!();
      }
    });
  }

  it('goes on after URLs that have ended and a refusal for the rate', async () => {
    const { adapter, standIn, close } = await create('azure_blob_storage', { expiredUrls: 2 });
    try {
      await standIn.call('setQuirks', { rateLimited: 1, rateLimitReset: 0 });
      const { item } = await send(adapter);
      expect(item?.state, String(item?.error)).to.equal('done');
      expect(await held(standIn, adapter)).to.equal(expected);
    } finally {
      await close!();
    }
  });

  it('finishes when the answer to the completion was lost', async () => {
    const { adapter, standIn, close } = await create('ubiops');
    try {
      await standIn.call('failNext', { operation: 'filesCompleteMultipartUpload', loseAnswer: true });
      const { item } = await send(adapter);
      expect(item?.state, String(item?.error)).to.equal('done');
      expect(await held(standIn, adapter)).to.equal(expected);
      const { api } = await standIn.call<{ api: Seen[] }>('log');
      const starts = api.filter(({ operation }) => operation === 'filesStartMultipartUpload');
      expect(starts.length).to.equal(1);
    } finally {
      await close!();
    }
  });
});
