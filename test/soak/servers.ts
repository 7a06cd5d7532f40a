/** Everything that the page talks to: the store, the platforms' stand-ins, a signer and the site, each behind a proxy. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { answerWith, type FetchHandler } from '../../demo/server/node-http.js';
import { createDeepLakeStandIn } from '../../demo/server/platforms/deep-lake/index.js';
import { createDeepOriginStandIn } from '../../demo/server/platforms/deep-origin/index.js';
import { createInvenioStandIn } from '../../demo/server/platforms/invenio/index.js';
import type { ApiFaults, ApiRequestLog, KnownToken } from '../../demo/server/platforms/shared/index.js';
import { createSmartsBioStandIn } from '../../demo/server/platforms/smarts-bio/index.js';
import { createUbiOpsStandIn } from '../../demo/server/platforms/ubiops/index.js';
import { createS3Store, type S3Store } from '../../demo/server/store/index.js';
import { createS3Signer } from '../../src/server/s3-signer.js';
import { createTcpProxy, type TcpProxy } from '../faults/tcp-proxy.js';
import type { StorageName } from './plan.js';
import type { PageConfig, StorageAccess } from './protocol.js';

export const credentials = {
  accessKeyId: 'SOAKACCESSKEY0000001',
  secretAccessKey: 'soak-secret-access-key-of-nobody-0001',
};
const region = 'us-east-1';
const page =
  '<!doctype html><meta charset="utf-8"><title>soak</title><script type="module" src="/page.js"></script>';

/** A platform's API, as far as trouble is concerned. */
export interface Platform {
  readonly name: StorageName;
  readonly faults: ApiFaults;
  /** Ends every token given out so far. */
  endTokens(): void;
}

/** What one path of a storage holds. */
export interface Held {
  readonly size: number;
  readonly sha256: string;
}

export interface Servers {
  readonly url: string;
  readonly config: PageConfig;
  readonly store: S3Store;
  /** Between the page and each origin. */
  readonly proxies: ReadonlyMap<string, TcpProxy>;
  readonly platforms: readonly Platform[];
  /** Requests that announced files to InvenioRDM. */
  announcements(): readonly ApiRequestLog[];
  /** What the signer does to the next requests, in place of signing. */
  readonly signerFaults: { status: number; times: number };
  /** Past the kit; several where a storage keeps files of one name apart. */
  held(storage: StorageName, path: string): Promise<readonly Held[]>;
  /** Uploads that were begun at any storage and neither completed nor removed. */
  unfinished(): Promise<readonly { readonly bucket: string; readonly key: string }[]>;
  close(): Promise<void>;
}

async function hashOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Held> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest('hex') };
}

/** One script and its workers, as a page's own bundler makes them. */
async function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    worker: { format: 'es' },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('./page.ts', import.meta.url)),
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error('Vite built nothing.');
  return new Map(
    output.output.map(file => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  );
}

export async function openServers(seed: number): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'soak-'));
  const buckets = ['soak', 'soak-put'] as const;
  const store = await createS3Store({
    directory: join(directory, 'store'),
    region,
    credentials: [credentials],
    buckets: [
      ...buckets,
      'platform-deep-origin',
      'platform-smarts-bio',
      'platform-invenio',
      'platform-ubiops',
    ],
    cors: { origins: ['*'] },
  });
  const proxies = new Map<string, TcpProxy>();
  const proxied = async (name: string, port: number): Promise<string> => {
    const proxy = await createTcpProxy({ port });
    proxies.set(name, proxy);
    return `http://127.0.0.1:${proxy.port}`;
  };
  const origins = [await proxied('store a', store.port), await proxied('store b', store.port)];
  const behind = await proxied('store of platforms', store.port);
  /** The platforms sign URLs of the proxy: the page's way to their storage is as bad as any other. */
  const platformStore: S3Store = { ...store, url: bucket => `${behind}/${bucket}` };

  // ── Platforms ───────────────────────────────────────────────────────────────────────────────────────────────────

  const common = (name: string) => ({ store: platformStore, bucket: `platform-${name}` });
  const deepOrigin = await createDeepOriginStandIn(common('deep-origin'));
  const smartsBio = await createSmartsBioStandIn(common('smarts-bio'));
  const invenio = await createInvenioStandIn({
    ...common('invenio'),
    quirks: { storage: 's3', maxFiles: 10_000, quota: 1e12, maxFileSize: 1e11, proxyLimit: 1e10 },
  });
  const deepLake = await createDeepLakeStandIn(common('deep-lake'));
  const ubiops = await createUbiOpsStandIn(common('ubiops'));
  const record = invenio.createDraft();
  const current = new Map<string, string>();
  const platform = (
    name: StorageName,
    faults: ApiFaults,
    tokens: readonly KnownToken[],
    issue: () => string,
  ): Platform => {
    current.set(name, issue());
    return {
      name,
      faults,
      endTokens() {
        for (const known of tokens) known.expiresAt = Date.now();
        current.set(name, issue());
      },
    };
  };
  const platforms = [
    platform('deep-origin', deepOrigin.faults, deepOrigin.tokens, () => deepOrigin.issueToken()),
    platform('smarts-bio', smartsBio.faults, smartsBio.keys, () => smartsBio.issueKey()),
    platform('invenio', invenio.faults, invenio.tokens, () => invenio.issueToken()),
    platform('deep-lake', deepLake.faults, deepLake.tokens, () => deepLake.issueToken()),
    platform('ubiops', ubiops.faults, ubiops.tokens, () => ubiops.issueToken()),
  ];

  // ── Signer and site ─────────────────────────────────────────────────────────────────────────────────────────────

  const signerFaults = { status: 503, times: 0 };
  const bucketUrls = (bucket: string) => origins.map(origin => `${origin}/${bucket}`);
  const signers = new Map<string, FetchHandler>(
    buckets.map(bucket => [
      `/sign/${bucket}`,
      createS3Signer({
        endpoint: bucketUrls(bucket),
        style: 'bucket-url',
        region,
        bucket,
        credentials,
        authorize: () => true,
      }),
    ]),
  );
  const files = await bundle();
  let config: PageConfig | undefined;
  const site: FetchHandler = async request => {
    const { pathname } = new URL(request.url);
    const signer = signers.get(pathname);
    if (signer) {
      if (signerFaults.times <= 0) return signer(request);
      signerFaults.times -= 1;
      return new Response('<html><title>Bad gateway</title></html>', { status: signerFaults.status });
    }
    if (pathname === '/config') return Response.json(config);
    if (pathname.startsWith('/token/')) return new Response(current.get(pathname.slice('/token/'.length)));
    const file = files.get(pathname);
    if (file !== undefined) {
      return new Response(file as BodyInit, { headers: { 'content-type': 'text/javascript' } });
    }
    if (pathname === '/') return new Response(page, { headers: { 'content-type': 'text/html' } });
    return new Response('', { status: 404 });
  };
  const server: Server = createServer((request, response) => {
    answerWith(site, request, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const s3 = (name: 's3' | 's3-put', bucket: string): StorageAccess => ({
    name,
    bucketUrls: name === 's3' ? bucketUrls(bucket) : bucketUrls(bucket).slice(0, 1),
    signUrl: `${url}/sign/${bucket}`,
  });
  const access = async (name: StorageName, baseUrl: string, place: string): Promise<StorageAccess> => {
    const { port, pathname } = new URL(baseUrl);
    const front = await proxied(name, Number(port));
    return { name, baseUrl: front + pathname.replace(/\/$/, ''), tokenUrl: `${url}/token/${name}`, place };
  };
  config = {
    seed,
    storages: [
      s3('s3', 'soak'),
      s3('s3-put', 'soak-put'),
      await access('deep-origin', deepOrigin.baseUrl, deepOrigin.orgKey),
      await access('smarts-bio', smartsBio.baseUrl, smartsBio.workspaceId),
      await access('invenio', invenio.baseUrl, record),
      await access('deep-lake', deepLake.baseUrl, deepLake.workspace),
      await access('ubiops', ubiops.baseUrl, ubiops.project),
    ],
  };

  // ── What arrived ────────────────────────────────────────────────────────────────────────────────────────────────

  const inStore = async (bucket: string, key: string): Promise<readonly Held[]> => {
    const found = store.local.list(bucket, key).some(object => object.key === key);
    return found ? [await hashOf(store.local.read(bucket, key))] : [];
  };
  const inMemory = async (bytes: Uint8Array | undefined): Promise<readonly Held[]> =>
    bytes ? [await hashOf([bytes])] : [];
  const held = async (storage: StorageName, path: string): Promise<readonly Held[]> => {
    switch (storage) {
      case 's3':
        return inStore('soak', path);
      case 's3-put':
        return inStore('soak-put', path);
      case 'deep-origin':
        return inStore('platform-deep-origin', deepOrigin.keyOf(path));
      case 'smarts-bio':
        return smartsBio.has(path) ? inStore('platform-smarts-bio', smartsBio.keyOf(path)) : [];
      case 'invenio':
        return inMemory(await invenio.stored(record, path));
      case 'ubiops':
        return inMemory(await ubiops.stored('default', path));
      case 'deep-lake': {
        const same = deepLake.records().filter(({ filename }) => filename === path);
        const all = same.map(({ id }) => inStore('platform-deep-lake', deepLake.keyOf(id)));
        return (await Promise.all(all)).flat();
      }
    }
  };
  const unfinished = async () => {
    const found: { bucket: string; key: string }[] = [];
    for (const bucket of [...buckets, 'platform-deep-origin', 'platform-invenio', 'platform-ubiops']) {
      for (const { key } of store.local.uploads(bucket)) found.push({ bucket, key });
    }
    const answer = await fetch(`${invenio.baseUrl}/api/records/${record}/draft/files`, {
      headers: { authorization: `Bearer ${current.get('invenio')}` },
    });
    const { entries = [] } = (await answer.json()) as { entries?: { key: string; status: string }[] };
    for (const { key, status } of entries) {
      if (status !== 'completed') found.push({ bucket: 'entries of invenio', key });
    }
    return found;
  };

  return {
    url,
    config,
    store,
    proxies,
    platforms,
    announcements: () => invenio.stats.log.filter(({ operation }) => operation === 'announce'),
    signerFaults,
    held,
    unfinished,
    async close() {
      server.closeAllConnections();
      server.close();
      for (const proxy of proxies.values()) await proxy.close();
      await Promise.all([deepOrigin, smartsBio, invenio, deepLake, ubiops].map(each => each.close()));
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
