import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiFaultPlan } from './faults.js';
import { type FormPart, readForm } from './form-data.js';
import { Refusal } from './refusal.js';

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborted when the client hangs up or the stand-in closes. */
  readonly signal: AbortSignal;
  operation = '';
  plan: ApiFaultPlan = {};
  /** Told when a fault takes effect, more than once where it comes later than it was planned. */
  onFault: () => void = () => {};
  #params: Readonly<Record<string, string>> = {};

  constructor(request: IncomingMessage, response: ServerResponse, closing: AbortSignal) {
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    this.path = path;
    this.query = new URLSearchParams(query);
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    this.signal = AbortSignal.any([gone.signal, closing]);
  }

  setParams(params: Readonly<Record<string, string>>): void {
    this.#params = params;
  }

  /** A piece of the path as it came. */
  rawParam(name: string): string {
    return this.#params[name] ?? '';
  }

  /** A piece of the path, decoded. @throws Refusal 400 */
  param(name: string): string {
    try {
      return decodeURIComponent(this.rawParam(name));
    } catch {
      throw new Refusal(400, { message: 'The path is not valid percent-encoding of UTF-8.' });
    }
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** Stopping in the middle leaves the connection open, so that a refusal can still be read at the other end. */
  get body(): AsyncIterable<Buffer> {
    const pieces = this.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const { stall, resetAfterBytesIn } = this.plan;
    return stall === 'request' || resetAfterBytesIn !== undefined ? this.#troubled(pieces) : pieces;
  }

  async *#troubled(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { stall, stallAfterBytes = 0, resetAfterBytesIn = Number.POSITIVE_INFINITY } = this.plan;
    let passed = 0;
    for await (const piece of pieces) {
      passed += piece.length;
      if (passed >= resetAfterBytesIn) {
        this.onFault();
        this.request.socket.resetAndDestroy();
        this.response.destroy();
        throw new Error('The connection was reset on demand.');
      }
      if (stall === 'request' && passed > stallAfterBytes) await this.silence();
      yield piece;
    }
  }

  /** Rejects when the client hangs up or the stand-in closes; never resolves. */
  async silence(): Promise<never> {
    this.onFault();
    for (;;) await sleep(0x7fffffff, undefined, { signal: this.signal });
  }

  /** @throws Refusal 413 beyond `limit` bytes. */
  async readText(limit = 1024 * 1024): Promise<string> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of this.body) {
      size += piece.length;
      if (size > limit) throw new Refusal(413, { message: 'The body is too large.' });
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  /** @throws Refusal 415 for another content type, 400 for no JSON. */
  async readJson(): Promise<unknown> {
    const type = this.header('content-type') ?? '';
    if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
      throw new Refusal(415, { message: 'The body must be JSON.' });
    }
    try {
      return JSON.parse(await this.readText());
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(400, { message: 'The body is not valid JSON.' });
    }
  }

  /** @throws Refusal 415 when the body is no JSON, 400 when it is no JSON object. */
  async readJsonObject(): Promise<Record<string, unknown>> {
    const value = await this.readJson();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Refusal(400, { message: 'The body must be a JSON object.' });
    }
    return value as Record<string, unknown>;
  }

  readForm(): AsyncGenerator<FormPart, void> {
    return readForm(this.header('content-type'), this.body);
  }

  json(status: number, value: unknown, headers: Record<string, string> = {}): Promise<void> {
    return this.text(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
  }

  empty(status: number, headers: Record<string, string> = {}): Promise<void> {
    return this.text(status, '', headers);
  }

  text(status: number, text: string, headers: Record<string, string> = {}): Promise<void> {
    const bytes = Buffer.from(text);
    const length: Record<string, string> =
      status === 204 || status === 304 ? {} : { 'content-length': String(bytes.length) };
    return this.stream(status, { ...length, ...headers }, one(bytes));
  }

  /** Answers with bytes as they come. Leave out `content-length` where it is not known. */
  async stream(
    status: number,
    headers: Record<string, string>,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const { request, response, plan } = this;
    // An answer to an unread body: browsers report a broken connection unless the rest is taken.
    if (!request.complete) request.resume();
    if (plan.stall === 'after') await this.silence();
    if (plan.loseAnswer) this.onFault();
    if (plan.loseAnswer) return void response.destroy();
    response.writeHead(status, headers);
    if (this.method === 'HEAD' || status === 204 || status === 304) return void response.end();
    let left = plan.cutAfterBytes ?? Number.POSITIVE_INFINITY;
    let passed = 0;
    for await (const piece of bytes) {
      if (this.signal.aborted) return;
      const part = piece.subarray(0, Math.min(piece.length, left));
      left -= part.length;
      passed += part.length;
      if (plan.stall === 'response' && passed > (plan.stallAfterBytes ?? 0)) {
        response.flushHeaders();
        await this.silence();
      }
      if (plan.bytesPerSecond) {
        await sleep((part.length / plan.bytesPerSecond) * 1000, undefined, { signal: this.signal });
      }
      if (part.length > 0 && !response.write(part)) await this.#drained();
      if (left === 0) {
        this.onFault();
        return void response.destroy();
      }
    }
    response.end();
  }

  async #drained(): Promise<void> {
    const { response, signal } = this;
    await new Promise<void>(resolve => {
      const done = () => {
        response.off('drain', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (response.destroyed || signal.aborted) return done();
      response.once('drain', done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}
