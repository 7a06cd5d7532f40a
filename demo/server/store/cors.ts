import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.js';
import type { CorsRule } from './model.js';
import { element, optional, S3_NAMESPACE, xmlDocument } from './xml.js';
import { parseXml } from './xml-reader.js';

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];

/** Names instead of `*`: with credentials a star would mean nothing, and HTTP wants each header named. */
export const EXPOSED_HEADERS = [
  'ETag',
  'Content-Length',
  'Content-Range',
  'Content-Encoding',
  'Content-Disposition',
  'Accept-Ranges',
  'Last-Modified',
  'Location',
  'Retry-After',
  'Date',
  'x-amz-request-id',
  'x-amz-id-2',
  'x-amz-version-id',
  'x-amz-checksum-crc32',
  'x-amz-checksum-crc32c',
  'x-amz-checksum-crc64nvme',
  'x-amz-checksum-sha1',
  'x-amz-checksum-sha256',
  'x-amz-checksum-type',
  'x-amz-mp-parts-count',
  'x-amz-tagging-count',
  'x-amz-storage-class',
  'x-amz-abort-date',
  'x-amz-copy-source-version-id',
];

export function defaultCorsRule(origins: readonly string[]): CorsRule {
  return {
    allowedOrigins: [...origins],
    allowedMethods: METHODS,
    allowedHeaders: ['*'],
    exposeHeaders: EXPOSED_HEADERS,
    maxAgeSeconds: 600,
  };
}

/** A pattern of S3's CORS rules: at most one star stands for any text. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(pattern.slice(star + 1))
  );
}

/** The response headers of a request from another origin; undefined when no rule allows it. */
export function corsHeaders(
  rules: readonly CorsRule[],
  request: IncomingMessage,
  hideETag: boolean,
): Record<string, string> | undefined {
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const preflight = request.method === 'OPTIONS';
  const method = preflight ? request.headers['access-control-request-method'] : request.method;
  const asked = (preflight ? (request.headers['access-control-request-headers'] ?? '') : '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '');
  const rule = rules.find(
    candidate =>
      candidate.allowedOrigins.some(pattern => fits(pattern, origin)) &&
      candidate.allowedMethods.includes(method ?? '') &&
      asked.every(name => candidate.allowedHeaders.some(pattern => fits(pattern.toLowerCase(), name))),
  );
  if (!rule) return undefined;
  const anyone = rule.allowedOrigins.includes('*');
  const exposed = rule.exposeHeaders.filter(name => !hideETag || name.toLowerCase() !== 'etag');
  return {
    'Access-Control-Allow-Origin': anyone ? '*' : origin,
    ...(anyone ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
    'Access-Control-Allow-Methods': rule.allowedMethods.join(', '),
    ...(asked.length > 0 ? { 'Access-Control-Allow-Headers': asked.join(', ') } : {}),
    ...(exposed.length > 0 ? { 'Access-Control-Expose-Headers': exposed.join(', ') } : {}),
    ...(preflight && rule.maxAgeSeconds !== undefined
      ? { 'Access-Control-Max-Age': String(rule.maxAgeSeconds) }
      : {}),
    'Timing-Allow-Origin': anyone ? '*' : origin,
    Vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** @throws S3Error MalformedXML, InvalidRequest */
export function parseCorsConfiguration(xml: string): CorsRule[] {
  const rules = parseXml(xml, 'CORSConfiguration')
    .all('CORSRule')
    .map((node): CorsRule => {
      const texts = (name: string) => node.all(name).map(child => child.text.trim());
      const id = node.value('ID');
      const maxAge = node.value('MaxAgeSeconds');
      return {
        ...(id === undefined ? {} : { id }),
        allowedOrigins: texts('AllowedOrigin'),
        allowedMethods: texts('AllowedMethod'),
        allowedHeaders: texts('AllowedHeader'),
        exposeHeaders: texts('ExposeHeader'),
        ...(maxAge === undefined ? {} : { maxAgeSeconds: Number(maxAge) }),
      };
    });
  if (rules.length === 0 || rules.length > 100) throw new S3Error('MalformedXML');
  for (const rule of rules) {
    if (rule.allowedOrigins.length === 0 || rule.allowedMethods.length === 0)
      throw new S3Error('MalformedXML');
    if (rule.maxAgeSeconds !== undefined && !Number.isInteger(rule.maxAgeSeconds))
      throw new S3Error('MalformedXML');
    const method = rule.allowedMethods.find(name => !METHODS.includes(name));
    if (method !== undefined) {
      throw new S3Error('InvalidRequest', {
        message: `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      });
    }
    if ([...rule.allowedOrigins, ...rule.allowedHeaders].some(pattern => pattern.split('*').length > 2)) {
      throw new S3Error('InvalidRequest', {
        message: 'An AllowedOrigin or AllowedHeader can not have more than one wildcard.',
      });
    }
    if (rule.exposeHeaders.some(name => name.includes('*'))) {
      throw new S3Error('InvalidRequest', {
        message: 'ExposeHeader contains wildcard. We currently do not support wildcard for ExposeHeader.',
      });
    }
  }
  return rules;
}

export function renderCorsConfiguration(rules: readonly CorsRule[]): string {
  return xmlDocument(
    element(
      'CORSConfiguration',
      rules.map(rule =>
        element('CORSRule', [
          optional('ID', rule.id),
          ...rule.allowedMethods.map(value => element('AllowedMethod', value)),
          ...rule.allowedOrigins.map(value => element('AllowedOrigin', value)),
          ...rule.allowedHeaders.map(value => element('AllowedHeader', value)),
          ...rule.exposeHeaders.map(value => element('ExposeHeader', value)),
          optional('MaxAgeSeconds', rule.maxAgeSeconds),
        ]),
      ),
      { xmlns: S3_NAMESPACE },
    ),
  );
}
