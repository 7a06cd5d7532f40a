/**
 * The server half of an S3 upload: a Fetch handler that signs what a page may do, and nothing else.
 *
 * Runs wherever `Request`, `Response` and WebCrypto exist: Node 20, Workers, Deno, Bun.
 */

import { MAX_EXPIRES_IN, presign, type S3Credentials } from '../adapters/s3/presign.js';
import type { S3SignBatchResponse, S3SignedRequest, S3SignRefusal } from '../adapters/s3/signing.js';
import { readJson } from './s3-signer/body.js';
import { bucketUrls, chooseBucketUrl } from './s3-signer/buckets.js';
import { checkConstraints, constrain } from './s3-signer/constrain.js';
import { credentialSource } from './s3-signer/credentials.js';
import { normalizePrefix } from './s3-signer/keys.js';
import type {
  S3AuthorizeContext,
  S3AuthorizeRequest,
  S3SignerConstraints,
  S3SignerOptions,
} from './s3-signer/options.js';
import { originPolicy } from './s3-signer/origin.js';
import { type ParsedRequest, parseRequest } from './s3-signer/parse.js';
import { forbidden, invalid, S3SignRefused } from './s3-signer/refusal.js';

export type { S3Credentials } from '../adapters/s3/presign.js';
export type {
  S3Operation,
  S3SignBatch,
  S3SignBatchResponse,
  S3SignedRequest,
  S3SignRefusal,
  S3SignRequest,
} from '../adapters/s3/signing.js';
export type * from './s3-signer/options.js';
export { S3SignRefused } from './s3-signer/refusal.js';

/** How many requests of a batch are judged at a time: `authorize` may ask a database. */
const BATCH_CONCURRENCY = 32;
const DEFAULT_EXPIRES_IN = 900;
const DEFAULT_MAX_BATCH = 1000;
const DEFAULT_MAX_BODY_SIZE = 4 * 1024 ** 2;

/**
 * Makes a handler for POST requests that hold one signing request as JSON, or many as `{ requests: […] }`.
 *
 * One is answered by the signed request, or by `{ error: { code, message, status } }` with that status. A batch is
 * answered with 200 by `{ responses: […] }`, in order, each one of the two.
 *
 * What a signature leaves open is for the storage to refuse. AWS refuses every `x-amz-` header that is not signed;
 * Ceph's gateway 16 takes them, so that whoever holds a URL for an upload can add `x-amz-copy-source` and copy another
 * object to that key. On such an engine a prefix keeps people apart only if the credentials behind the signer reach no
 * further than it.
 *
 * @throws TypeError when an option is missing or cannot be used, `authorize` above all: a signer without it would
 *   open the bucket to everyone.
 */
export function createS3Signer<Context = unknown>(
  options: S3SignerOptions<Context>,
): (request: Request, context?: Context) => Promise<Response> {
  const { authorize, bucket, region, onError, now = Date.now } = options;
  if (typeof authorize !== 'function') {
    throw new TypeError('createS3Signer: give an authorize function that decides who may do what.');
  }
  if (!bucket || bucket.includes('/')) throw new TypeError('createS3Signer: give the name of the bucket.');
  if (!region) throw new TypeError('createS3Signer: give a region (us-east-1 where the storage has none).');
  if (!options.credentials)
    throw new TypeError('createS3Signer: give credentials, or a function that gets them.');
  const maxExpiresIn = options.maxExpiresIn ?? DEFAULT_EXPIRES_IN;
  if (!Number.isInteger(maxExpiresIn) || maxExpiresIn < 1 || maxExpiresIn > MAX_EXPIRES_IN) {
    throw new TypeError(`createS3Signer: maxExpiresIn must be from 1 to ${MAX_EXPIRES_IN} seconds.`);
  }
  const maxBatch = options.maxBatch ?? DEFAULT_MAX_BATCH;
  const maxBodySize = options.maxBodySize ?? DEFAULT_MAX_BODY_SIZE;
  const urls = bucketUrls(options.endpoint, bucket, options.style);
  const prefix = normalizePrefix(options.prefix);
  const origins = originPolicy(options.cors);
  const getCredentials = credentialSource(options.credentials, now);

  async function decide(
    asked: S3AuthorizeRequest,
    context: S3AuthorizeContext<Context>,
  ): Promise<S3SignerConstraints> {
    let answer: Awaited<ReturnType<typeof authorize>>;
    try {
      answer = await authorize(asked, context);
    } catch (error) {
      if (error instanceof S3SignRefused) throw error;
      onError?.(error, context);
      throw forbidden('You may not do this here.');
    }
    if (answer === true) return {};
    if (answer && typeof answer === 'object') return checkConstraints(answer);
    throw forbidden('You may not do this here.');
  }

  async function signOne(
    input: unknown,
    context: S3AuthorizeContext<Context>,
    credentials: () => Promise<S3Credentials>,
  ): Promise<S3SignedRequest> {
    const parsed = parseRequest(input, bucket);
    const bucketUrl = chooseBucketUrl(urls, parsed.bucketUrl);
    const asked = describe(parsed, bucketUrl);
    const limits = await constrain(parsed, asked, await decide(asked, context), prefix, bucket);
    const longest = Math.min(maxExpiresIn, limits.expiresIn ?? maxExpiresIn);
    const request = {
      ...limits.request,
      expiresIn: Math.min(limits.request.expiresIn ?? DEFAULT_EXPIRES_IN, longest),
    };
    let signed: S3SignedRequest;
    const key = await credentials();
    try {
      signed = await presign(request, {
        bucketUrl,
        bucket,
        region,
        credentials: key,
        signContentLength: true,
        ...(limits.minSize === undefined ? {} : { minSize: limits.minSize }),
        ...(limits.maxSize === undefined ? {} : { maxSize: limits.maxSize }),
        now,
      });
    } catch (error) {
      if (error instanceof TypeError) throw invalid(error.message);
      throw error;
    }
    return request.key === parsed.key ? signed : { ...signed, key: request.key };
  }

  return async (request, platform) => {
    const context: S3AuthorizeContext<Context> = { request, context: platform };
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
      new Response(JSON.stringify(body), {
        status,
        headers: {
          ...origins.headers(request),
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          ...headers,
        },
      });
    const refusal = (error: unknown): S3SignRefusal => {
      if (error instanceof S3SignRefused) return error.toJSON();
      onError?.(error, context);
      return new S3SignRefused(
        500,
        'InternalError',
        'The signer failed. Whoever runs it finds the reason in its log.',
      ).toJSON();
    };

    try {
      if (request.method === 'OPTIONS') return origins.preflight(request);
      if (request.method !== 'POST') {
        const error = new S3SignRefused(405, 'MethodNotAllowed', 'Ask for signatures with POST.');
        return answer(405, error, { allow: 'POST, OPTIONS' });
      }
      origins.check(request);
      const input = await readJson(request, maxBodySize);
      // Once per call, so that credentials without an expiration are not fetched for each request of a batch.
      let pending: Promise<S3Credentials> | undefined;
      const credentials = () => (pending ??= getCredentials(error => onError?.(error, context)));

      const requests = batchOf(input);
      if (!requests) return answer(200, await signOne(input, context, credentials));
      if (requests.length > maxBatch) {
        throw new S3SignRefused(413, 'BatchTooLarge', `A batch holds at most ${maxBatch} requests.`);
      }
      const responses = await inTurns(requests, one =>
        signOne(one, context, credentials).catch((error: unknown) => refusal(error)),
      );
      return answer(200, { responses } satisfies S3SignBatchResponse);
    } catch (error) {
      const { error: details } = refusal(error);
      return answer(details.status, { error: details });
    }
  };
}

/** The requests of a batch; undefined when the input is a single one. */
function batchOf(input: unknown): readonly unknown[] | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, 'requests')) return undefined;
  const { requests } = input as { requests: unknown };
  if (!Array.isArray(requests)) throw invalid('requests must be an array.');
  return requests;
}

function describe(parsed: ParsedRequest, bucketUrl: string): S3AuthorizeRequest {
  const { operation, method, key, query, headers } = parsed;
  const contentType = parsed.contentType ?? headers['content-type'];
  const lists = operation === 'ListObjectsV2' || operation === 'ListMultipartUploads';
  return {
    operation,
    method,
    key,
    bucketUrl,
    query: { ...query },
    headers: { ...headers },
    ...(lists ? { prefix: query.prefix ?? '' } : {}),
    ...(parsed.keys ? { keys: [...parsed.keys] } : {}),
    ...(parsed.sourceKey === undefined ? {} : { sourceKey: parsed.sourceKey }),
    ...(parsed.sourceVersionId === undefined ? {} : { sourceVersionId: parsed.sourceVersionId }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(parsed.contentLength === undefined ? {} : { contentLength: parsed.contentLength }),
    ...(parsed.uploadId === undefined ? {} : { uploadId: parsed.uploadId }),
    ...(parsed.partNumber === undefined ? {} : { partNumber: parsed.partNumber }),
  };
}

/** Maps with a bounded number under way, keeping the order. */
async function inTurns<Input, Output>(
  inputs: readonly Input[],
  work: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs = new Array<Output>(inputs.length);
  const entries = inputs.entries();
  const worker = async () => {
    for (const [index, input] of entries) outputs[index] = await work(input);
  };
  await Promise.all(Array.from({ length: BATCH_CONCURRENCY }, worker));
  return outputs;
}
