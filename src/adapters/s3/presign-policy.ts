/**
 * POST policies: signed permission to upload one object by an HTML form, the only upload that S3 takes from a
 * browser without a CORS preflight, and the only one whose size it checks against a range.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */

import type { PresignOptions } from './presign.js';
import { base64, hex, hmacSha256 } from './presign-encoding.js';
import type { S3SignedRequest, S3SignRequest } from './signing.js';

/** Headers of a PUT that a form has a field for, by their lower-case name, with the field's own spelling. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  'content-type': 'Content-Type',
  'content-disposition': 'Content-Disposition',
  'content-encoding': 'Content-Encoding',
  'cache-control': 'Cache-Control',
  expires: 'Expires',
};

/** The form field for a header, or undefined where S3 has none. */
export function policyFieldName(header: string): string | undefined {
  const known = FIELD_NAMES[header];
  if (known) return known;
  return /^x-amz-(?:meta-.+|checksum-.+|storage-class|server-side-encryption.*)$/.test(header)
    ? header
    : undefined;
}

export interface PolicyParts {
  /** Where the form goes. */
  url: string;
  bucket: string;
  /** The headers a PUT would have, content type included. */
  headers: Readonly<Record<string, string>>;
  /** The moment of signing as `YYYYMMDDTHHMMSSZ`. */
  datetime: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

/**
 * Signs a policy for exactly this key, type, metadata and size.
 *
 * @throws TypeError when a header has no form field, or the key holds `${filename}`, which S3 would replace.
 */
export async function signPostPolicy(
  request: S3SignRequest,
  options: PresignOptions,
  parts: PolicyParts,
): Promise<S3SignedRequest> {
  if (request.key.includes('${' + 'filename}')) {
    throw new TypeError(
      'S3 replaces “${' + 'filename}” in the key of a form: rename the file, or send it with PUT.',
    );
  }
  const { credentials, region } = options;
  const day = parts.datetime.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const fields: Record<string, string> = { key: request.key };
  for (const [name, value] of Object.entries(parts.headers)) {
    const field = policyFieldName(name);
    if (!field)
      throw new TypeError(`A form upload has no field for the header “${name}”: send the file with PUT.`);
    fields[field] = value;
  }
  // Any 2xx would do for S3, but 201 alone comes with a body that tells ETag and key even where CORS hides headers.
  fields.success_action_status = '201';
  fields['x-amz-algorithm'] = 'AWS4-HMAC-SHA256';
  fields['x-amz-credential'] = `${credentials.accessKeyId}/${scope}`;
  fields['x-amz-date'] = parts.datetime;
  if (credentials.sessionToken) fields['x-amz-security-token'] = credentials.sessionToken;

  const conditions = [`{"bucket":${quote(parts.bucket)}}`];
  for (const [name, value] of Object.entries(fields)) conditions.push(`["eq","$${name}",${quote(value)}]`);
  const range = sizeRange(request, options);
  if (range) conditions.push(`["content-length-range",${range.join(',')}]`);

  const expiration = new Date(parts.expiresAt).toISOString();
  const policy = base64(`{"expiration":"${expiration}","conditions":[${conditions.join(',')}]}`);
  let key = await hmacSha256(`AWS4${credentials.secretAccessKey}`, day);
  for (const step of [region, 's3', 'aws4_request']) key = await hmacSha256(key, step);
  fields.policy = policy;
  fields['x-amz-signature'] = hex(await hmacSha256(key, policy));
  return { url: parts.url, fields, expiresAt: parts.expiresAt };
}

function sizeRange(request: S3SignRequest, options: PresignOptions): [number, number] | undefined {
  if (request.contentLength !== undefined) return [request.contentLength, request.contentLength];
  const { minSize, maxSize } = options;
  if (minSize === undefined && maxSize === undefined) return undefined;
  return [minSize ?? 0, maxSize ?? MAX_SINGLE_UPLOAD];
}

/** S3 takes 5 GiB in one request. */
export const MAX_SINGLE_UPLOAD = 5 * 1024 ** 3;

/**
 * A value as JSON. A dollar sign inside a value must be escaped in a policy, and S3's own `\$` is no JSON: the Unicode
 * escape is understood by S3 and by every engine that parses strictly. Other characters stay UTF-8: Ceph 16 reads the
 * escaped halves of a surrogate pair as two characters.
 */
function quote(value: string): string {
  return JSON.stringify(value).replaceAll('$', '\\u0024');
}
