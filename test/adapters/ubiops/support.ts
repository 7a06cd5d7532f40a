import {
  createUbiOpsStandIn,
  type UbiOpsStandIn,
  type UbiOpsStandInOptions,
} from '../../../demo/server/platforms/ubiops/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import { type UbiOpsAdapter, type UbiOpsOptions, ubiops } from '../../../src/adapters/ubiops/index.js';
import { bucketInputs } from '../../contract/ubiops-contract.js';
import { openStore } from '../support/open-store.js';

export const { signal } = new AbortController();
export type ProviderName = keyof typeof bucketInputs;
export const providers = Object.keys(bucketInputs) as ProviderName[];

export interface Scene {
  readonly standIn: UbiOpsStandIn;
  readonly store: S3Store;
  /** An adapter for the `default` bucket, or with other options. */
  adapter(options?: Partial<UbiOpsOptions>): UbiOpsAdapter;
  /** A bucket at this provider, opened. */
  at(provider: ProviderName, options?: Partial<UbiOpsOptions>): Promise<UbiOpsAdapter>;
  /** A request to the API as another client would send it. */
  api(path: string, init?: RequestInit & { authorization?: string }): Promise<Response>;
}

/** Runs a test with a fresh stand-in. */
export async function scene(
  run: (scene: Scene) => Promise<void>,
  options: Partial<UbiOpsStandInOptions> = {},
): Promise<void> {
  const { store, bucket, close } = await openStore();
  const standIn = await createUbiOpsStandIn({ store, bucket, ...options });
  const { baseUrl, project, token } = standIn;
  const adapter = (more: Partial<UbiOpsOptions> = {}) =>
    ubiops({ baseUrl, project, getToken: () => token, retryBackoffFactor: 0.001, ...more });
  try {
    await run({
      standIn,
      store,
      adapter,
      async at(provider, more) {
        const { id } = await adapter().containers.create!(bucketInputs[provider], { signal });
        return adapter({ bucket: id, ...more });
      },
      api: (path, { authorization = `Token ${token}`, ...init } = {}) =>
        fetch(`${baseUrl}${path}`, { ...init, headers: { authorization, ...init.headers } }),
    });
  } finally {
    await standIn.close();
    await close();
  }
}
