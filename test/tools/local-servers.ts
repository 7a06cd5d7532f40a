/**
 * One Node process with the servers that browser tests talk to: any number of S3 stores, each with a signer, and of
 * platforms' stand-ins (`test/contract/stand-ins/`).
 * Prints `READY <url>` of its control server and ends with its standard input. The page's side is local-store.ts.
 */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerWith } from '../../demo/server/node-http.js';
import { createS3Store, type S3Store } from '../../demo/server/store/index.js';
import { createS3Signer } from '../../src/server/s3-signer.js';
import { createTcpProxy, type ProxyWeather, type TcpProxy } from '../faults/tcp-proxy.js';
import type { LocalStoreInfo, LocalStoreOptions } from './local-store.js';

const region = 'us-east-1';
const bucket = 'test';
const credentials = {
  accessKeyId: 'TESTACCESSKEY0000001',
  secretAccessKey: 'test-secret-access-key-of-nobody-0001',
};

interface Running {
  store: S3Store;
  directory: string;
  /** Between pages and the store, when the test asked for one. */
  proxy: TcpProxy | undefined;
  sign: (request: Request) => Promise<Response>;
}
const running = new Map<string, Running>();
let count = 0;

async function open({ proxied = false, ...options }: LocalStoreOptions): Promise<LocalStoreInfo> {
  const directory = await mkdtemp(join(tmpdir(), 'local-store-'));
  const store = await createS3Store({
    directory,
    region,
    credentials: [credentials],
    buckets: [bucket],
    cors: { origins: ['*'] },
    ...options,
  });
  const proxy = proxied ? await createTcpProxy({ port: store.port }) : undefined;
  const endpoint = proxy ? `http://127.0.0.1:${proxy.port}` : store.endpoint;
  const bucketUrl = proxy ? `${endpoint}/${bucket}` : store.url(bucket);
  const sign = createS3Signer({
    endpoint: bucketUrl,
    style: 'bucket-url',
    region,
    bucket,
    credentials,
    authorize: () => true,
    cors: { origins: '*' },
  });
  const id = String(++count);
  running.set(id, { store, directory, proxy, sign });
  const control = `${address}/stores/${id}`;
  return {
    control,
    endpoint,
    bucketUrl,
    bucket,
    region,
    ...credentials,
    signUrl: `${control}/sign`,
  };
}

async function close(id: string): Promise<void> {
  const one = running.get(id);
  running.delete(id);
  if (!one) return;
  await one.proxy?.close();
  await one.store.close();
  await rm(one.directory, { recursive: true, force: true });
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** What a test may ask of the network before its store. */
const proxyCalls: Record<string, (proxy: TcpProxy, ...parameters: never[]) => unknown> = {
  setWeather: (proxy, weather: Partial<ProxyWeather>) => proxy.change(weather),
  resetConnections: proxy => proxy.reset(),
  bytesUp: proxy => proxy.bytesUp,
};

/** What a test may ask of its store, beside S3 itself. Answers are JSON. */
const calls: Record<string, (store: S3Store, ...parameters: never[]) => unknown> = {
  list: (store, prefix?: string) => store.local.list(bucket, prefix),
  sha256: (store, key: string) => store.local.sha256(bucket, key),
  remove: (store, key: string) => store.local.remove(bucket, key),
  uploads: store => store.local.uploads(bucket),
  setFaults: (store, faults: object) => void Object.assign(store.faults, faults),
  failNext: (store, rule: Parameters<S3Store['faults']['failNext']>[0]) => void store.faults.failNext(rule),
  resetFaults: store => store.faults.reset(),
  stats: ({ stats: { log, total, inFlight, maxInFlight, counts } }) => ({
    log,
    total,
    inFlight,
    maxInFlight,
    counts,
  }),
  resetStats: store => store.stats.reset(),
};

/** What a module of `test/contract/stand-ins/` exports as `open`. */
export interface OpenStandIn {
  /** Told to the page. */
  readonly info: object;
  /** What the page may ask for; answers are JSON. */
  readonly calls: Readonly<Record<string, (...parameters: never[]) => unknown>>;
  /** Between pages and the storage behind the platform, for the option `proxied`. */
  readonly proxy?: TcpProxy | undefined;
  close(): Promise<void>;
}
const standIns = new Map<string, OpenStandIn>();

async function openStandIn(platform: string, options: unknown): Promise<object> {
  if (!/^[a-z-]+$/.test(platform)) throw new Error(`There is no platform “${platform}”.`);
  const { open: start } = (await import(`../contract/stand-ins/${platform}.ts`)) as {
    open(options: unknown): Promise<OpenStandIn>;
  };
  const opened = await start(options);
  const standIn = (options as { proxied?: boolean } | null)?.proxied ? await behindProxy(opened) : opened;
  const id = String(++count);
  standIns.set(id, standIn);
  return { control: `${address}/stand-ins/${id}`, info: standIn.info };
}

/** The platform's API behind a proxy too, and a call `setWeather` for both. */
async function behindProxy(standIn: OpenStandIn): Promise<OpenStandIn> {
  const info = standIn.info as { readonly baseUrl: string };
  const url = new URL(info.baseUrl);
  const proxy = await createTcpProxy({ port: Number(url.port) });
  url.port = String(proxy.port);
  return {
    info: { ...info, baseUrl: url.href.replace(/\/$/, '') },
    calls: {
      ...standIn.calls,
      setWeather: (weather: Partial<ProxyWeather>) =>
        Promise.all([proxy.change(weather), standIn.proxy?.change(weather)]).then(() => null),
    },
    async close() {
      await proxy.close();
      await standIn.close();
    },
  };
}

async function handleStandIn(
  request: IncomingMessage,
  response: ServerResponse,
  [id, action]: readonly string[],
  query: URLSearchParams,
): Promise<void> {
  const body = JSON.parse((await bytesOf(request)).toString() || 'null') as unknown;
  if (id === undefined) {
    return void answer(response, 200, await openStandIn(query.get('platform') ?? '', body));
  }
  const standIn = standIns.get(id);
  if (!standIn) return void answer(response, 404, { message: `There is no stand-in ${id}.` });
  if (request.method === 'DELETE') {
    standIns.delete(id);
    return void answer(response, 200, await standIn.close());
  }
  const call = action === 'call' ? standIn.calls[query.get('name') ?? ''] : undefined;
  if (!call) return void answer(response, 404, { message: `There is no call ${query.get('name')}.` });
  answer(response, 200, await call(...(body as never[])));
}

const answer = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null));

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-methods', 'GET, PUT, POST, DELETE');
  response.setHeader('access-control-allow-headers', '*');
  const { pathname, searchParams } = new URL(request.url ?? '/', address);
  const [, kind, id, action] = pathname.split('/');
  if (kind === 'stand-ins' && request.method !== 'OPTIONS') {
    return handleStandIn(request, response, pathname.split('/').slice(2), searchParams);
  }
  if (kind === 'reports' && request.method === 'POST') {
    const line = (await bytesOf(request)).toString();
    if (process.env.FAULTS_REPORT) await appendFile(process.env.FAULTS_REPORT, `${line}\n`);
    return void answer(response, 200, null);
  }
  const one = id === undefined ? undefined : running.get(id);
  // The signer answers preflights itself.
  if (action === 'sign' && one) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    return answerWith(one.sign, request, response);
  }
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  // An API that answers with where the storage has it, from an origin that is neither the page's nor the storage's.
  if (action === 'redirect' && one) {
    return void response.writeHead(302, { location: searchParams.get('to') ?? '' }).end();
  }
  if (id === undefined && request.method === 'POST') {
    return void answer(
      response,
      200,
      await open(JSON.parse((await bytesOf(request)).toString()) as LocalStoreOptions),
    );
  }
  if (!id || !one) return void answer(response, 404, { message: `There is no store at ${pathname}.` });
  const key = searchParams.get('key') ?? '';
  if (action === undefined && request.method === 'DELETE') return void answer(response, 200, await close(id));
  if (action === 'object' && request.method === 'GET') {
    return void response.writeHead(200).end(await bytesOf(one.store.local.read(bucket, key)));
  }
  if (action === 'object' && request.method === 'PUT') {
    const type = request.headers['content-type'];
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    return void answer(
      response,
      200,
      await one.store.local.put(bucket, key, await bytesOf(request), headers),
    );
  }
  const name = action === 'call' ? (searchParams.get('name') ?? '') : '';
  const call = calls[name];
  const proxyCall = one.proxy && proxyCalls[name];
  if (!call && !proxyCall) return void answer(response, 404, { message: `There is no ${pathname} ${name}.` });
  const parameters = JSON.parse((await bytesOf(request)).toString()) as never[];
  const result = call ? call(one.store, ...parameters) : proxyCall!(one.proxy!, ...parameters);
  answer(response, 200, await result);
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    if (!response.headersSent) answer(response, 500, { message: String(error) });
    else response.destroy();
  });
});
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
process.stdout.write(`READY ${address}\n`);

process.stdin.resume();
process.stdin.once('end', () => {
  const ends = [...[...running.keys()].map(close), ...[...standIns.values()].map(one => one.close())];
  void Promise.allSettled(ends).then(() => process.exit(0));
});
