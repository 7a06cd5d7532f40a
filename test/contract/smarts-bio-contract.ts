import type { ContractOptions } from './describe-adapter.js';

/** What is the same in every run. */
export const smartsBioContract: Pick<ContractOptions, 'functions' | 'reportsChecksums' | 'metadata'> = {
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
  reportsChecksums: false,
  metadata: 'none',
};
