import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CorsPolicy, corsHeadersFor } from './cors.js';
import { Exchange } from './exchange.js';
import { type ApiFaults, planApiFaults } from './faults.js';
import { Refusal } from './refusal.js';
import { type ApiRequestLog, ApiRequestStats, type ApiStats } from './stats.js';

/**
 * One route. `path` matches the percent-encoded path: `:name` one segment, `*name` the rest, slashes included.
 * The first route that matches wins.
 */
export interface Route {
  /** Name for faults and statistics. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  handle(exchange: Exchange): Promise<void>;
}

export interface ApiServerOptions {
  readonly routes: readonly Route[];
  readonly cors: CorsPolicy;
  readonly faults: ApiFaults;
  /** 0 (the default) takes any free port. Only the loopback address is bound. */
  readonly port?: number;
  /** Runs before the route, its faults already planned; throws to refuse. For what concerns every route. */
  before?(exchange: Exchange): void | Promise<void>;
  /** The platform's envelope for a refusal; unexpected failures come as a Refusal 500, unknown routes as 404, 405. */
  envelope(refusal: Refusal, exchange: Exchange): unknown;
}

export interface ApiServer {
  /** `http://127.0.0.1:PORT`. */
  readonly baseUrl: string;
  readonly port: number;
  readonly stats: ApiStats;
  /** Ends the listener and all connections. */
  close(): Promise<void>;
}

interface CompiledRoute extends Route {
  readonly pattern: RegExp;
}

export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const routes: CompiledRoute[] = options.routes.map(route => ({ ...route, pattern: compile(route.path) }));
  const stats = new ApiRequestStats();
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, (request, response) => {
    const done = answer(request, response).finally(() => running.delete(done));
    running.add(done);
  });

  server.on('connection', socket => {
    if (options.faults.unreachable) socket.resetAndDestroy();
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (options.faults.unreachable) return void request.socket.resetAndDestroy();
    // Without a listener a reset of the connection would end the process.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const exchange = new Exchange(request, response, closing.signal);
    const log: ApiRequestLog = {
      operation: '',
      method: exchange.method,
      target: request.url ?? '/',
      origin: request.headers.origin,
      headerNames: Object.keys(request.headers),
      status: 0,
      started: Date.now(),
      ended: undefined,
      fault: undefined,
    };
    exchange.onFault = () => (log.fault = Date.now());
    stats.add(log);
    response.once('close', () => {
      log.status = response.writableFinished ? response.statusCode : 499;
      log.ended = Date.now();
    });
    try {
      await run(exchange, log);
    } catch (error) {
      if (exchange.signal.aborted || response.destroyed) return;
      if (response.headersSent) return void response.destroy();
      if (!(error instanceof Refusal)) console.error(error);
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, { message: 'Internal server error' });
      await exchange
        .json(refusal.status, options.envelope(refusal, exchange), { ...refusal.headers })
        .catch(() => response.destroy());
    }
  }

  async function run(exchange: Exchange, log: ApiRequestLog): Promise<void> {
    const { method, path, response, request } = exchange;
    const preflight = method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    const allowed = corsHeadersFor(options.cors, request);
    for (const [name, value] of Object.entries(allowed ?? {})) response.setHeader(name, value);
    if (options.faults.delay > 0) await sleep(options.faults.delay, undefined, { signal: exchange.signal });
    if (preflight) {
      stats.name(log, 'preflight');
      return exchange.empty(allowed ? 204 : 403);
    }
    const fitting = routes.filter(route => route.pattern.test(path));
    const route = fitting.find(candidate => candidate.method === method);
    exchange.operation = route?.operation ?? 'unknown';
    stats.name(log, exchange.operation);
    exchange.plan = planApiFaults(options.faults, { operation: exchange.operation, method, path });
    const { plan } = exchange;
    if (Object.keys(plan).length > 0) exchange.onFault();
    if (plan.delay) await sleep(plan.delay, undefined, { signal: exchange.signal });
    if (plan.stall === 'before') await exchange.silence();
    if (plan.cut) return void response.destroy();
    if (plan.body !== undefined) {
      return exchange.text(plan.status ?? 200, plan.body, {
        'content-type': plan.bodyType ?? 'application/json',
        ...plan.headers,
      });
    }
    if (plan.status !== undefined) {
      throw new Refusal(plan.status, {
        ...(plan.code === undefined ? {} : { code: plan.code }),
        message: plan.message ?? 'Refused on demand',
        ...(plan.headers ? { headers: plan.headers } : {}),
      });
    }
    await options.before?.(exchange);
    if (!route) {
      const methods = fitting.map(candidate => candidate.method).join(', ');
      if (!methods) throw new Refusal(404, { message: `Cannot ${method} ${path}` });
      throw new Refusal(405, { message: `Method ${method} not allowed`, headers: { allow: methods } });
    }
    exchange.setParams({ ...route.pattern.exec(path)?.groups });
    await route.handle(exchange);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    stats,
    close: () =>
      (closed ??= (async () => {
        closing.abort();
        const ended = new Promise(resolve => server.close(resolve));
        server.closeAllConnections();
        await ended;
        await Promise.allSettled(running);
      })()),
  };
}

function compile(path: string): RegExp {
  const source = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/[:*](\w+)/g, (match, name: string) =>
      match[0] === ':' ? `(?<${name}>[^/]+)` : `(?<${name}>.*)`,
    );
  return new RegExp(`^${source}$`, 's');
}
