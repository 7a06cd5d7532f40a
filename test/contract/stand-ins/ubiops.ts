/** UbiOps for tests in pages. */
import { createHash } from 'node:crypto';
import { createUbiOpsStandIn, type UbiOpsQuirks } from '../../../demo/server/platforms/ubiops/index.js';
import { openStore } from '../../adapters/support/open-store.js';
import type { OpenStandIn } from '../../tools/local-servers.js';
import { faultCalls } from './calls.js';

export async function open({
  quirks = {},
  proxied = false,
}: {
  quirks?: Partial<UbiOpsQuirks>;
  proxied?: boolean;
}): Promise<OpenStandIn> {
  const { store, bucket, proxy, close } = await openStore({ proxied });
  const standIn = await createUbiOpsStandIn({ store, bucket, quirks });
  const { baseUrl, project, token, google, azure } = standIn;
  return {
    info: { baseUrl, project, token },
    calls: {
      ...faultCalls(store, bucket, { ...standIn, renew: () => standIn.issueToken() }),
      /** In base64; null for nothing. */
      async stored(name: string, path: string) {
        const bytes = await standIn.stored(name, path);
        return bytes === undefined ? null : Buffer.from(bytes).toString('base64');
      },
      /** For what is too large to travel in JSON. SHA-256 in hex; null for nothing. */
      async digest(name: string, path: string) {
        const bytes = await standIn.stored(name, path);
        return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex');
      },
      setQuirks: (changes: Partial<UbiOpsQuirks>) => void Object.assign(standIn.quirks, changes),
      setOrigins: (origins: string[]) => void (standIn.cors.origins = origins),
      /** What all origins saw. */
      log: () => ({
        api: standIn.stats.log,
        storage: [...store.stats.log, ...google.stats.log, ...(azure?.stats.log ?? [])],
      }),
    },
    proxy,
    async close() {
      await standIn.close();
      await close();
    },
  };
}
