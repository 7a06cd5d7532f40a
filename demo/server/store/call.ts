import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, parseAddress, toHeaderValue } from './address.js';
import { decodeAwsChunked } from './aws-chunked.js';
import { S3Error } from './errors.js';
import { defaultCode, type FaultPlan } from './faults.js';
import type { LoggedRequest } from './options.js';
import { Pace, silence } from './pace.js';
import { operationOf } from './route.js';
import type { Authentication } from './signature.js';
import { withoutSecrets } from './stats.js';

/** The client hung up, or a fault switch hung up for it: there is nobody to answer. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone';
}

export type ResponseHeaders = Record<string, string | number | undefined>;
export type ResponseBody = string | { length: number; bytes: AsyncIterable<Buffer> };

const paces = new WeakMap<Socket, Pace>();

/** One request and its answer. */
export class Call {
  readonly requestId = randomBytes(8).toString('hex').toUpperCase();
  readonly hostId = randomBytes(32).toString('base64');
  readonly method: string;
  readonly address: Address;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly operation: string;
  readonly log: LoggedRequest;
  /** Aborted when the connection ends or the store closes. */
  readonly signal: AbortSignal;
  /** Of an aws-chunked body, complete after the body was read. */
  readonly trailers = new Map<string, string>();
  plan: FaultPlan = {};
  connectionRate = 0;
  authentication: Authentication | undefined;
  #addressError: unknown;
  #mustContinue: boolean;
  readonly #hoisted = new Map<string, string>();
  readonly #requestPace = new Pace();
  #stalled = false;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    expectsContinue: boolean,
    closing: AbortSignal,
  ) {
    this.#mustContinue = expectsContinue;
    this.method = request.method ?? 'GET';
    const host = request.headers.host ?? '';
    try {
      this.address = parseAddress(request.url ?? '/', host);
    } catch (error) {
      this.#addressError = error;
      this.address = { bucket: '', key: '', rawPath: '/', query: [] };
    }
    this.bucket = this.address.bucket;
    this.key = this.address.key;
    const query = new Map<string, string>();
    for (const [name, value] of this.address.query) if (!query.has(name)) query.set(name, value);
    this.query = query;
    for (const [name, value] of query) {
      if (/^x-amz-/i.test(name)) this.#hoisted.set(name.toLowerCase(), toHeaderValue(value));
    }
    this.operation = operationOf(this.method, this.bucket, this.key, query, request.headers);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    this.signal = AbortSignal.any([gone.signal, closing]);
    this.log = {
      requestId: this.requestId,
      method: this.method,
      path: withoutSecrets(request.url ?? '/'),
      operation: this.operation,
      bucket: this.bucket,
      key: this.key,
      host,
      origin: request.headers.origin,
      headerNames: Object.keys(request.headers),
      range: request.headers.range,
      status: 0,
      code: undefined,
      bytesIn: 0,
      bytesOut: 0,
      started: Date.now(),
      ended: undefined,
      fault: undefined,
    };
  }

  /** @throws what was wrong with the address */
  checkAddress(): void {
    if (this.#addressError) throw this.#addressError;
  }

  /** A request header; one that starts with `x-amz-` may also stand in the query, where presigning clients put it. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    if (value !== undefined) return Array.isArray(value) ? value.join(', ') : value;
    return this.#hoisted.get(name);
  }

  /** All headers with this prefix, wherever they stand. */
  headersWith(prefix: string): [name: string, value: string][] {
    const names = new Set([...this.#hoisted.keys(), ...Object.keys(this.request.headers)]);
    return [...names].filter(name => name.startsWith(prefix)).map(name => [name, this.header(name)!]);
  }

  /** Length of the object's bytes in the body, without framing. Undefined when the request does not say. */
  get contentLength(): number | undefined {
    const text = this.#chunked ? this.header('x-amz-decoded-content-length') : this.header('content-length');
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }

  get #chunked(): boolean {
    return this.authentication?.payload.startsWith('STREAMING-') ?? false;
  }

  /**
   * The body without framing, its signature or hash checked when it ends.
   *
   * @throws S3Error XAmzContentSHA256Mismatch, IncompleteBody, SignatureDoesNotMatch, MissingContentLength
   */
  async *body(): AsyncGenerator<Buffer> {
    const payload = this.authentication?.payload ?? 'UNSIGNED-PAYLOAD';
    if (this.#chunked) {
      const decodedLength = this.contentLength;
      if (decodedLength === undefined) throw new S3Error('MissingContentLength');
      yield* decodeAwsChunked(this.rawBody(), {
        decodedLength,
        signed: payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
        trailer: payload.endsWith('-TRAILER'),
        authentication: this.authentication!,
        onTrailer: (name, value) => void this.trailers.set(name, value),
      });
      return;
    }
    const hash = payload === 'UNSIGNED-PAYLOAD' ? undefined : createHash('sha256');
    for await (const piece of this.rawBody()) {
      hash?.update(piece);
      yield piece;
    }
    const computed = hash?.digest('hex');
    if (computed !== undefined && computed !== payload.toLowerCase()) {
      throw new S3Error('XAmzContentSHA256Mismatch', {
        details: { ClientComputedContentSHA256: payload, S3ComputedContentSHA256: computed },
      });
    }
  }

  /** The body as it comes over the wire, at the pace and with the accidents the fault switches ask for. */
  async *rawBody(): AsyncGenerator<Buffer> {
    if (this.#mustContinue) {
      this.#mustContinue = false;
      this.response.writeContinue();
    }
    const { plan } = this;
    try {
      const pieces = { [Symbol.asyncIterator]: () => this.request.iterator({ destroyOnReturn: false }) };
      if (plan.stall === 'request' && !plan.stallAfterBytes) await this.#stallOnce();
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        this.log.bytesIn += piece.length;
        await this.#pass(piece.length);
        if (plan.resetAfterBytesIn !== undefined && this.log.bytesIn >= plan.resetAfterBytesIn) this.hangUp();
        if (plan.stall === 'request' && this.log.bytesIn > (plan.stallAfterBytes ?? 0))
          await this.#stallOnce();
        yield piece;
      }
      if (!this.request.complete) throw new ConnectionGone();
    } catch (error) {
      if (this.signal.aborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET')
        throw new ConnectionGone();
      throw error;
    }
    if (plan.afterBody && plan.status !== undefined) throw this.plannedError(plan.status);
  }

  /** A small body as text. @throws S3Error MaxMessageLengthExceeded */
  async text(limit = 8 << 20): Promise<string> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of this.body()) {
      size += piece.length;
      if (size > limit)
        throw new S3Error('MaxMessageLengthExceeded', { details: { MaxMessageLengthBytes: limit } });
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  plannedError(status: number): S3Error {
    this.noteFault();
    const { code, message, retryAfter } = this.plan;
    return new S3Error(code ?? defaultCode(status), {
      status,
      ...(message === undefined ? {} : { message }),
      ...(retryAfter === undefined ? {} : { headers: { 'Retry-After': String(retryAfter) } }),
    });
  }

  /** What was planned for this request happens now. */
  noteFault(): void {
    if (this.plan.hit) this.log.fault = Date.now();
  }

  /** Resets the connection. @throws ConnectionGone always */
  hangUp(): never {
    this.noteFault();
    this.request.socket.resetAndDestroy();
    throw new ConnectionGone();
  }

  async respond(status: number, headers: ResponseHeaders = {}, body?: ResponseBody): Promise<void> {
    const { plan, response } = this;
    if (plan.stall === 'after') await this.#stallOnce();
    if (plan.loseAnswer) this.hangUp();
    if (this.signal.aborted) throw new ConnectionGone();
    response.setHeader('x-amz-request-id', this.requestId);
    response.setHeader('x-amz-id-2', this.hostId);
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined)
        response.setHeader(name, plan.wrongChecksum ? falsified(name, String(value)) : value);
    }
    const bodiless = status === 204 || status === 304;
    const text = typeof body === 'string' && plan.wrongChecksum ? withFalsified(body) : body;
    const bytes = typeof text === 'string' ? Buffer.from(text) : undefined;
    const length = bytes?.length ?? (body as { length: number } | undefined)?.length ?? 0;
    if (!bodiless && !response.hasHeader('content-length')) response.setHeader('Content-Length', length);
    if (plan.withoutLength) {
      response.removeHeader('Content-Length');
      response.useChunkedEncodingByDefault = false;
      response.shouldKeepAlive = false;
    }
    this.log.status = status;
    response.writeHead(status);
    if (!bodiless && this.method !== 'HEAD' && body !== undefined) {
      await this.#send(bytes ? [bytes] : (body as { bytes: AsyncIterable<Buffer> }).bytes);
    }
    response.end();
  }

  async #send(pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> {
    const { plan, response, signal } = this;
    try {
      if (plan.stall === 'response' && !plan.stallAfterBytes) {
        response.flushHeaders();
        await this.#stallOnce();
      }
      for await (let piece of pieces) {
        const limits = [
          plan.resetAfterBytesOut,
          plan.endAfterBytesOut,
          plan.stall === 'response' && !this.#stalled ? plan.stallAfterBytes : undefined,
        ];
        // Cut at the very byte a switch names.
        for (const limit of limits) {
          if (limit === undefined || this.log.bytesOut + piece.length <= limit) continue;
          const head = piece.subarray(0, Math.max(0, limit - this.log.bytesOut));
          if (head.length > 0) await this.#write(head);
          piece = piece.subarray(head.length);
          if (limit === plan.resetAfterBytesOut) {
            await this.#flushed();
            this.hangUp();
          }
          if (limit === plan.endAfterBytesOut) {
            await this.#flushed();
            await new Promise<void>(resolve => this.request.socket.end(resolve));
            throw new ConnectionGone();
          }
          await this.#stallOnce();
        }
        await this.#write(plan.damageAnswer && this.log.bytesOut === 0 ? damaged(piece) : piece);
      }
    } catch (error) {
      if (signal.aborted) throw new ConnectionGone();
      throw error;
    }
  }

  async #write(piece: Buffer): Promise<void> {
    await this.#pass(piece.length);
    if (this.signal.aborted) throw new ConnectionGone();
    this.log.bytesOut += piece.length;
    if (!this.response.write(piece)) await once(this.response, 'drain', { signal: this.signal });
  }

  /** A reset throws away what the peer has not read yet: give it the chance to. */
  async #flushed(): Promise<void> {
    this.response.flushHeaders();
    do await sleep(20, undefined, { signal: this.signal });
    while (this.request.socket.writableLength > 0);
  }

  async #pass(bytes: number): Promise<void> {
    await this.#requestPace.pass(bytes, this.plan.bytesPerSecond ?? 0, this.signal);
    if (this.connectionRate <= 0) return;
    const { socket } = this.request;
    let pace = paces.get(socket);
    if (!pace) paces.set(socket, (pace = new Pace()));
    await pace.pass(bytes, this.connectionRate, this.signal);
  }

  async #stallOnce(): Promise<void> {
    if (this.#stalled) return;
    this.#stalled = true;
    this.noteFault();
    try {
      await silence(this.plan.stallFor, this.signal);
    } catch {
      throw new ConnectionGone();
    }
  }
}

function damaged(piece: Buffer): Buffer {
  const copy = Buffer.from(piece);
  if (copy.length > 0) copy[0] = copy[0]! ^ 0xff;
  return copy;
}

/** A checksum header with its first byte changed; other headers as they are. */
/** What CompleteMultipartUpload and others tell in XML. */
const withFalsified = (xml: string): string =>
  xml.replace(
    /<(Checksum(?:CRC|SHA)\w+)>([^<]+)</g,
    (_, name: string, value: string) => `<${name}>${falsifiedDigest(value)}<`,
  );

function falsified(name: string, value: string): string {
  return /^x-amz-checksum-(crc|sha)/i.test(name) ? falsifiedDigest(value) : value;
}

function falsifiedDigest(value: string): string {
  const [digest, suffix] = value.split('-');
  const bytes = Buffer.from(digest!, 'base64');
  bytes[0] = bytes[0]! ^ 0xff;
  return bytes.toString('base64') + (suffix === undefined ? '' : `-${suffix}`);
}
