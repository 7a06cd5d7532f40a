import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type ErrorDetails, S3Error } from './errors.js';
import type { StoreCredential } from './options.js';

export interface SignatureContext {
  credentials: readonly StoreCredential[];
  region: string;
  now: number;
  /** Milliseconds by which signed URLs and policies end too early (a fault switch). */
  expireEarly: number;
}

/** An error that comes before the sender of a request is known. */
export function refuse(code: string, message?: string, details?: ErrorDetails): S3Error {
  return new S3Error(code, {
    refusedSignature: true,
    ...(message === undefined ? {} : { message }),
    ...(details ? { details } : {}),
  });
}

export function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest();
}

export function sha256Hex(data: string | Uint8Array): string {
  const hash = createHash('sha256');
  return (typeof data === 'string' ? hash.update(data, 'latin1') : hash.update(data)).digest('hex');
}

export function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

interface Scope {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  text: string;
}

function parseScope(credential: string): Scope | undefined {
  const match = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/(aws4_request)$/.exec(credential);
  if (!match) return undefined;
  const [, accessKeyId, date, region, service, terminator] = match as unknown as string[];
  return {
    accessKeyId: accessKeyId!,
    date: date!,
    region: region!,
    service: service!,
    text: `${date}/${region}/${service}/${terminator}`,
  };
}

/** `20260131T120000Z` in milliseconds; NaN when it is something else. */
export function parseAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return match
    ? Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`)
    : Number.NaN;
}

/**
 * Finds the secret for an access key and session token and derives the signing key of the scope.
 *
 * @param malformed code for a scope that cannot be right: it differs between header and query signing
 */
export function resolveSigningKey(
  context: SignatureContext,
  credential: string,
  amzDate: string,
  token: string | undefined,
  malformed: string,
): { accessKeyId: string; scope: string; signingKey: Buffer } {
  const scope = parseScope(credential);
  if (!scope)
    throw refuse(malformed, 'The credential must have the form KEY/YYYYMMDD/REGION/s3/aws4_request.');
  if (scope.date !== amzDate.slice(0, 8)) {
    throw refuse(
      malformed,
      `Invalid credential date "${scope.date}". This date is not the same as the request's date.`,
    );
  }
  if (scope.service !== 's3')
    throw refuse(malformed, `Incorrect service "${scope.service}". Expecting "s3".`);
  if (scope.region !== context.region) {
    throw refuse(malformed, `The region '${scope.region}' is wrong; expecting '${context.region}'.`, {
      Region: context.region,
    });
  }
  const candidates = context.credentials.filter(known => known.accessKeyId === scope.accessKeyId);
  if (candidates.length === 0) {
    throw refuse('InvalidAccessKeyId', undefined, { AWSAccessKeyId: scope.accessKeyId });
  }
  const known = candidates.find(candidate => candidate.sessionToken === token);
  if (!known) {
    // Temporary keys without their token are simply unknown to S3.
    if (token === undefined)
      throw refuse('InvalidAccessKeyId', undefined, { AWSAccessKeyId: scope.accessKeyId });
    throw refuse('InvalidToken');
  }
  if (known.expiresAt !== undefined && context.now >= known.expiresAt) throw refuse('ExpiredToken');
  const signingKey = [scope.date, scope.region, 's3', 'aws4_request'].reduce<Buffer | string>(
    (key, part) => hmac(key, part),
    `AWS4${known.secretAccessKey}`,
  ) as Buffer;
  return { accessKeyId: scope.accessKeyId, scope: scope.text, signingKey };
}
