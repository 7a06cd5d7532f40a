import { type Address, encodeUri } from './address.js';
import {
  hmac,
  parseAmzDate,
  refuse,
  resolveSigningKey,
  type SignatureContext,
  sameText,
  sha256Hex,
} from './signing-key.js';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const CLOCK_SKEW = 15 * 60 * 1000;
const MAX_EXPIRES = 7 * 24 * 60 * 60;

export interface SignedRequest {
  method: string;
  address: Address;
  /** As they came: names and values in turn. */
  rawHeaders: readonly string[];
}

/** What the verified signature says; the rest of the request is checked against it. */
export interface Authentication {
  accessKeyId: string;
  signingKey: Buffer;
  scope: string;
  amzDate: string;
  signature: string;
  /** `x-amz-content-sha256`: a hash in hex, UNSIGNED-PAYLOAD or STREAMING-… */
  payload: string;
}

function headerMap(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!.trim().replace(/ +/g, ' ');
    headers.set(name, headers.has(name) ? `${headers.get(name)},${value}` : value);
  }
  return headers;
}

function canonicalQuery(query: Address['query']): string {
  return query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The path is decoded and encoded again: clients differ in which characters they leave plain on the wire. */
function canonicalPath(rawPath: string): string {
  const bytes = rawPath.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return bytes.replace(
    /[^A-Za-z0-9\-._~/]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

interface Claim {
  signedHeaders: string[];
  signature: string;
  amzDate: string;
  payload: string;
}

function checkSignature(
  request: SignedRequest,
  headers: Map<string, string>,
  claim: Claim,
  key: { accessKeyId: string; scope: string; signingKey: Buffer },
): void {
  const unsigned = [...headers.keys()].filter(
    name => (name === 'host' || name.startsWith('x-amz-')) && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw refuse('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    });
  }
  const canonicalRequest = [
    request.method,
    canonicalPath(request.address.rawPath),
    canonicalQuery(request.address.query),
    ...claim.signedHeaders.map(name => `${name}:${headers.get(name) ?? ''}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payload,
  ].join('\n');
  const stringToSign = [ALGORITHM, claim.amzDate, key.scope, sha256Hex(canonicalRequest)].join('\n');
  if (!sameText(hmac(key.signingKey, stringToSign).toString('hex'), claim.signature)) {
    throw refuse('SignatureDoesNotMatch', undefined, {
      AWSAccessKeyId: key.accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: claim.signature,
      CanonicalRequest: canonicalRequest,
    });
  }
}

function authenticateQuery(request: SignedRequest, context: SignatureContext): Authentication {
  const malformed = 'AuthorizationQueryParametersError';
  const values = new Map(request.address.query);
  const headers = headerMap(request.rawHeaders);
  const names = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-Date',
    'X-Amz-SignedHeaders',
    'X-Amz-Expires',
  ];
  const [algorithm, credential, signature, amzDate, signedHeaders, expiresText] = names.map(name =>
    values.get(name),
  );
  if (!credential || !signature || !amzDate || !signedHeaders || !expiresText || !algorithm) {
    throw refuse(
      malformed,
      `Query-string authentication version 4 requires the ${names.join(', ')} parameters.`,
    );
  }
  if (algorithm !== ALGORITHM) throw refuse(malformed, `X-Amz-Algorithm only supports "${ALGORITHM}".`);
  const expires = Number(expiresText);
  if (!/^-?\d+$/.test(expiresText)) throw refuse(malformed, 'X-Amz-Expires should be a number.');
  if (expires < 0) throw refuse(malformed, 'X-Amz-Expires must be non-negative.');
  if (expires > MAX_EXPIRES) {
    throw refuse(
      malformed,
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES} seconds.`,
    );
  }
  const date = parseAmzDate(amzDate);
  if (Number.isNaN(date))
    throw refuse(malformed, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\".");
  const token = values.get('X-Amz-Security-Token');
  const key = resolveSigningKey(context, credential, amzDate, token, malformed);
  const end = date + expires * 1000 - context.expireEarly;
  if (context.now >= end) {
    throw refuse('AccessDenied', 'Request has expired', {
      'X-Amz-Expires': expires,
      Expires: new Date(end).toISOString(),
      ServerTime: new Date(context.now).toISOString(),
    });
  }
  if (date > context.now + CLOCK_SKEW) throw refuse('AccessDenied', 'Request is not valid yet');
  const payload =
    values.get('X-Amz-Content-Sha256') ?? headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  checkSignature(
    request,
    headers,
    { signedHeaders: signedHeaders.split(';'), signature, amzDate, payload },
    key,
  );
  return { ...key, amzDate, signature, payload };
}

function authenticateHeader(
  request: SignedRequest,
  context: SignatureContext,
  authorization: string,
): Authentication {
  const malformed = 'AuthorizationHeaderMalformed';
  const headers = headerMap(request.rawHeaders);
  if (!authorization.startsWith(ALGORITHM)) {
    throw refuse(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  const fields = new Map(
    authorization
      .slice(ALGORITHM.length)
      .split(',')
      .map(field => field.trim())
      .map((field): [string, string] => [
        field.slice(0, field.indexOf('=')),
        field.slice(field.indexOf('=') + 1),
      ]),
  );
  const credential = fields.get('Credential');
  const signedHeaders = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (!credential || !signedHeaders || !signature) {
    throw refuse(malformed, 'The authorization header must name Credential, SignedHeaders and Signature.');
  }
  const dateHeader = headers.get('x-amz-date');
  const date = dateHeader ? parseAmzDate(dateHeader) : Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(date))
    throw refuse('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  const amzDate = dateHeader ?? new Date(date).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const payload = headers.get('x-amz-content-sha256');
  if (payload === undefined) {
    throw refuse('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const key = resolveSigningKey(context, credential, amzDate, headers.get('x-amz-security-token'), malformed);
  if (Math.abs(context.now - date) > CLOCK_SKEW) {
    throw refuse('RequestTimeTooSkewed', undefined, {
      RequestTime: amzDate,
      ServerTime: new Date(context.now).toISOString(),
      MaxAllowedSkewMilliseconds: CLOCK_SKEW,
    });
  }
  checkSignature(
    request,
    headers,
    { signedHeaders: signedHeaders.split(';'), signature, amzDate, payload },
    key,
  );
  return { ...key, amzDate, signature, payload };
}

/**
 * Checks the Signature V4 of a request, in its header or its query.
 *
 * @throws S3Error the error S3 gives for a missing, wrong, expired or incomplete signature
 */
export function authenticate(request: SignedRequest, context: SignatureContext): Authentication {
  const inQuery = request.address.query.some(
    ([name]) => name === 'X-Amz-Algorithm' || name === 'X-Amz-Signature',
  );
  const index = request.rawHeaders.findIndex(
    (name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization',
  );
  const authorization = index < 0 ? undefined : request.rawHeaders[index + 1]!;
  if (inQuery && authorization !== undefined) {
    throw refuse(
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified',
    );
  }
  if (inQuery) return authenticateQuery(request, context);
  if (authorization !== undefined) return authenticateHeader(request, context, authorization);
  throw refuse('AccessDenied');
}
