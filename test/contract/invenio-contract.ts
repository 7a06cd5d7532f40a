import type { ContractOptions } from './describe-adapter.js';
import { hostileNames } from './names.js';

const tooLong = hostileNames.filter(name => [...`hostile/${name}`].length > 255);

/** What is the same in every run. */
export const invenioContract: Pick<
  ContractOptions,
  'functions' | 'reportsChecksums' | 'metadata' | 'impossibleNames'
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
  ],
  // It computes MD5 of its own accord, after the upload; it is given none.
  reportsChecksums: false,
  // Its metadata is one JSON object and has neither headers nor tags; test/adapters/invenio covers it.
  metadata: 'none',
  impossibleNames: Object.fromEntries(
    tooLong.map(name => [name, 'InvenioRDM keys have 255 characters at most, folders included.']),
  ),
};
