import {
  createDeepOriginStandIn,
  type DeepOriginQuirks,
  type DeepOriginStandIn,
} from '../../../demo/server/platforms/deep-origin/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import {
  type DeepOriginAdapter,
  type DeepOriginOptions,
  deepOrigin,
} from '../../../src/adapters/deep-origin/index.js';
import { openStore } from '../support/open-store.js';

export interface Setup {
  readonly store: S3Store;
  readonly standIn: DeepOriginStandIn;
  readonly adapter: DeepOriginAdapter;
  /** A second adapter for the same stand-in. */
  another(options: Partial<DeepOriginOptions>): DeepOriginAdapter;
  /** Puts a file where the adapter finds it. */
  put(path: string, content?: string): Promise<void>;
  /** Request lines the API saw since the last call, without those before it. */
  lines(): string[];
  close(): Promise<void>;
}

export async function setUp(
  options: Partial<DeepOriginOptions> = {},
  quirks: Partial<DeepOriginQuirks> = {},
  clock?: () => number,
): Promise<Setup> {
  const { store, bucket, close } = await openStore();
  const standIn = await createDeepOriginStandIn({ store, bucket, quirks, ...(clock ? { clock } : {}) });
  const another = (more: Partial<DeepOriginOptions>) =>
    deepOrigin({
      baseUrl: standIn.baseUrl,
      orgKey: standIn.orgKey,
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
    async put(path, content = path) {
      await standIn.files.put(standIn.keyOf(path), content);
    },
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
