/** smarts.bio for tests in pages. */
import {
  createSmartsBioStandIn,
  type SmartsBioQuirks,
} from '../../../demo/server/platforms/smarts-bio/index.js';
import { openStore } from '../../adapters/support/open-store.js';
import type { OpenStandIn } from '../../tools/local-servers.js';
import { callsOf, faultCalls } from './calls.js';

export async function open({
  quirks = {},
  proxied = false,
}: {
  quirks?: Partial<SmartsBioQuirks>;
  proxied?: boolean;
}): Promise<OpenStandIn> {
  const { store, bucket, proxy, close } = await openStore({ proxied });
  const standIn = await createSmartsBioStandIn({ store, bucket, quirks });
  const { baseUrl, workspaceId, apiKey, has, keyOf } = standIn;
  return {
    info: { baseUrl, workspaceId, apiKey, storage: store.endpoint },
    calls: {
      ...callsOf(store, standIn, path => (has(path) ? keyOf(path) : undefined)),
      ...faultCalls(store, bucket, {
        faults: standIn.faults,
        stats: standIn.stats,
        tokens: standIn.keys,
        renew: () => standIn.issueKey(),
      }),
    },
    proxy,
    async close() {
      await standIn.close();
      await close();
    },
  };
}
