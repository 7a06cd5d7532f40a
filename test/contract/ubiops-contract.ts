import type { ContractOptions } from './describe-adapter.js';

/** What is the same for every storage behind the platform. */
export const ubiopsContract: Pick<
  ContractOptions,
  'functions' | 'reportsChecksums' | 'metadata' | 'containers'
> = {
  functions: [
    'list',
    'stat',
    'openUpload',
    'reopenUpload',
    'resolveDownload',
    'remove',
    'signedLink',
    'health',
  ],
  containers: {
    word: 'bucket',
    functions: ['list', 'open', 'read', 'create', 'update', 'remove'],
    create: { name: 'second', provider: 'ubiops', labels: { team: 'a' } },
    update: {
      input: { description: 'Changed ü', labels: { team: 'b' } },
      read: ({ description, labels }) => [description, labels],
      expected: ['Changed ü', { team: 'b' }],
    },
  },
  reportsChecksums: false,
  metadata: { none: 'UbiOps keeps no metadata of a file.' },
};

/** For all but one of the storages. */
export const fewEntries = {
  manyEntries: 120,
  fewerBecause: 'pages come from the same API whatever storage is behind it',
};

/** Names that one of the storages behind the platform cannot keep. */
export const azureNames: NonNullable<ContractOptions['impossibleNames']> = {
  'back\\slash.txt': 'Azure takes a backslash for a slash',
};

/** A bucket at each provider, as its form is filled in. */
export const bucketInputs = {
  ubiops: { name: 'own', provider: 'ubiops' },
  amazon_s3: {
    name: 'at-amazon',
    provider: 'amazon_s3',
    access_key: 'AKIAEXAMPLE',
    secret_key: 'example-secret',
    bucket: 'lab',
    prefix: 'shared ü',
    region: 'eu-west-1',
  },
  google_cloud_storage: {
    name: 'at-google',
    provider: 'google_cloud_storage',
    json_key_file: '{"type":"service_account","client_email":"lab@example.org"}',
    bucket: 'lab-archive',
  },
  azure_blob_storage: {
    name: 'at-azure',
    provider: 'azure_blob_storage',
    connection_string:
      'DefaultEndpointsProtocol=https;AccountName=labaccount;AccountKey=bGFiLWtleS1vZi1ub2JvZHk=;EndpointSuffix=core.windows.net',
    container: 'lab',
    prefix: 'shared/',
  },
} as const;
