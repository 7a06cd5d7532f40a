/**
 * Which pages may ask.
 *
 * The signer usually knows its caller by a cookie, which browsers send along for pages of other sites too. Such a page
 * could not read the answer, and a signature nobody reads opens nothing; but `authorize` would run in the person's
 * name (quotas, logs), and a CORS mistake would then give the answer away as well. So:
 *
 * - A request that says it comes from another origin is refused, unless `cors` lists that origin. Browsers say so in
 *   `Sec-Fetch-Site` and in the `Origin` of every POST.
 * - `application/json` needs no more: across origins it takes a preflight, which is answered for listed origins only.
 * - `text/plain`, which `fetch` names by itself for a string, is what a foreign page could send without a preflight:
 *   it needs proof of its origin by one of those headers.
 * - Programs that are no browsers send neither header, and carry nobody's cookies by accident: JSON is enough.
 */

import type { S3SignerCors } from './options.js';
import { forbidden, S3SignRefused } from './refusal.js';

export interface OriginPolicy {
  /** Headers that let the asking page read the answer; none for the signer's own origin. */
  headers(request: Request): Record<string, string>;
  /** The answer to a preflight. */
  preflight(request: Request): Response;
  /** Throws a refusal unless the request may be answered. */
  check(request: Request): void;
}

/** @throws TypeError when cookies are to be allowed for every origin. */
export function originPolicy(cors: S3SignerCors | undefined): OriginPolicy {
  const origins = cors?.origins ?? [];
  const all = origins === '*' || origins.includes('*');
  if (all && cors?.credentials) {
    throw new TypeError('createS3Signer: cors cannot allow cookies for all origins: list the origins.');
  }
  const listed = new Set(origins === '*' ? [] : origins.map(origin => normalizeOrigin(origin)));

  const isListed = (request: Request): boolean => {
    const origin = request.headers.get('origin');
    return origin !== null && (all || listed.has(origin.toLowerCase()));
  };

  const headers = (request: Request): Record<string, string> => {
    if (!cors) return {};
    if (!isListed(request)) return { vary: 'Origin' };
    return {
      vary: 'Origin',
      'access-control-allow-origin': all ? '*' : request.headers.get('origin')!,
      ...(cors.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    };
  };

  return {
    headers,
    preflight(request) {
      if (!isListed(request) && !isSameOrigin(request)) {
        throw forbidden('Pages of this origin may not ask for signatures here.', 'OriginNotAllowed');
      }
      return new Response(null, {
        status: 204,
        headers: {
          ...headers(request),
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': ['content-type', 'authorization', ...(cors?.headers ?? [])].join(
            ', ',
          ),
          'access-control-max-age': String(cors?.maxAge ?? 7200),
        },
      });
    },
    check(request) {
      const known = isListed(request) || isSameOrigin(request);
      const says = request.headers.has('origin') || request.headers.has('sec-fetch-site');
      if (says && !known) {
        throw forbidden(
          'This page’s origin may not ask for signatures here: whoever runs the signer can list it in “cors”.',
          'OriginNotAllowed',
        );
      }
      const type = (request.headers.get('content-type') ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
      if (type === 'application/json' || (type === 'text/plain' && known)) return;
      throw new S3SignRefused(
        415,
        'UnsupportedMediaType',
        'Send the request as JSON, with content-type: application/json.',
      );
    },
  };
}

function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  // By host, not by scheme: behind a proxy that ends TLS the signer sees http.
  const { host } = new URL(origin);
  return host === new URL(request.url).host || host === request.headers.get('host');
}

function normalizeOrigin(origin: string): string {
  if (origin === '*') return origin;
  if (!URL.canParse(origin) || !/^https?:/i.test(origin)) {
    throw new TypeError(
      `createS3Signer: “${origin}” in cors.origins is no origin such as https://app.example.`,
    );
  }
  return new URL(origin).origin;
}
