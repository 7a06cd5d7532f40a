/** The UbiOps adapter against its stand-in, with each of the four storages behind it. */
import { describeAdapter } from './describe-adapter.js';
import { node } from './node.js';
import { azureNames, fewEntries, ubiopsContract } from './ubiops-contract.js';
import { create } from './ubiops-open.js';

describeAdapter('ubiops on its own storage', {
  ...ubiopsContract,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  create: () => create('ubiops'),
  refused: [
    {
      title: 'ubiops with a token of nobody',
      reasons: ['unauthorized'],
      secrets: ['wrong-token'],
      create: () => create('ubiops', { options: { getToken: () => 'wrong-token' } }),
    },
    {
      title: 'ubiops with a bucket that is not there',
      reasons: ['not-found'],
      secrets: [],
      create: () => create('ubiops', { options: { bucket: 'nowhere' } }),
    },
    {
      title: 'ubiops with a project that is not there',
      reasons: ['not-found'],
      secrets: [],
      create: () => create('ubiops', { options: { project: 'nowhere' } }),
    },
  ],
});

describeAdapter('ubiops on Amazon S3, another release of the service', {
  ...ubiopsContract,
  runner: node,
  ...fewEntries,
  create: () =>
    create('amazon_s3', {
      options: { pageSize: 50, contentType: 'file' },
      quirks: {
        prefixesWithSlash: true,
        missingDownload: 'url',
        uploadUrlStatus: 201,
        errorField: 'detail',
      },
    }),
});

describeAdapter('ubiops on Google Cloud Storage', {
  ...ubiopsContract,
  runner: node,
  ...fewEntries,
  create: () => create('google_cloud_storage', { quirks: { missingDownload: 'url' } }),
});

describeAdapter('ubiops on Azure Blob Storage', {
  ...ubiopsContract,
  impossibleNames: azureNames,
  runner: node,
  largeFile: 64 * 1024 ** 2,
  ...fewEntries,
  create: () => create('azure_blob_storage', { quirks: { missingDownload: 'url' } }),
});
