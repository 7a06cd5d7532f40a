import type { IncomingMessage } from 'node:http';

/** What pages of other origins may do. All of it may be changed while the stand-in runs. */
export interface CorsPolicy {
  /** Origins, or `*`. Empty: no CORS at all, as when nobody has set it up. */
  origins: string[];
  methods: string[];
  /** Request headers beyond the safe-listed ones, in lower case. */
  allowHeaders: string[];
  exposeHeaders: string[];
  /** Cookies may be sent; then the origin is named in place of `*`. */
  credentials?: boolean;
}

/** The response headers for a request; undefined when the policy refuses the page. */
export function corsHeadersFor(
  policy: CorsPolicy,
  { headers, method }: IncomingMessage,
): Record<string, string> | undefined {
  const { origin } = headers;
  if (origin === undefined) return {};
  const anyone = policy.origins.includes('*');
  if (!anyone && !policy.origins.includes(origin)) return undefined;
  const common = {
    'access-control-allow-origin': anyone && !policy.credentials ? '*' : origin,
    ...(policy.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    vary: 'Origin',
  };
  if (method !== 'OPTIONS') {
    const exposed = policy.exposeHeaders.join(', ');
    return { ...common, ...(exposed ? { 'access-control-expose-headers': exposed } : {}) };
  }
  const wanted = headers['access-control-request-method'] ?? '';
  const asked = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(Boolean);
  if (!policy.methods.includes(wanted)) return undefined;
  if (!asked.every(name => policy.allowHeaders.includes(name))) return undefined;
  return {
    ...common,
    'access-control-allow-methods': policy.methods.join(', '),
    'access-control-allow-headers': policy.allowHeaders.join(', '),
    'access-control-max-age': '600',
  };
}
