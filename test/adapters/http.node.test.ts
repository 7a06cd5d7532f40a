import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createHttpClient, readJson } from '../../src/adapters/http.js';
import { withRetry } from '../../src/adapters/retry.js';
import { TransferError } from '../../src/core/errors.js';

const signal = new AbortController().signal;

/** Records requests; what it answers is set by each test. */
class Recorder {
  requests: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('ok');
  origin = '';
  #server: Server | undefined;

  async start(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      this.requests.push({ url: request.url ?? '', headers: request.headers, body });
      this.answer(request, response);
    });
    await new Promise<void>(resolve => this.#server!.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise(resolve => this.#server?.close(resolve));
  }
}

async function errorOf(promise: Promise<unknown>): Promise<TransferError> {
  const error = await promise.then(
    () => undefined,
    reason => reason as unknown,
  );
  assert.ok(error instanceof TransferError, `threw ${String(error)}`);
  return error;
}

describe('the HTTP client', () => {
  const api = new Recorder();
  const storage = new Recorder();
  before(() => Promise.all([api.start(), storage.start()]));
  after(() => Promise.all([api.stop(), storage.stop()]));

  it('sends a token to its own origin and to no other', async () => {
    const client = createHttpClient({ token: { origin: api.origin, getToken: async () => 'the-token' } });
    await client.send({ method: 'GET', url: `${api.origin}/a` }, { signal });
    await client.send({ method: 'GET', url: `${storage.origin}/b?X-Amz-Signature=1` }, { signal });
    assert.equal(api.requests.at(-1)?.headers.authorization, 'Bearer the-token');
    assert.ok(!JSON.stringify(storage.requests.at(-1)).includes('the-token'));
  });

  it('asks for the token once more when it was refused, and repeats only with another one', async () => {
    let asked = 0;
    api.answer = (request, response) => {
      response.statusCode = request.headers.authorization === 'Bearer second' ? 200 : 401;
      response.end('ok');
    };
    const request = { method: 'POST', url: `${api.origin}/a`, json: { a: 1 } } as const;
    const getToken = async () => (asked++ === 0 ? 'first' : 'second');
    const renewing = createHttpClient({ token: { origin: api.origin, getToken } });
    assert.equal((await renewing.send(request, { signal })).status, 200);
    assert.equal(api.requests.at(-1)?.body, '{"a":1}');
    const before = api.requests.length;
    const steady = createHttpClient({ token: { origin: api.origin, getToken: async () => 'first' } });
    assert.equal((await steady.send(request, { signal })).status, 401);
    assert.equal(api.requests.length, before + 1);
    api.answer = (_, response) => response.end('ok');
  });

  it('does not call it a refusal when the other token cannot be fetched at the moment', async () => {
    api.answer = (_, response) => {
      response.statusCode = 401;
      response.end();
    };
    let asked = 0;
    const getToken = async () => {
      if (asked++ === 0) return 'first';
      throw new TypeError('Failed to fetch');
    };
    const client = createHttpClient({ token: { origin: api.origin, getToken } });
    await assert.rejects(client.send({ method: 'GET', url: `${api.origin}/a` }, { signal }), {
      name: 'TransferError',
      kind: 'retry',
    });
    api.answer = (_, response) => response.end('ok');
  });

  it('tells a token that could not be had as what it is', async () => {
    const asked = (thrown: unknown) => {
      const getToken = async () => {
        throw thrown;
      };
      const client = createHttpClient({ token: { origin: api.origin, getToken } });
      return errorOf(client.send({ method: 'GET', url: `${api.origin}/a` }, { signal }));
    };
    const seen = api.requests.length;
    const lost = await asked(new TypeError('Failed to fetch'));
    assert.deepEqual([lost.kind, lost.reason], ['retry', 'cors-or-network']);
    const down = await asked(Object.assign(new Error('Bad gateway'), { status: 502 }));
    assert.deepEqual([down.kind, down.reason, down.status], ['retry', 'unauthorized', 502]);
    const refused = await asked({ response: { status: 401 } });
    assert.deepEqual([refused.kind, refused.reason], ['fatal', 'unauthorized']);
    const odd = await asked(new SyntaxError('Unexpected token <'));
    assert.deepEqual([odd.kind, odd.reason], ['retry', 'unauthorized']);
    assert.ok(!odd.message.includes('Unexpected'));
    assert.equal(api.requests.length, seen);
  });

  it('does not follow a redirect with a token, nor with headers of the page’s own', async () => {
    api.answer = (_, response) => response.writeHead(302, { location: `${storage.origin}/taken` }).end();
    const seen = storage.requests.length;
    const withToken = createHttpClient({
      token: { origin: api.origin, getToken: async () => 'the-token', header: 'x-api-key', scheme: '' },
    });
    const error = await errorOf(withToken.send({ method: 'GET', url: `${api.origin}/a` }, { signal }));
    assert.equal(error.reason, 'invalid-answer');
    assert.equal(api.requests.at(-1)?.headers['x-api-key'], 'the-token');
    const plain = createHttpClient();
    const secret = {
      method: 'GET',
      url: `${api.origin}/a`,
      headers: { 'x-key': 'k' },
      secret: true,
    } as const;
    assert.equal((await errorOf(plain.send(secret, { signal }))).reason, 'invalid-answer');
    assert.equal(storage.requests.length, seen, 'the other origin was asked');
    const followed = await plain.send({ method: 'GET', url: `${api.origin}/a` }, { signal });
    assert.equal(followed.status, 200);
    api.answer = (_, response) => response.end('ok');
  });

  it('resolves to refusals, with lower-case headers and a URL without its query', async () => {
    storage.answer = (_, response) => response.writeHead(403, { 'X-Thing': 'Yes' }).end('<Error/>');
    const response = await createHttpClient().send(
      { method: 'GET', url: `${storage.origin}/k?X-Amz-Signature=secret` },
      { signal },
    );
    assert.equal(response.status, 403);
    assert.equal(response.headers['x-thing'], 'Yes');
    assert.equal(response.body, '<Error/>');
    assert.equal(response.url, `${storage.origin}/k`);
    storage.answer = (_, response) => response.end('ok');
  });

  it('adds no headers to writing requests that a storage would keep', async () => {
    await createHttpClient().send({ method: 'PUT', url: `${storage.origin}/k`, body: 'x' }, { signal });
    assert.equal(storage.requests.at(-1)?.headers['cache-control'], undefined);
    assert.equal(storage.requests.at(-1)?.body, 'x');
  });

  it('tells network failures, slowness and stops apart, without the query', async () => {
    const client = createHttpClient();
    const dead = await errorOf(
      client.send({ method: 'GET', url: 'http://127.0.0.1:9/k?X-Amz-Signature=secret' }, { signal }),
    );
    assert.deepEqual([dead.kind, dead.reason], ['retry', 'network']);
    storage.answer = () => {};
    const url = `${storage.origin}/k?X-Amz-Signature=secret`;
    const slow = await errorOf(client.send({ method: 'GET', url, timeout: 50 }, { signal }));
    assert.deepEqual([slow.kind, slow.reason], ['retry', 'timeout']);
    storage.answer = (_, response) => void response.write('begun');
    const halting = await errorOf(client.send({ method: 'GET', url, bodyTimeout: 100 }, { signal }));
    assert.equal(halting.reason, 'timeout');
    const controller = new AbortController();
    const stopped = client.send({ method: 'GET', url }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    assert.equal((await errorOf(stopped)).reason, 'aborted');
    for (const error of [dead, slow, halting]) {
      assert.ok(!`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`.includes('secret'));
    }
    storage.answer = (_, response) => response.end('ok');
  });

  it('says when an answer is no JSON', () => {
    assert.throws(() => readJson({ status: 200, headers: {}, body: '<html>' }), { reason: 'invalid-answer' });
    assert.deepEqual(readJson({ status: 200, headers: {}, body: '{"a":1}' }), { a: 1 });
  });
});

describe('retry of control calls', () => {
  const failing = (kind: 'retry' | 're-sign' | 'fatal' | 'wait', retryAfter = 1) =>
    new TransferError('It failed.', { kind, reason: 'server', retryAfter });

  for (const [kind, expected] of [
    ['retry', 4],
    ['re-sign', 2],
    ['fatal', 1],
    ['wait', 1],
  ] as const) {
    it(`makes ${expected} attempt(s) for ${kind}`, async () => {
      const attempts: number[] = [];
      const run = async (attempt: number) => {
        attempts.push(attempt);
        throw failing(kind);
      };
      await assert.rejects(withRetry(run, { signal }), TransferError);
      assert.deepEqual(
        attempts,
        Array.from({ length: expected }, (_, index) => index + 1),
      );
    });
  }

  it('names a way out where even a fresh permission is refused as expired', async () => {
    const expired = new TransferError('The permission ran out. (403 AccessDenied)', {
      kind: 're-sign',
      reason: 'expired',
      status: 403,
      serverCode: 'AccessDenied',
      requestId: 'A1',
    });
    const run = () => Promise.reject(expired);
    await assert.rejects(withRetry(run, { signal }), (error: TransferError) => {
      assert.match(error.message, /ask whoever runs this site\. \(403 AccessDenied\)$/u);
      assert.equal(error.reason, 'expired');
      assert.equal(error.requestId, 'A1');
      assert.equal(error.cause, expired);
      return true;
    });
  });

  it('resolves when a later attempt does', async () => {
    const run = async (attempt: number) => {
      if (attempt < 3) throw failing('retry');
      return 'done';
    };
    assert.equal(await withRetry(run, { signal }), 'done');
  });

  it('does not make a person wait for minutes', async () => {
    let count = 0;
    const run = async () => {
      count += 1;
      throw failing('retry', 120_000);
    };
    assert.equal((await errorOf(withRetry(run, { signal }))).retryAfter, 120_000);
    assert.equal(count, 1);
  });

  it('stops in the middle of a pause', async () => {
    const controller = new AbortController();
    const run = withRetry(
      async () => {
        setTimeout(() => controller.abort(), 10);
        throw failing('retry', 15_000);
      },
      { signal: controller.signal },
    );
    assert.equal((await errorOf(run)).reason, 'aborted');
  });
});
