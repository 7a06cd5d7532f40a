import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Call, ConnectionGone } from './call.js';
import { Catalog } from './catalog.js';
import type { StoreContext } from './context.js';
import { corsHeaders, defaultCorsRule } from './cors.js';
import { DataFiles } from './data-files.js';
import { lockDirectory } from './directory-lock.js';
import { asS3Error, S3Error } from './errors.js';
import { createFaults, planFaults } from './faults.js';
import { createLocalAccess } from './local-access.js';
import { checkBucketName } from './operations/buckets.js';
import { OPERATIONS } from './operations/index.js';
import type { S3Store, S3StoreOptions } from './options.js';
import { silence } from './pace.js';
import { authenticate } from './signature.js';
import { RequestStats } from './stats.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Starts a store that speaks the S3 protocol over HTTP/1.1 and keeps everything in one folder.
 *
 * @throws Error when the folder is in use by another store, a bucket's name is not valid or the port is taken
 */
export async function createS3Store(options: S3StoreOptions): Promise<S3Store> {
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true });
  const unlock = lockDirectory(directory);
  try {
    return await start(options, directory, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function start(options: S3StoreOptions, directory: string, unlock: () => void): Promise<S3Store> {
  const files = new DataFiles(directory, options.capacity ?? Number.POSITIVE_INFINITY);
  const stats = new RequestStats();
  const store: StoreContext = {
    catalog: new Catalog(directory, files),
    files,
    faults: createFaults(options.faults),
    region: options.region ?? 'us-east-1',
    credentials: options.credentials,
    clock: options.clock ?? Date.now,
    minPartSize: options.minPartSize ?? 5 * 1024 * 1024,
    defaultCors: options.cors ? [defaultCorsRule(options.cors.origins)] : undefined,
  };
  for (const bucket of options.buckets ?? []) {
    checkBucketName(bucket);
    if (!store.catalog.buckets.has(bucket)) {
      store.catalog.commit({ type: 'bucket', bucket, created: store.clock() });
    }
  }

  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const onRequest = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const call = new Call(request, response, expectsContinue, closing.signal);
    stats.begin(call.log);
    response.once('close', () => {
      if (!response.writableFinished) call.log.status = 499;
      stats.end(call.log);
    });
    const done = handle(store, call).finally(() => running.delete(done));
    running.add(done);
  };
  const makeServer = () => {
    // Uploads over slow links take long; what stalls is the client's business to notice.
    const server = createServer({ highWaterMark: 256 * 1024, requestTimeout: 0, keepAliveTimeout: 65_000 });
    server.on('request', onRequest(false));
    server.on('checkContinue', onRequest(true));
    return server;
  };
  const { servers, port } = await listen(makeServer, options.host ?? '127.0.0.1', options.port ?? 0);
  const host = options.host ?? '127.0.0.1';
  const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let closed: Promise<void> | undefined;

  return {
    endpoint,
    port,
    region: store.region,
    credentials: store.credentials,
    url: (bucket, style = 'path') =>
      style === 'path' ? `${endpoint}/${bucket}` : `http://${bucket}.localhost:${port}`,
    faults: store.faults,
    stats,
    local: createLocalAccess(store),
    close: () =>
      (closed ??= (async () => {
        closing.abort();
        await Promise.all(servers.map(closeServer));
        await Promise.allSettled(running);
        store.catalog.close();
        unlock();
      })()),
  };
}

/** Binds the address, and its sister loopback under the same port, since `localhost` may mean either. */
async function listen(
  makeServer: () => Server,
  host: string,
  port: number,
): Promise<{ servers: Server[]; port: number }> {
  for (let attempt = 0; ; attempt++) {
    const first = makeServer();
    await bind(first, host, port);
    const { port: bound } = first.address() as AddressInfo;
    if (!LOOPBACK.has(host)) return { servers: [first], port: bound };
    const second = makeServer();
    try {
      await bind(second, (first.address() as AddressInfo).address === '::1' ? '127.0.0.1' : '::1', bound);
      return { servers: [first, second], port: bound };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return { servers: [first], port: bound };
      await closeServer(first);
      if (port !== 0 || attempt === 10) throw error;
    }
  }
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      done();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise(done => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

async function handle(store: StoreContext, call: Call): Promise<void> {
  // Without a listener a reset of the connection would end the process.
  call.request.on('error', () => undefined);
  call.response.on('error', () => undefined);
  try {
    await answer(store, call);
  } catch (error) {
    await fail(store, call, error);
  }
}

async function answer(store: StoreContext, call: Call): Promise<void> {
  const { faults } = store;
  const partNumber = Number(call.query.get('partNumber'));
  call.plan = planFaults(faults, {
    operation: call.operation,
    method: call.method,
    bucket: call.bucket,
    key: call.key,
    host: call.log.host,
    partNumber: Number.isInteger(partNumber) && partNumber > 0 ? partNumber : undefined,
    ranged: call.header('range') !== undefined,
  });
  call.connectionRate = faults.bytesPerSecond;
  const { plan } = call;
  call.noteFault();
  try {
    if (plan.delay) await sleep(plan.delay, undefined, { signal: call.signal });
    if (plan.stall === 'before') await silence(plan.stallFor, call.signal);
  } catch {
    throw new ConnectionGone();
  }
  const bucket = store.catalog.buckets.get(call.bucket);
  const rules = bucket ? (bucket.cors ?? store.defaultCors) : undefined;
  const cors = corsHeaders(rules ?? [], call.request, faults.hideETag);
  for (const [name, value] of Object.entries(cors ?? {})) call.response.setHeader(name, value);
  if (plan.status !== undefined && !plan.afterBody) throw call.plannedError(plan.status);
  if (call.operation === 'Preflight') {
    if (cors) return call.respond(200);
    if (call.header('origin') === undefined) {
      throw new S3Error('InvalidRequest', {
        message: 'Insufficient information. Origin request header needed.',
      });
    }
    const message = rules ? undefined : 'CORSResponse: CORS is not enabled for this bucket.';
    throw new S3Error('AccessForbidden', message === undefined ? {} : { message });
  }
  call.checkAddress();
  if (call.operation !== 'PostObject') {
    call.authentication = authenticate(
      { method: call.method, address: call.address, rawHeaders: call.request.rawHeaders },
      {
        credentials: store.credentials,
        region: store.region,
        now: store.clock(),
        expireEarly: faults.expireEarly,
      },
    );
  }
  const operation = OPERATIONS[call.operation];
  if (!operation)
    throw new S3Error(call.operation === 'NotImplemented' ? 'NotImplemented' : 'MethodNotAllowed');
  await operation(store, call);
}

async function fail(store: StoreContext, call: Call, error: unknown): Promise<void> {
  const { response } = call;
  if (error instanceof ConnectionGone || response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const s3Error = asS3Error(error);
  if (s3Error.code === 'InternalError' && !(error instanceof S3Error)) {
    console.error(`S3 store: ${call.operation} failed:`, error);
  }
  for (const name of response.getHeaderNames()) {
    const isCors = name.startsWith('access-control-') || name === 'timing-allow-origin' || name === 'vary';
    const { dropCors } = store.faults;
    const dropped = dropCors === 'errors' || (dropCors === 'refused-signature' && s3Error.refusedSignature);
    if (!isCors || dropped) response.removeHeader(name);
  }
  call.log.code = s3Error.code;
  try {
    const body =
      s3Error.status === 304 ? undefined : s3Error.toXml(call.address.rawPath, call.requestId, call.hostId);
    await call.respond(s3Error.status, { 'Content-Type': 'application/xml', ...s3Error.headers }, body);
  } catch {
    response.destroy();
  }
}
