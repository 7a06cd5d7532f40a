import type { ContractOptions } from './describe-adapter.js';

/** What is the same in every run. */
export const deepOriginContract: Pick<ContractOptions, 'functions' | 'reportsChecksums' | 'metadata'> = {
  functions: [
    'list',
    'stat',
    'openUpload',
    'resolveDownload',
    'remove',
    'move',
    'copy',
    'createFolder',
    'signedLink',
    'importFromUrl',
    'archive',
    'health',
  ],
  reportsChecksums: false,
  metadata: { none: 'Deep Origin keeps no metadata that a caller may set.' },
};
