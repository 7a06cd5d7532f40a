import {
  createSmartsBioStandIn,
  type SmartsBioQuirks,
  type SmartsBioStandIn,
} from '../../../demo/server/platforms/smarts-bio/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import {
  type SmartsBioAdapter,
  type SmartsBioOptions,
  smartsBio,
} from '../../../src/adapters/smarts-bio/index.js';
import { openStore } from '../support/open-store.js';

export interface Setup {
  readonly store: S3Store;
  readonly standIn: SmartsBioStandIn;
  readonly adapter: SmartsBioAdapter;
  /** A second adapter for the same stand-in. */
  another(options: Partial<SmartsBioOptions>): SmartsBioAdapter;
  /** Request lines the API saw since the last call, without those before it. */
  lines(): string[];
  /** The content of a registered file. */
  text(path: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function setUp(
  options: Partial<SmartsBioOptions> = {},
  quirks: Partial<SmartsBioQuirks> = {},
  clock?: () => number,
): Promise<Setup> {
  const { store, bucket, close } = await openStore();
  const standIn = await createSmartsBioStandIn({ store, bucket, quirks, ...(clock ? { clock } : {}) });
  const another = (more: Partial<SmartsBioOptions>) =>
    smartsBio({
      baseUrl: standIn.baseUrl,
      workspaceId: standIn.workspaceId,
      getToken: () => standIn.apiKey,
      presignAbove: 100_000,
      retryPause: 1,
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
    async text(path) {
      if (!standIn.has(path)) return undefined;
      const parts: Buffer[] = [];
      for await (const part of standIn.files.read(standIn.keyOf(path))) parts.push(part);
      return Buffer.concat(parts).toString('utf8');
    },
    async close() {
      await standIn.close();
      await close();
    },
  };
}
