import type { ContractOptions } from './describe-adapter.js';

/** What is the same in every run. */
export const smartsBioContract: Pick<
  ContractOptions,
  'functions' | 'reportsChecksums' | 'metadata' | 'containers'
> = {
  functions: [
    'list',
    'stat',
    'openUpload',
    'resolveDownload',
    'remove',
    'move',
    'createFolder',
    'writeMetadata',
    'signedLink',
  ],
  containers: { word: 'workspace', functions: ['list', 'open'] },
  reportsChecksums: false,
  metadata: { none: 'It is written and never given back; test/adapters/smarts-bio covers the writing.' },
};
