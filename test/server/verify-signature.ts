/**
 * Signature V4 as a storage checks it, from the bytes of the request, written from AWS's description of the canonical
 * request and sharing no code with what signs.
 */

import { createHash, createHmac } from 'node:crypto';

const UNRESERVED = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'));

/** Percent-decoding alone: a plus stays a plus. */
function decode(text: string): Buffer {
  const bytes: number[] = [];
  const source = Buffer.from(text, 'utf8');
  for (let index = 0; index < source.length; index++) {
    if (source[index] === 0x25) {
      bytes.push(Number.parseInt(source.toString('latin1', index + 1, index + 3), 16));
      index += 2;
    } else bytes.push(source[index]!);
  }
  return Buffer.from(bytes);
}

function encode(bytes: Buffer, slash: boolean): string {
  let text = '';
  for (const byte of bytes) {
    if (UNRESERVED.has(byte) || (slash && byte === 0x2f)) text += String.fromCharCode(byte);
    else text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();

export interface Verdict {
  valid: boolean;
  /** Decoded path and query, as the storage reads them. */
  path: string;
  query: Map<string, string>;
  signedHeaders: string[];
  /** Seconds. */
  expires: number;
}

export function signingKey(secret: string, date: string, region: string): Buffer {
  let key: Buffer | string = `AWS4${secret}`;
  for (const step of [date, region, 's3', 'aws4_request']) key = hmac(key, step);
  return key as Buffer;
}

/** Judges a presigned request sent with exactly these headers. */
export function verifyPresigned(
  request: { method: string; url: string; headers?: Record<string, string>; contentLength?: number },
  expected: { accessKeyId: string; secretAccessKey: string; sessionToken?: string; region: string },
): Verdict {
  const [, host = '', rawPath = '', rawQuery = ''] =
    /^https?:\/\/([^/?]+)([^?]*)\?(.*)$/.exec(request.url) ?? [];
  const pairs = rawQuery.split('&').map(pair => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)].map(decode) as [Buffer, Buffer];
  });
  const query = new Map(pairs.map(([name, value]) => [name.toString(), value.toString()]));
  if (query.size !== pairs.length) throw new Error('a query parameter occurs twice');
  const headers = new Map<string, string>([['host', host]]);
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name.toLowerCase(), value);
  if (request.contentLength !== undefined) headers.set('content-length', String(request.contentLength));

  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const date = query.get('X-Amz-Date') ?? '';
  const scope = `${date.slice(0, 8)}/${expected.region}/s3/aws4_request`;
  const canonicalQuery = pairs
    .filter(([name]) => name.toString() !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name, false), encode(value, false)])
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a!), Buffer.from(b!)))
    .map(pair => pair.join('='))
    .join('&');
  const canonical = [
    request.method,
    encode(decode(rawPath || '/'), true),
    canonicalQuery,
    ...signedHeaders.map(name => `${name}:${(headers.get(name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  );
  const signature = hmac(signingKey(expected.secretAccessKey, date.slice(0, 8), expected.region), toSign);
  const unsigned = [...headers.keys()].filter(
    name => (name.startsWith('x-amz-') || name === 'host') && !signedHeaders.includes(name),
  );
  return {
    valid:
      unsigned.length === 0 &&
      query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
      query.get('X-Amz-Credential') === `${expected.accessKeyId}/${scope}` &&
      query.get('X-Amz-Security-Token') === expected.sessionToken &&
      query.get('X-Amz-Signature') === signature.toString('hex'),
    path: decode(rawPath || '/').toString(),
    query,
    signedHeaders,
    expires: Number(query.get('X-Amz-Expires')),
  };
}

export interface Policy {
  expiration: string;
  conditions: (Record<string, string> | [string, string | number, string | number])[];
}

/** Opens a POST policy after checking its signature and that each field is covered by a condition. */
export function openPolicy(
  fields: Readonly<Record<string, string>>,
  expected: { secretAccessKey: string; region: string },
): Policy {
  const date = (fields['x-amz-date'] ?? '').slice(0, 8);
  const signature = hmac(
    signingKey(expected.secretAccessKey, date, expected.region),
    fields.policy ?? '',
  ).toString('hex');
  if (signature !== fields['x-amz-signature']) throw new Error('the policy’s signature is wrong');
  const policy = JSON.parse(Buffer.from(fields.policy!, 'base64').toString('utf8')) as Policy;
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'policy' || name === 'x-amz-signature') continue;
    const covered = policy.conditions.some(
      condition =>
        Array.isArray(condition) &&
        condition[0] === 'eq' &&
        condition[1] === `$${name}` &&
        condition[2] === value,
    );
    if (!covered) throw new Error(`no condition covers the field ${name}`);
  }
  return policy;
}
