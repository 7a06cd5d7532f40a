/** The three ways to a signed request, behind one function. */
import { errorName, TransferError } from '../../core/errors.js';
import { abortedError } from '../http-errors.js';
import { createBatcher } from './batch.js';
import {
  type GetCredentials,
  isRefusal,
  type S3CredentialsOptions,
  type S3Options,
  type S3SignerOptions,
} from './options.js';
import type { S3Credentials } from './presign.js';
import { presignLoader } from './presign-loader.js';
import { refusalError, thrownError, unusableError } from './signer-errors.js';
import type { S3SignedRequest, S3SignRequest } from './signing.js';

export interface SignOptions {
  readonly signal: AbortSignal;
  /** From 2 on, credentials kept from before are not trusted. */
  readonly attempt: number;
  /** Path for errors. */
  readonly path?: string | undefined;
}

/** @throws TransferError */
export type Signer = (request: S3SignRequest, options: SignOptions) => Promise<S3SignedRequest>;

export function createSigner(options: S3Options, defaultBucketUrl: string): Signer {
  return options.getCredentials
    ? signInPage(options, defaultBucketUrl)
    : signAtServer(options as S3SignerOptions);
}

function signAtServer({ signRequest, signRequests, signer }: S3SignerOptions): Signer {
  const ask = signRequests ? createBatcher(signRequests) : signRequest;
  return async (request, { signal, path }) => {
    const asked = signer === 'uppy' ? asUppyAsks(request) : request;
    let answer: unknown;
    try {
      answer = await ask(asked, { signal });
    } catch (error) {
      throw thrownError(error, signal, path);
    }
    if (signal.aborted) throw abortedError();
    // Pages often hand the JSON on without a look at the status.
    if (isRefusal(answer)) throw refusalError(answer, path);
    const signed = answer as Partial<S3SignedRequest> | null | undefined;
    if (typeof signed?.url !== 'string' || !URL.canParse(signed.url)) throw unusableError(path);
    return signed as S3SignedRequest;
  };
}

/** The fields that @uppy/aws-s3 sends; a strict signer refuses others. */
function asUppyAsks({ method, key, expiresIn, contentType, uploadId, partNumber }: S3SignRequest) {
  const isPut = method === 'PUT' && uploadId === undefined;
  return {
    method,
    key,
    ...(expiresIn === undefined ? {} : { expiresIn }),
    ...(contentType === undefined || !isPut ? {} : { contentType }),
    ...(uploadId === undefined ? {} : { uploadId }),
    ...(partNumber === undefined ? {} : { partNumber }),
  };
}

function signInPage(options: S3CredentialsOptions, defaultBucketUrl: string): Signer {
  const credentials = createCredentialsCache(options.getCredentials);
  const load = presignLoader();
  return async (request, { signal, attempt, path }) => {
    const { presign, expirationOf } = await load(path);
    const current = await credentials({ signal, fresh: attempt > 1, path, expirationOf });
    try {
      return await presign(request, {
        bucketUrl: request.bucketUrl ?? defaultBucketUrl,
        region: current.region ?? options.region ?? 'us-east-1',
        credentials: current.credentials,
      });
    } catch (error) {
      throw new TransferError(
        `This name or this request cannot be sent to the storage: ${error instanceof Error ? error.message : ''}`,
        {
          kind: 'fatal',
          reason: 'invalid-input',
          ...(path === undefined ? {} : { path }),
          cause: errorName(error),
        },
      );
    }
  };
}

interface Held {
  readonly credentials: S3Credentials;
  readonly region: string | undefined;
  readonly fetchedAt: number;
}

/** Renewed so many milliseconds before they end: a URL signed with them dies with them. */
const RENEW_BEFORE_END = 5 * 60_000;
/** A fresh signature does not mean fresh credentials again when they were fetched just now. */
const FRESH_ENOUGH = 10_000;

function createCredentialsCache(getCredentials: GetCredentials) {
  let held: Held | undefined;
  let under: Promise<Held> | undefined;

  async function fetchNow(): Promise<Held> {
    // Shared by all who wait, so no single caller's signal may end it.
    const answer = await getCredentials({ signal: new AbortController().signal });
    const inner = 'credentials' in answer ? answer.credentials : answer;
    if (typeof inner?.accessKeyId !== 'string' || typeof inner.secretAccessKey !== 'string') {
      throw new TransferError(
        'This page got no usable credentials for the storage. Sign in again, or tell whoever runs this site.',
        { kind: 'fatal', reason: 'signer' },
      );
    }
    const region = 'credentials' in answer ? answer.region : undefined;
    return { credentials: inner, region, fetchedAt: Date.now() };
  }

  return async (options: {
    signal: AbortSignal;
    fresh: boolean;
    path: string | undefined;
    expirationOf(credentials: S3Credentials): number | undefined;
  }): Promise<Held> => {
    const { signal, fresh, path, expirationOf } = options;
    if (held) {
      const end = expirationOf(held.credentials) ?? Number.POSITIVE_INFINITY;
      const age = Date.now() - held.fetchedAt;
      // Credentials that live shorter than the margin are used for half their life.
      const margin = Math.min(RENEW_BEFORE_END, (end - held.fetchedAt) / 2);
      if (Date.now() < end - margin && !(fresh && age > FRESH_ENOUGH)) return held;
    }
    under ??= fetchNow().finally(() => {
      under = undefined;
    });
    try {
      held = await raceAbort(under, signal);
      return held;
    } catch (error) {
      throw thrownError(error, signal, path);
    }
  };
}

function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(abortedError());
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError());
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
