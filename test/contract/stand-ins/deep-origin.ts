/** Deep Origin for tests in pages. */
import {
  createDeepOriginStandIn,
  type DeepOriginQuirks,
} from '../../../demo/server/platforms/deep-origin/index.js';
import { openStore } from '../../adapters/support/open-store.js';
import type { OpenStandIn } from '../../tools/local-servers.js';
import { callsOf, faultCalls } from './calls.js';

export async function open({
  quirks = {},
  proxied = false,
}: {
  quirks?: Partial<DeepOriginQuirks>;
  proxied?: boolean;
}): Promise<OpenStandIn> {
  const { store, bucket, proxy, close } = await openStore({ proxied });
  const standIn = await createDeepOriginStandIn({ store, bucket, quirks });
  const { baseUrl, orgKey, token, keyOf } = standIn;
  return {
    info: { baseUrl, orgKey, token, storage: store.endpoint },
    calls: {
      ...callsOf(store, standIn, keyOf),
      ...faultCalls(store, bucket, { ...standIn, renew: () => standIn.issueToken() }),
      /** What the service finds at a URL. */
      setSource: (url: string, text: string) => void standIn.sources.set(url, text),
    },
    proxy,
    async close() {
      await standIn.close();
      await close();
    },
  };
}
