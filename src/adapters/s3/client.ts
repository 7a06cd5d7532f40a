/** One bucket as its calls see it: keys, signing, sending, and what the storage was learned not to know. */
import { TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { createHttpClient, type HttpClient } from '../http.js';
import { withRetry } from '../retry.js';
import { parseXml, type XmlElement } from '../xml.js';
import { ChecksumMemory } from './checksums.js';
import { readS3Error, type S3ErrorContext } from './errors.js';
import { FormSupport } from './form-support.js';
import { bucketUrlsOf, type S3Options } from './options.js';
import { createSigner, type Signer } from './signers.js';
import type { S3SignedRequest, S3SignRequest } from './signing.js';

export interface SignForOptions {
  readonly signal: AbortSignal;
  readonly attempt?: number;
  /** One of {@link S3Client.origins}. Default: the first. */
  readonly origin?: string | undefined;
  readonly path?: string | undefined;
}

export interface CallS3Options extends SignForOptions, Omit<S3ErrorContext, 'expired'> {
  /** Attempts in all. Default 1: a plan's calls are repeated by the engine. */
  readonly attempts?: number;
  readonly body?: string;
  /** Headers that the signature need not cover. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are an answer here, not an error. */
  readonly accept?: readonly number[];
  /** Milliseconds until the answer must have begun. Default 30,000. */
  readonly timeout?: number;
}

/** Attempts of the calls that elements make directly. */
export const DIRECT_ATTEMPTS = 4;

export interface S3Answer extends TransferResponse {
  /** The key the signer chose, where it chooses. */
  readonly key?: string;
}

export class S3Client {
  readonly options: S3Options;
  /** URL origins that reach the bucket. */
  readonly origins: readonly string[];
  /** Whether the signer signs every call, or only the uploads that @uppy/aws-s3 makes. */
  readonly full: boolean;
  readonly checksums = new ChecksumMemory();
  /** Taken off when the signer or the storage turns out not to have it. */
  readonly has: { checksumMode: boolean; deleteMany: boolean };
  readonly forms: FormSupport;
  readonly #bucketUrls: ReadonlyMap<string, string>;
  readonly #sign: Signer;
  readonly #http: HttpClient = createHttpClient();

  constructor(options: S3Options) {
    this.options = options;
    this.#bucketUrls = bucketUrlsOf(options.bucketUrl);
    this.origins = [...this.#bucketUrls.keys()];
    this.full = options.signer !== 'uppy';
    const isR2 = this.origins.some(origin => new URL(origin).hostname.endsWith('.r2.cloudflarestorage.com'));
    this.forms = new FormSupport(this.full && (options.smallFilesByForm ?? !isR2));
    this.has = {
      checksumMode: this.full,
      deleteMany: this.full,
    };
    this.#sign = createSigner(options, this.#bucketUrls.get(this.origins[0]!)!);
  }

  keyOf(path: string): string {
    return `${this.options.prefix ?? ''}${path}`;
  }

  /** Of the first origin. */
  get bucketUrl(): string {
    return this.#bucketUrls.get(this.origins[0]!)!;
  }

  pathOf(key: string): string {
    const { prefix = '' } = this.options;
    return key.startsWith(prefix) ? key.slice(prefix.length) : key;
  }

  async sign(request: S3SignRequest, options: SignForOptions): Promise<S3SignedRequest> {
    const { signal, attempt = 1, origin, path } = options;
    const bucketUrl = this.#bucketUrls.get(origin ?? '');
    // The signer's default is the first; an endpoint that knows only one URL need not understand the field.
    const named = bucketUrl !== undefined && this.origins.length > 1 ? { ...request, bucketUrl } : request;
    return this.#sign(named, { signal, attempt, path });
  }

  /** Signs and sends one control call. @throws TransferError for every refusal that is not accepted. */
  call(request: S3SignRequest, options: CallS3Options): Promise<S3Answer> {
    return withRetry(attempt => this.#once(request, options, attempt), {
      signal: options.signal,
      attempts: options.attempts ?? 1,
    });
  }

  /** A call whose answer is XML with this root. */
  async callXml(
    request: S3SignRequest,
    root: string,
    options: CallS3Options,
  ): Promise<{ answer: S3Answer; xml: XmlElement }> {
    const answer = await this.call(request, options);
    return { answer, xml: parseAnswer(answer, root, options.path) };
  }

  async #once(request: S3SignRequest, options: CallS3Options, attempt: number): Promise<S3Answer> {
    const number = Math.max(attempt, options.attempt ?? 1);
    try {
      return await this.#send(request, options, number);
    } catch (error) {
      // No answer to HEAD has a body, so it does not say whether the URL had expired or access is refused.
      const { signal } = options;
      if (request.method !== 'HEAD' || number > 1 || !isRefusal(error) || signal.aborted) throw error;
      return this.#send(request, options, number + 1).catch(async second => {
        if (isRefusal(second) && !signal.aborted) await this.#throwWords(request, options);
        throw second;
      });
    }
  }

  /** @throws what a GET of the first byte is refused with: a wrong key, for one, has words of its own. */
  async #throwWords({ key, query }: S3SignRequest, options: CallS3Options): Promise<void> {
    const { accept: _, ...asBefore } = options;
    const request: S3SignRequest = {
      method: 'GET',
      key,
      operation: 'GetObject',
      ...(query ? { query } : {}),
    };
    try {
      await this.#send(request, { ...asBefore, headers: { range: 'bytes=0-0' } }, 1);
    } catch (error) {
      // That this could not be asked, or is not answered either, says less than the first refusal.
      if (error instanceof TransferError && error.serverCode !== undefined && error.reason !== 'signer')
        throw error;
    }
  }

  async #send(request: S3SignRequest, options: CallS3Options, attempt: number): Promise<S3Answer> {
    const { signal, body, headers, accept, timeout, ...context } = options;
    const signed = await this.sign(request, { ...options, attempt });
    const text = signed.body ?? body;
    const response = await this.#http.send(
      {
        method: request.method,
        url: signed.url,
        headers: { ...headers, ...signed.headers },
        ...(text === undefined ? {} : { body: text }),
        ...(timeout === undefined ? {} : { timeout }),
      },
      { signal },
    );
    if (!accept?.includes(response.status)) {
      const error = readS3Error(response, { ...context, expired: hasExpired(signed.expiresAt) });
      if (error) throw error;
    }
    return signed.key === undefined ? response : { ...response, key: signed.key };
  }
}

/** Refused, and nobody said why. */
const isRefusal = (error: unknown): boolean =>
  error instanceof TransferError && error.status === 403 && error.serverCode === undefined;

export function hasExpired(expiresAt: number | undefined): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now();
}

/** @throws TransferError (`invalid-answer`) when the body is not that XML: a proxy's page, a login form. */
export function parseAnswer(answer: TransferResponse, root: string, path?: string): XmlElement {
  try {
    const xml = parseXml(answer.body);
    if (xml.name === root) return xml;
  } catch {
    // Told below.
  }
  throw new TransferError(
    `The storage answered in a form this page does not understand (${answer.status}, not ${root}). Check the address of the bucket.`,
    {
      kind: 'fatal',
      reason: 'invalid-answer',
      status: answer.status,
      ...(path === undefined ? {} : { path }),
    },
  );
}

/** The ETag as entries carry it; undefined for none and for the empty one of older Ceph. */
export function etagOf(value: string | undefined): string | undefined {
  return value?.replace(/^(W\/)?"(.*)"$/, '$1$2') || undefined;
}
