import { createHmac, randomBytes } from 'node:crypto';

/** What a stand-in knows of a token. Mutable: tests revoke, expire and narrow them. */
export interface KnownToken {
  readonly token: string;
  /** Who it was given to. */
  readonly subject: string;
  /** What it may do; a platform without scopes leaves it empty and does not look. */
  scopes: string[];
  /** Milliseconds since 1970; default: never. */
  expiresAt?: number;
  revoked?: boolean;
}

/** The token of an `Authorization` header with this scheme (case does not matter), else undefined. */
export function tokenOf(authorization: string | undefined, scheme = 'Bearer'): string | undefined {
  const [word, token, ...more] = (authorization ?? '').trim().split(/\s+/);
  return word?.toLowerCase() === scheme.toLowerCase() && token && more.length === 0 ? token : undefined;
}

/** Random letters and digits, for keys that begin with a platform's own prefix. */
export function randomToken(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(randomBytes(length), byte => alphabet[byte % alphabet.length]).join('');
}

/** A signed JWT, for platforms whose clients look into their token. */
export function jsonWebToken(claims: Readonly<Record<string, unknown>>, secret: string): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
