/** Deep Lake for tests in pages. */
import {
  createDeepLakeStandIn,
  type DeepLakeQuirks,
} from '../../../demo/server/platforms/deep-lake/index.js';
import { openStore } from '../../adapters/support/open-store.js';
import type { OpenStandIn } from '../../tools/local-servers.js';
import { callsOf, faultCalls } from './calls.js';

export async function open({
  quirks = {},
  proxied = false,
}: {
  quirks?: Partial<DeepLakeQuirks>;
  proxied?: boolean;
}): Promise<OpenStandIn> {
  const { store, bucket, proxy, close } = await openStore({ proxied });
  const standIn = await createDeepLakeStandIn({ store, bucket, quirks });
  const { baseUrl, workspace, orgId, token, keyOf, rows, records } = standIn;
  return {
    info: { baseUrl, workspace, orgId, token },
    calls: {
      // Files are asked for by their ids.
      ...callsOf(store, standIn, keyOf),
      ...faultCalls(store, bucket, { ...standIn, renew: () => standIn.issueToken() }),
      rows,
      records: () => records(),
    },
    proxy,
    async close() {
      await standIn.close();
      await close();
    },
  };
}
