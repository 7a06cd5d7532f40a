import { createS3Signer } from '../../src/server/s3-signer.js';
import { applyFaults, readFaults } from './fault-switches.js';
import type { FetchHandler } from './node-http.js';
import type { Platforms } from './platforms/index.js';
import type { Storage } from './storage.js';

/**
 * The demo's own routes. `/api/sign` is what every user of the kit has to run; the others exist for the demo:
 * `/api/config` says where the bucket is, `/api/faults` flips the local store's switches, `/api/stats` tells what it saw.
 */
export function createApi(storage: Storage, platforms?: Platforms): FetchHandler {
  const sign = createS3Signer({
    endpoint: storage.bucketUrls,
    style: 'bucket-url',
    region: storage.region,
    bucket: storage.bucket,
    credentials: storage.credentials,
    // Links that people copy may work for a week; what the page itself asks for, a quarter of an hour.
    maxExpiresIn: 604_800,
    // Everybody who can open this loopback page may do everything in its sample bucket. A real site looks at the
    // session here and confines the keys, e.g. `return { prefix: `users/${user.id}/` }`.
    authorize: ({ operation }) => (operation === 'GetObject' ? true : { expiresIn: 900 }),
  });
  const routes: Record<string, FetchHandler> = {
    '/api/sign': sign,
    '/api/config': async () =>
      Response.json({
        bucketUrls: storage.bucketUrls,
        bucket: storage.bucket,
        region: storage.region,
        storage: storage.store ? 'local' : 'external',
      }),
    // Keys of stand-ins on this machine; a real site never hands a platform's token to everybody.
    '/api/platforms': async () => Response.json(platforms?.environments ?? {}),
    '/api/faults': request => faults(storage, request),
    '/api/stats': async request => stats(storage, request),
  };
  return async request => {
    const handler = routes[new URL(request.url).pathname];
    return handler ? handler(request) : Response.json({ error: { code: 'NotFound' } }, { status: 404 });
  };
}

/** What the local store saw since the last DELETE: how many requests of which kind, and how many at once. */
function stats({ store }: Storage, request: Request): Response {
  if (!store) return Response.json({ error: { code: 'NotLocal' } }, { status: 409 });
  if (request.method === 'DELETE') store.stats.reset();
  const { counts, maxInFlight, log } = store.stats;
  return Response.json({ counts, maxInFlight, log: log.slice(-2_000) });
}

async function faults(storage: Storage, request: Request): Promise<Response> {
  const { store } = storage;
  if (!store) {
    const message = 'The storage is an external one; only the local store has fault switches.';
    return Response.json({ error: { code: 'NotLocal', message } }, { status: 409 });
  }
  if (request.method === 'GET') return Response.json(readFaults(store.faults));
  // Another site's page could post here blindly; browsers say where a request comes from.
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return Response.json({}, { status: 403 });
  const problem = applyFaults(store.faults, await request.json().catch(() => undefined));
  return problem
    ? Response.json({ error: { code: 'InvalidFaults', message: problem } }, { status: 400 })
    : Response.json(readFaults(store.faults));
}
