import {
  createDeepLakeStandIn,
  type DeepLakeQuirks,
  type DeepLakeStandIn,
} from '../../../demo/server/platforms/deep-lake/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import type { FormPlan } from '../../../src/adapters/adapter.js';
import {
  type DeepLakeAdapter,
  type DeepLakeOptions,
  deepLake,
} from '../../../src/adapters/deep-lake/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { deliver, intentFor, signal } from '../../contract/transfer.js';
import { openStore } from '../support/open-store.js';

export interface Setup {
  readonly store: S3Store;
  readonly standIn: DeepLakeStandIn;
  readonly adapter: DeepLakeAdapter;
  /** A second adapter for the same stand-in. */
  another(options: Partial<DeepLakeOptions>): DeepLakeAdapter;
  /** Request lines the API saw since the last call, without those before it. */
  lines(): string[];
  close(): Promise<void>;
}

export async function setUp(
  options: Partial<DeepLakeOptions> = {},
  quirks: Partial<DeepLakeQuirks> = {},
  clock?: () => number,
): Promise<Setup> {
  const { store, bucket, close } = await openStore();
  const standIn = await createDeepLakeStandIn({ store, bucket, quirks, ...(clock ? { clock } : {}) });
  const another = (more: Partial<DeepLakeOptions>) =>
    deepLake({
      baseUrl: standIn.baseUrl,
      workspace: standIn.workspace,
      getToken: () => standIn.token,
      retryBackoffFactor: 0.001,
      ...more,
    });
  let seen = 0;
  return {
    store,
    standIn,
    adapter: another(options),
    another,
    lines() {
      const { log } = standIn.stats;
      const lines = log.slice(seen).map(({ method, target }) => `${method} ${target}`);
      seen = log.length;
      return lines;
    },
    async close() {
      await standIn.close();
      await close();
    },
  };
}

export async function formPlan(adapter: DeepLakeAdapter, path: string, blob: Blob): Promise<FormPlan> {
  const plan = await adapter.openUpload!(intentFor(path, blob), { signal });
  if (plan.kind !== 'form') throw new Error(`a ${plan.kind} plan`);
  return plan;
}

/** Sends as the engine does: again after what may be repeated, and after a broken connection. */
export async function sendPatiently(plan: FormPlan, blob: Blob, attempts = 4) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await deliver(await plan.sign({ signal, attempt }), blob);
      const error = plan.readError(response, { phase: 'form' });
      if (error) throw error;
      return await plan.finish(response, { signal });
    } catch (error) {
      if (attempt === attempts) throw error;
      if (error instanceof TransferError && error.kind !== 'retry') throw error;
      if (!(error instanceof TransferError || error instanceof TypeError)) throw error;
    }
  }
}
