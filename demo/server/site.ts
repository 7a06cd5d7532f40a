import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream';
import type { Platforms } from './platforms/index.js';
import type { Storage } from './storage.js';

/** Answers requests for pages and scripts. */
export type Site = (request: IncomingMessage, response: ServerResponse) => void;

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/**
 * The policy the kit promises to work under (design.md §4, rule 18), with the storage's origins where bytes move and
 * where pictures come from. `strict` also enforces Trusted Types and forbids WebAssembly.
 */
export function contentSecurityPolicy(
  storage: Storage,
  strict: boolean,
  others: readonly string[] = [],
): string {
  const origins = [...new Set([...storage.bucketUrls, ...others].map(url => new URL(url).origin))].join(' ');
  return [
    "default-src 'none'",
    strict ? "script-src 'self'" : "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: data: ${origins}`,
    `connect-src 'self' ${origins}`,
    `frame-src 'self' ${origins}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(strict ? ["require-trusted-types-for 'script'"] : []),
  ].join('; ');
}

/** Serves `dist-demo/` as any static host would. */
export function builtSite(storage: Storage, platforms?: Platforms): Site {
  const root = resolve('dist-demo');
  const others = Object.values(platforms?.environments ?? {}).flatMap(environment =>
    Object.values(environment).filter(value => URL.canParse(value)),
  );
  const policy = (pathname: string) => {
    const policyOf = contentSecurityPolicy(storage, pathname.includes('strict'), others);
    // The page of the platforms connects to real hosts that the person names.
    return pathname.startsWith('/platforms/')
      ? policyOf.replace(/(connect|img)-src/g, '$& https: http:')
      : policyOf;
  };
  return (request, response) => {
    void serveFile(root, policy, request, response).catch(() => response.writeHead(500).end());
  };
}

async function serveFile(
  root: string,
  policy: (pathname: string) => string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  let file = join(root, normalize(decodeURIComponent(pathname)));
  if (file !== root && !file.startsWith(root + sep)) return void response.writeHead(403).end();
  let found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    file = join(file, 'index.html');
    found = await stat(file).catch(() => undefined);
  }
  if (!found?.isFile())
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': found.size,
    'cache-control': 'no-cache',
    'content-security-policy': policy(pathname),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  if (request.method === 'HEAD') return void response.end();
  // Ends the reading too when the browser goes away.
  pipeline(createReadStream(file), response, () => {});
}

/** Compiles on the fly, with reload on change. */
export async function developmentSite(server: Server): Promise<{ site: Site; close(): Promise<void> }> {
  const { createServer } = await import('vite');
  const vite = await createServer({
    server: { middlewareMode: true, ws: { server } },
    appType: 'mpa',
  });
  return { site: (request, response) => vite.middlewares(request, response), close: () => vite.close() };
}
