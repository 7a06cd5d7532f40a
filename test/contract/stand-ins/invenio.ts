/** InvenioRDM for tests in pages. */
import { createHash } from 'node:crypto';
import { createInvenioStandIn, type InvenioQuirks } from '../../../demo/server/platforms/invenio/index.js';
import { openStore } from '../../adapters/support/open-store.js';
import type { OpenStandIn } from '../../tools/local-servers.js';
import { faultCalls } from './calls.js';

export async function open({
  quirks = {},
  proxied = false,
}: {
  quirks?: Partial<InvenioQuirks>;
  proxied?: boolean;
}): Promise<OpenStandIn> {
  const { store, bucket, proxy, close } = await openStore({ proxied });
  const standIn = await createInvenioStandIn({ store, bucket, quirks });
  const { baseUrl, token, cors } = standIn;
  return {
    info: { baseUrl, token, record: standIn.createDraft() },
    calls: {
      ...faultCalls(store, bucket, { ...standIn, renew: () => standIn.issueToken() }),
      /** In base64; null for nothing. */
      async stored(record: string, path: string) {
        const bytes = await standIn.stored(record, path);
        return bytes === undefined ? null : Buffer.from(bytes).toString('base64');
      },
      /** For what is too large to travel in JSON. SHA-256 in hex; null for nothing. */
      async digest(record: string, path: string) {
        const bytes = await standIn.stored(record, path);
        return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex');
      },
      setQuirks: (changes: Partial<InvenioQuirks>) => void Object.assign(standIn.quirks, changes),
      /** What the repository finds at a URL. */
      setSource: (url: string, text: string) => void standIn.sources.set(url, text),
      setOrigins: (origins: string[]) => void (cors.origins = origins),
      /** What both origins saw. */
      log: () => ({ api: standIn.stats.log, storage: store.stats.log }),
    },
    proxy,
    async close() {
      await standIn.close();
      await close();
    },
  };
}
