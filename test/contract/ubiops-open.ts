/** A fresh UbiOps stand-in with a bucket at one of the providers, for the contract suite in Node. */
import {
  createUbiOpsStandIn,
  type UbiOpsQuirks,
  type UbiOpsStandInOptions,
} from '../../demo/server/platforms/ubiops/index.js';
import { type UbiOpsOptions, ubiops } from '../../src/adapters/ubiops/index.js';
import { openStore } from '../adapters/support/open-store.js';
import { answersOfServer } from './answers.js';
import type { AdapterUnderTest } from './describe-adapter.js';
import { bucketInputs } from './ubiops-contract.js';

const { signal } = new AbortController();
type Provider = keyof typeof bucketInputs;

export async function create(
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
    ...answersOfServer(standIn.faults, standIn.tokens),
    async close() {
      await standIn.close();
      await close();
    },
  };
}
