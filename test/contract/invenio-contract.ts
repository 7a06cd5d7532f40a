import type { ContractOptions } from './describe-adapter.js';
import { hostileNames } from './names.js';

const tooLong = hostileNames.filter(name => [...`hostile/${name}`].length > 255);

/** A repository whose people may let it fetch; most allow that to nobody. */
export const remote = {
  remoteForPeople: true,
  fetchHosts: ['data.example.org', 'nowhere.example'],
};

/** As many as a record has room for beside what the other tests of the group leave. */
export const fewFiles = {
  manyEntries: 90,
  fewerBecause: 'a record of InvenioRDM holds 100 files, and its files are told in one answer',
};

/** What is the same in every run. */
export const invenioContract: Pick<
  ContractOptions,
  'functions' | 'reportsChecksums' | 'metadata' | 'impossibleNames' | 'archives' | 'containers'
> = {
  functions: [
    'list',
    'stat',
    'openUpload',
    'reopenUpload',
    'resolveDownload',
    'remove',
    'readMetadata',
    'writeMetadata',
    'listUnfinishedUploads',
    'abortUnfinishedUpload',
    'importFromUrl',
    'archive',
    'publish',
  ],
  archives: 'everything',
  containers: {
    word: 'record',
    functions: ['list', 'open', 'read', 'create', 'update', 'remove'],
    create: {
      title: 'Second data set',
      creators: 'Doe, Jo',
      resourceType: 'dataset',
      publicationDate: '2026-01-31',
    },
    update: { input: { title: 'Renamed ü' }, read: ({ name }) => name, expected: 'Renamed ü' },
  },
  // It computes MD5 of its own accord, after the upload; it is given none.
  reportsChecksums: false,
  metadata: {
    none: 'Its metadata is one JSON object and has neither headers nor tags; test/adapters/invenio covers it.',
  },
  impossibleNames: Object.fromEntries(
    tooLong.map(name => [name, 'InvenioRDM keys have 255 characters at most, folders included.']),
  ),
};
