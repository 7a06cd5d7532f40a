/**
 * The UbiOps adapter against its stand-in, with each of the four storages behind it, and, when `AZURE_URL`,
 * `AZURE_ACCOUNT` and `AZURE_KEY` (or `AZURITE_URL` alone, for an emulator with its well-known account) are given,
 * against another Azure Blob Storage than the stand-in's own.
 */
import { after, before, describe, it } from 'node:test';
import {
  createUbiOpsStandIn,
  type UbiOpsQuirks,
  type UbiOpsStandInOptions,
} from '../../demo/server/platforms/ubiops/index.js';
import { type UbiOpsOptions, ubiops } from '../../src/adapters/ubiops/index.js';
import { openStore } from '../adapters/support/open-store.js';
import { azureFromEnvironment } from '../adapters/ubiops/azure-environment.js';
import { type AdapterUnderTest, describeAdapter, type Runner } from './describe-adapter.js';
import { bucketInputs, ubiopsContract } from './ubiops-contract.js';

const runner: Runner = { after, before, describe, it: (title, body) => it(title, body) };
const { signal } = new AbortController();
type Provider = keyof typeof bucketInputs;

async function create(
  provider: Provider,
  {
    options = {},
    quirks = {},
    azure,
  }: {
    options?: Partial<UbiOpsOptions>;
    quirks?: Partial<UbiOpsQuirks>;
    azure?: UbiOpsStandInOptions['azure'] | undefined;
  } = {},
): Promise<AdapterUnderTest> {
  const { store, bucket, close } = await openStore();
  const standIn = await createUbiOpsStandIn({
    store,
    bucket,
    quirks: { urlSeconds: 60, ...quirks },
    ...(azure ? { azure } : {}),
  });
  const { baseUrl, project, token } = standIn;
  const access = { baseUrl, project, retryBackoffFactor: 0.01 };
  const input: Record<string, unknown> = { ...bucketInputs[provider] };
  // A real container outlives the test: each storage of this test begins below a prefix of its own.
  if (azure) input.prefix = `contract-${crypto.randomUUID()}/`;
  const admin = ubiops({ ...access, getToken: () => token });
  const { id } = await admin.containers.create!(input, { signal });
  return {
    adapter: ubiops({ ...access, getToken: () => token, bucket: id, ...options }),
    stored: path => standIn.stored(id, path),
    async close() {
      await standIn.close();
      await close();
    },
  };
}

describeAdapter('ubiops on its own storage', {
  ...ubiopsContract,
  runner,
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
  runner,
  manyEntries: 120,
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
  runner,
  manyEntries: 120,
  create: () => create('google_cloud_storage', { quirks: { missingDownload: 'url' } }),
});

describeAdapter('ubiops on Azure Blob Storage', {
  ...ubiopsContract,
  runner,
  manyEntries: 120,
  create: () => create('azure_blob_storage', { quirks: { missingDownload: 'url' } }),
});

const azure = azureFromEnvironment();
if (azure) {
  describeAdapter('ubiops on the Azure Blob Storage of the environment', {
    ...ubiopsContract,
    runner,
    manyEntries: 120,
    create: () => create('azure_blob_storage', { azure }),
  });
}
