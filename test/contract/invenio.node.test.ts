/** The InvenioRDM adapter against its stand-in, with content behind the API and in an object storage. */
import { createInvenioStandIn, type InvenioQuirks } from '../../demo/server/platforms/invenio/index.js';
import { type InvenioOptions, invenio } from '../../src/adapters/invenio/index.js';
import { openStore } from '../adapters/support/open-store.js';
import { answersOfServer } from './answers.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { fewFiles, invenioContract, remote } from './invenio-contract.js';
import { node } from './node.js';

async function create(
  options: Partial<InvenioOptions> = {},
  quirks: Partial<InvenioQuirks> = {},
): Promise<AdapterUnderTest> {
  const { store, bucket, close } = await openStore();
  const standIn = await createInvenioStandIn({ store, bucket, quirks: { ...remote, ...quirks } });
  const record = options.record ?? standIn.createDraft();
  return {
    adapter: invenio({
      baseUrl: standIn.baseUrl,
      getToken: () => standIn.token,
      attempts: 1,
      ...options,
      record,
    }),
    stored: path => standIn.stored(record, path),
    async importable(text) {
      const url = `https://data.example.org/${standIn.sources.size}?secret=1`;
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

describeAdapter('invenio, content behind the API', {
  ...invenioContract,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  // A repository whose operator allows more than the 100 files that are usual.
  ...fewFiles,
  manyEntries: 300,
  create: () => create({ maxFiles: 1000, ranges: 'yes' }, { maxFiles: 1000, storage: 'local+range' }),
  refused: [
    {
      title: 'invenio with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => create({ getToken: () => 'wrong-token' }),
    },
    {
      title: 'invenio with a record that is not there',
      reasons: ['not-found'],
      secrets: [],
      create: () => create({ record: 'abcde-12345' }),
    },
  ],
});

describeAdapter('invenio, content in an object storage', {
  ...invenioContract,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  ...fewFiles,
  create: () => create({ ranges: 'yes' }, { storage: 's3' }),
});
