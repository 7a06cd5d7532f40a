/** The InvenioRDM adapter from a page: token, redirects and parts across origins. */
import { expect } from '@open-wc/testing';
import { type InvenioOptions, invenio } from '../../src/adapters/invenio/index.js';
import { StandIn } from '../tools/stand-in.js';
import { answersOf } from './answers.js';
import { fromBase64 } from './base64.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { fewFiles, invenioContract, remote } from './invenio-contract.js';
import { mocha } from './mocha.js';
import { content, read, signal, upload } from './transfer.js';

interface Info {
  baseUrl: string;
  token: string;
  record: string;
}
interface Seen {
  operation: string;
  headerNames: string[];
}

async function create(
  quirks: object = {},
  options: Partial<InvenioOptions> = {},
): Promise<AdapterUnderTest & { standIn: StandIn<Info> }> {
  const standIn = await StandIn.open<Info>('invenio', { quirks: { ...remote, ...quirks } });
  const { baseUrl, token, record } = standIn.info;
  return {
    standIn,
    adapter: invenio({ baseUrl, record, getToken: () => token, attempts: 1, ...options }),
    stored: async path => fromBase64(await standIn.call('stored', record, path)),
    storedDigest: path => standIn.call('digest', record, path),
    async importable(text) {
      const url = `https://data.example.org/${Math.random()}?secret=1`;
      await standIn.call('setSource', url, text);
      return url;
    },
    ...answersOf(standIn),
    close: () => standIn.close(),
  };
}

describeAdapter('invenio in a page, content behind the API', {
  ...invenioContract,
  runner: mocha,
  largeFile: 64 * 1024 ** 2,
  ...fewFiles,
  create: () => create({ storage: 'local+range' }, { ranges: 'yes' }),
  refused: [
    {
      title: 'invenio in a page with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => create({}, { getToken: () => 'wrong-token' }),
    },
    {
      title: 'invenio in a page, where CORS is off',
      reasons: ['cors-or-network'],
      secrets: [],
      create: async () => {
        const made = await create();
        await made.standIn.call('setOrigins', []);
        return made;
      },
    },
  ],
});

describeAdapter('invenio in a page, content in an object storage', {
  ...invenioContract,
  runner: mocha,
  largeFile: 64 * 1024 ** 2,
  ...fewFiles,
  manyEntries: 20,
  create: () => create({ storage: 's3' }, { ranges: 'yes' }),
});

describe('invenio in a page', () => {
  it('keeps the token from the storage, also when it is redirected there', async () => {
    const { adapter, standIn } = await create({ storage: 's3' });
    try {
      await upload(adapter, 'large.bin', content(6 * 1024 ** 2), { partsFrom: 1 });
      const source = await adapter.resolveDownload!({ path: 'large.bin', id: 'large.bin' }, { signal });
      expect((await read(source, [100, 200])).length).to.equal(100);
      const { api, storage } = await standIn.call<{ api: Seen[]; storage: Seen[] }>('log');
      const named = (log: Seen[], operation: string) => log.filter(one => one.operation === operation);
      const direct = [...named(storage, 'UploadPart'), ...named(storage, 'GetObject')];
      expect(direct.length).to.be.greaterThan(2);
      expect(direct.filter(({ headerNames }) => headerNames.includes('authorization'))).to.deep.equal([]);
      const asked = [...named(api, 'announce'), ...named(api, 'content')];
      expect(asked.every(({ headerNames }) => headerNames.includes('authorization'))).to.equal(true);
    } finally {
      await standIn.close();
    }
  });
});
