import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Adapter } from '../../src/adapters/adapter.js';
import { createBatcher } from '../../src/adapters/s3/batch.js';
import { checksumsOfHeaders } from '../../src/adapters/s3/checksums.js';
import { attachment } from '../../src/adapters/s3/content-disposition.js';
import { readS3Error } from '../../src/adapters/s3/errors.js';
import { s3 } from '../../src/adapters/s3/index.js';
import type { S3SignRequest } from '../../src/adapters/s3/signing.js';
import { TransferError } from '../../src/core/errors.js';

const signal = new AbortController().signal;
const xmlError = (code: string, message = '') =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>7F2A</RequestId></Error>`;

describe('S3 errors', () => {
  const cases: [status: number, code: string, message: string, kind: string, reason: string][] = [
    [403, 'AccessDenied', 'Access Denied', 'fatal', 'forbidden'],
    [403, 'AccessDenied', 'Request has expired', 're-sign', 'expired'],
    [403, 'AccessDenied', 'Invalid according to Policy: Policy expired.', 're-sign', 'expired'],
    [400, 'ExpiredToken', '', 're-sign', 'expired'],
    [403, 'RequestTimeTooSkewed', '', 'fatal', 'clock-skew'],
    [403, 'SignatureDoesNotMatch', '', 'fatal', 'wrong-credentials'],
    [403, 'InvalidAccessKeyId', '', 'fatal', 'wrong-credentials'],
    [404, 'NoSuchUpload', '', 'restart', 'upload-gone'],
    [404, 'NoSuchBucket', '', 'fatal', 'not-found'],
    [404, 'NoSuchKey', '', 'fatal', 'not-found'],
    [503, 'SlowDown', '', 'retry', 'rate-limited'],
    [500, 'InternalError', '', 'retry', 'server'],
    [400, 'RequestTimeout', '', 'retry', 'timeout'],
    [409, 'OperationAborted', '', 'retry', 'conflict'],
    [409, 'ConditionalRequestConflict', '', 'retry', 'conflict'],
    [400, 'EntityTooLarge', '', 'fatal', 'too-large'],
    [400, 'BadDigest', '', 'retry', 'checksum-mismatch'],
    [403, 'QuotaExceeded', '', 'fatal', 'quota'],
    [507, 'XMinioStorageFull', '', 'fatal', 'storage-full'],
    [507, 'InsufficientStorage', '', 'fatal', 'storage-full'],
    [412, 'PreconditionFailed', '', 'fatal', 'changed-remote'],
    [501, 'NotImplemented', '', 'fatal', 'not-supported'],
    [200, 'InternalError', '', 'retry', 'server'],
    [200, 'SomethingNew', '', 'retry', 'server'],
    [418, 'SomethingNew', '', 'fatal', 'unknown'],
  ];
  for (const [status, code, message, kind, reason] of cases) {
    it(`${status} ${code} ${message}`, () => {
      const error = readS3Error({ status, headers: {}, body: xmlError(code, message) }, { path: 'a/b' });
      assert.deepEqual([error?.kind, error?.reason, error?.path], [kind, reason, 'a/b']);
      assert.match(error!.message, new RegExp(`^[A-Z].*\\(${status} ${code}, request 7F2A\\)$`));
    });
  }

  it('reads a taken path, a silent expiry, a whole that did not match, and answers without XML', () => {
    const read = (status: number, body: string, context = {}) =>
      readS3Error({ status, headers: { 'retry-after': '3' }, body }, context);
    assert.equal(read(412, '', { createOnly: true })?.reason, 'exists');
    assert.equal(read(403, xmlError('AccessDenied'), { expired: true })?.kind, 're-sign');
    assert.equal(read(403, '', { expired: true })?.kind, 're-sign');
    assert.equal(read(403, xmlError('SignatureDoesNotMatch'), { expired: true })?.kind, 'fatal');
    assert.equal(read(400, xmlError('BadDigest'), { completing: true })?.kind, 'restart');
    assert.equal(read(503, '<html>busy')?.retryAfter, 3000);
    assert.equal(read(404, xmlError('NoSuchKey'), { ofUpload: true })?.reason, 'upload-gone');
    assert.equal(read(204, ''), undefined);
    assert.equal(read(200, '<CopyObjectResult/>'), undefined);
  });

  it('repeats the server’s words without what could be a signature', () => {
    const words = 'No https://b.example/k?X-Amz-Signature=abc&amp;x=1 for you';
    const error = readS3Error({ status: 400, headers: {}, body: xmlError('InvalidRequest', words) });
    assert.equal(error?.serverMessage, 'No https://b.example/k?… for you');
  });
});

describe('names for saving', () => {
  const cases: [name: string, value: string][] = [
    ['plain.txt', 'attachment; filename="plain.txt"'],
    ['a "b".txt', `attachment; filename="a \\"b\\".txt"; filename*=UTF-8''a%20%22b%22.txt`],
    ['ü(1).txt', `attachment; filename="_(1).txt"; filename*=UTF-8''%C3%BC%281%29.txt`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ['a\r\nSet-Cookie: x', 'attachment; filename="aSet-Cookie: x"'],
    ['\ud800', `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`],
    ['', 'attachment; filename="download"'],
  ];
  for (const [name, value] of cases) {
    it(JSON.stringify(name), () => assert.equal(attachment(name), value));
  }
});

describe('checksums in headers', () => {
  it('are read with their scope', () => {
    assert.deepEqual(
      checksumsOfHeaders({
        'x-amz-checksum-crc32c': 'AAAAAA==',
        'x-amz-checksum-sha256': 'abcd-3',
        'x-amz-checksum-crc32': 'no base64!',
      }),
      [
        { algorithm: 'crc32c', value: 'AAAAAA==', scope: 'full' },
        { algorithm: 'sha256', value: 'abcd', scope: 'composite', parts: 3 },
      ],
    );
  });
});

describe('batches', () => {
  const request = (key: string): S3SignRequest => ({ method: 'GET', key });

  it('join what is asked for at the same time, and keep the order', async () => {
    const batches: number[] = [];
    const ask = createBatcher(async requests => {
      batches.push(requests.length);
      return requests.map(({ key }) =>
        key === 'bad'
          ? { error: { code: 'No', message: 'No.', status: 403 } }
          : { url: `https://s.example/${key}` },
      );
    });
    const early = Promise.all([ask(request('a'), { signal }), ask(request('bad'), { signal })]);
    const later = Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => ask(request('c'), { signal }));
    assert.deepEqual(await Promise.all([early, later]), [
      [{ url: 'https://s.example/a' }, { error: { code: 'No', message: 'No.', status: 403 } }],
      { url: 'https://s.example/c' },
    ]);
    assert.deepEqual(batches, [3]);
    await Promise.all(Array.from({ length: 250 }, (_, index) => ask(request(`${index}`), { signal })));
    assert.deepEqual(batches, [3, 100, 100, 50]);
  });

  it('end early for who stops, and wholly when all have stopped', async () => {
    let seen: AbortSignal | undefined;
    let answer = (): void => {};
    const ask = createBatcher((requests, call) => {
      seen = call.signal;
      one.abort();
      return new Promise(resolve => {
        answer = () => resolve(requests.map(() => ({ url: 'https://s.example/' })));
      });
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = ask(request('a'), { signal: one.signal });
    const second = ask(request('b'), { signal: two.signal });
    await assert.rejects(first, { reason: 'aborted' });
    assert.equal(seen?.aborted, false);
    answer();
    assert.deepEqual(await second, { url: 'https://s.example/' });
  });

  it('refuse an answer of another length', async () => {
    const ask = createBatcher(async () => []);
    await assert.rejects(ask(request('a'), { signal }), { reason: 'signer' });
  });
});

describe('s3()', () => {
  const bucketUrl = 'https://s3.example.org/lab';
  const signRequest = async () => ({ url: 'https://s3.example.org/lab/k' });
  const open = (adapter: Adapter, path: string) =>
    adapter.openUpload!({ path, size: 1, type: '', checksum: 'none' }, { signal });

  it('refuses options that contradict each other', () => {
    for (const options of [
      { bucketUrl },
      { bucketUrl, signRequest, getCredentials: signRequest },
      { bucketUrl: 'not a url', signRequest },
      { bucketUrl: `${bucketUrl}?a=b`, signRequest },
      { bucketUrl: [], signRequest },
      { bucketUrl, signRequest, prefix: 'no-slash' },
    ]) {
      assert.throws(() => s3(options as never), TypeError, JSON.stringify(options));
    }
  });

  it('names the bucket, whatever the style of its URL', () => {
    assert.equal(s3({ bucketUrl, signRequest }).label, 'lab');
    assert.equal(s3({ bucketUrl: 'https://lab.s3.eu-west-1.amazonaws.com', signRequest }).label, 'lab');
    assert.equal(s3({ bucketUrl, signRequest, prefix: 'a/team ü/' }).label, 'team ü');
  });

  it('only uploads through a signer written for Uppy, and asks it nothing it does not know', async () => {
    const asked: object[] = [];
    const adapter = s3({
      bucketUrl,
      signer: 'uppy',
      signRequest: async request => {
        asked.push(request);
        return { url: `https://s3.example.org/lab/${request.key}?X-Amz-Signature=1` };
      },
    });
    const functions = Object.entries(adapter).filter(([, value]) => typeof value === 'function');
    assert.deepEqual(functions.map(([name]) => name).sort(), ['openUpload', 'reopenUpload']);
    const plan = await adapter.openUpload!(
      { path: 'a.txt', size: 5, type: 'text/plain', checksum: 'auto', createOnly: true },
      { signal },
    );
    assert.ok(plan.kind === 'request' && plan.requestChecksum === undefined);
    const delivery = await plan.sign({ signal, attempt: 1 });
    assert.deepEqual(asked, [{ method: 'PUT', key: 'a.txt', contentType: 'text/plain' }]);
    assert.deepEqual('headers' in delivery && delivery.headers, { 'content-type': 'text/plain' });
    const large = await adapter.openUpload!(
      { path: 'b', size: 1024 ** 3, type: '', checksum: 'sha256' },
      { signal },
    );
    assert.ok(large.kind === 'parts');
    await large.signPart(
      { number: 2, start: 0, end: 9 },
      { key: 'b', uploadId: 'u' },
      { signal, attempt: 1 },
    );
    assert.deepEqual(asked.at(-1), { method: 'PUT', key: 'b', uploadId: 'u', partNumber: 2 });
  });

  it('fetches credentials once for many, and again before they end or when they are refused', async () => {
    let fetched = 0;
    let lifetime = 3_600_000;
    const adapter = s3({
      bucketUrl,
      getCredentials: async () => {
        fetched += 1;
        const expiration = Date.now() + lifetime;
        return { credentials: { accessKeyId: 'A', secretAccessKey: 's', expiration }, region: 'eu-west-3' };
      },
    });
    const link = () => adapter.signedLink!('a', { signal, seconds: 60 });
    const [{ url }] = await Promise.all([link(), link(), link()]);
    assert.equal(fetched, 1);
    assert.match(url, /X-Amz-Credential=A%2F\d{8}%2Feu-west-3%2Fs3%2F/);
    await link();
    assert.equal(fetched, 1);
    lifetime = 0;
    const short = s3({
      bucketUrl,
      getCredentials: async () => {
        fetched += 1;
        return {
          accessKeyId: 'B',
          secretAccessKey: 's',
          expiration: new Date(Date.now() - 1000).toISOString(),
        };
      },
    });
    await short.signedLink!('a', { signal, seconds: 60 });
    await short.signedLink!('a', { signal, seconds: 60 });
    assert.equal(fetched, 3);
  });

  it('tells what went wrong at the signer', async () => {
    const failWith = async (signRequest: () => Promise<never>): Promise<TransferError> => {
      const plan = await s3({ bucketUrl, signRequest, smallFilesByForm: false }).openUpload!(
        { path: 'a', size: 1, type: '', checksum: 'none' },
        { signal },
      );
      assert.ok(plan.kind === 'request');
      const error = await plan.sign({ signal, attempt: 1 }).then(
        () => undefined,
        reason => reason as unknown,
      );
      assert.ok(error instanceof TransferError);
      return error;
    };
    const reject = (reason: unknown) => () => Promise.reject(reason);
    const kinds = await Promise.all([
      failWith(reject(new TypeError('Failed to fetch'))),
      failWith(reject(Object.assign(new Error('no'), { status: 401 }))),
      failWith(reject({ response: { status: 503 } })),
      failWith(async () => ({ error: { code: 'TooLarge', message: 'Too large.', status: 413 } }) as never),
      failWith(async () => ({}) as never),
      failWith(reject(new TypeError('x is not a function'))),
    ]);
    assert.deepEqual(
      kinds.map(({ kind, reason }) => [kind, reason]),
      [
        ['retry', 'cors-or-network'],
        ['fatal', 'unauthorized'],
        ['retry', 'signer'],
        ['fatal', 'signer'],
        ['fatal', 'signer'],
        ['retry', 'signer'],
      ],
    );
    assert.equal(kinds[3]?.message, 'Too large. (413 TooLarge)');
  });

  it('goes by PUT when the signer has no forms', async () => {
    const adapter = s3({
      bucketUrl,
      signRequest: async request => {
        if (request.operation !== 'PostObject') return { url: bucketUrl };
        return { error: { code, message: 'Unknown operation.', status: 400 } } as never;
      },
    });
    let code = 'InvalidRequest';
    const plan = await open(adapter, 'a');
    assert.ok(plan.kind === 'form');
    await assert.rejects(plan.sign({ signal, attempt: 1 }), { kind: 'restart' });
    // It may have been the file; that the same file is signed without a form tells.
    assert.equal((await open(adapter, 'b')).kind, 'form');
    const again = await open(adapter, 'a');
    assert.ok(again.kind === 'request');
    await again.sign({ signal, attempt: 1 });
    assert.equal((await open(adapter, 'b')).kind, 'request');
    assert.deepEqual(adapter.capabilities.uploadPlans, ['request', 'parts']);

    code = 'OperationNotAllowed';
    const other = s3({
      bucketUrl,
      signRequest: async () => ({ error: { code, message: 'No.', status: 403 } }) as never,
    });
    const form = await open(other, 'a');
    assert.ok(form.kind === 'form');
    await assert.rejects(form.sign({ signal, attempt: 1 }), { kind: 'restart' });
    assert.equal((await open(other, 'b')).kind, 'request');
  });

  it('goes on with forms when the signer refuses one file', async () => {
    const adapter = s3({
      bucketUrl,
      signRequest: async ({ key, operation }) => {
        if (key === 'bad') return { error: { code: 'TypeNotAllowed', message: 'No.', status: 400 } } as never;
        return { url: bucketUrl, ...(operation === 'PostObject' ? { fields: { key } } : {}) };
      },
    });
    const sign = async (path: string) => {
      const plan = await open(adapter, path);
      assert.ok(plan.kind === 'form' || plan.kind === 'request');
      return plan.sign({ signal, attempt: 1 });
    };
    await assert.rejects(sign('bad'), { kind: 'restart' });
    await assert.rejects(sign('bad'), { kind: 'fatal', serverCode: 'TypeNotAllowed' });
    assert.equal((await open(adapter, 'good')).kind, 'form');
    await sign('good');
    // From now on it is known that a refusal means the file.
    await assert.rejects(sign('bad'), { kind: 'fatal', serverCode: 'TypeNotAllowed' });
    assert.equal((await open(adapter, 'good')).kind, 'form');
  });

  it('says that the name is the matter when the signer refuses a key', async () => {
    const code = 'InvalidKey';
    const adapter = s3({
      bucketUrl,
      smallFilesByForm: false,
      signRequest: async () => ({ error: { code, message: 'The key is odd.', status: 400 } }) as never,
    });
    const plan = await open(adapter, 'line\u2028.txt');
    assert.ok(plan.kind === 'request');
    await assert.rejects(plan.sign({ signal, attempt: 1 }), {
      kind: 'fatal',
      reason: 'invalid-name',
      serverCode: code,
      serverMessage: 'The key is odd.',
    });
  });

  it('asks for a fresh signature once when HEAD is refused without a word', async () => {
    const asked: number[] = [];
    let refusals = 1;
    const server = createServer((_request, response) => {
      asked.push(asked.length + 1);
      const refused = refusals-- > 0;
      response.writeHead(refused ? 403 : 200, refused ? {} : { etag: '"e"', 'content-length': '5' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lab`;
    let signed = 0;
    const adapter = s3({ bucketUrl: url, signRequest: async () => ({ url: `${url}/a?signed=${++signed}` }) });
    try {
      assert.equal((await adapter.stat!('a', { signal }))?.size, 5);
      assert.deepEqual([asked.length, signed], [2, 2]);
      refusals = 9;
      await assert.rejects(adapter.stat!('a', { signal }), {
        kind: 'fatal',
        reason: 'not-found-or-forbidden',
      });
      assert.deepEqual([asked.length, signed], [5, 5]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('lets a GET of one byte say why HEAD is refused', async () => {
    let code = '';
    const ranges: (string | undefined)[] = [];
    const server = createServer(({ method, headers }, response) => {
      if (method === 'GET') ranges.push(headers.range);
      if (method === 'GET' && code === '')
        response.writeHead(206, { 'content-range': 'bytes 0-0/5' }).end('x');
      else response.writeHead(403).end(method === 'GET' ? xmlError(code) : undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lab`;
    const adapter = s3({ bucketUrl: url, signRequest: async ({ key }) => ({ url: `${url}/${key}?signed` }) });
    const unclear = { kind: 'fatal', reason: 'not-found-or-forbidden', status: 403, path: 'a' };
    try {
      code = 'SignatureDoesNotMatch';
      await assert.rejects(adapter.stat!('a', { signal }), { reason: 'wrong-credentials', serverCode: code });
      // What S3 says of a missing object to whoever may not list.
      code = 'AccessDenied';
      await assert.rejects(adapter.stat!('a', { signal }), { ...unclear, serverCode: code });
      code = '';
      await assert.rejects(adapter.stat!('a', { signal }), error => {
        assert.ok(error instanceof TransferError);
        assert.match(error.message, /has no such file, or does not let this page read it/);
        assert.doesNotMatch(error.message, /signed/);
        return error.reason === unclear.reason;
      });
      assert.deepEqual(ranges, ['bytes=0-0', 'bytes=0-0', 'bytes=0-0']);
      // The same answer to a download says no more.
      const source = await adapter.resolveDownload!({ path: 'a', id: 'a' }, { signal });
      assert.ok(source.kind === 'url');
      const refusal = { status: 403, headers: {}, body: xmlError('AccessDenied') };
      assert.equal(source.readError!(refusal)?.reason, unclear.reason);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('asks for MD5 once the storage did not report a modern checksum', async () => {
    const adapter = s3({ bucketUrl, signRequest, smallFilesByForm: false });
    const intent = { path: 'a', size: 1, type: '', checksum: 'auto' } as const;
    const plan = await adapter.openUpload!(intent, { signal });
    assert.ok(plan.kind === 'request');
    assert.equal(plan.requestChecksum, 'crc64nvme');
    const outcome = await plan.finish({ status: 200, headers: { etag: '"e"' }, body: '' }, { signal });
    assert.deepEqual(outcome, { path: 'a', etag: 'e' });
    assert.equal((await adapter.openUpload!(intent, { signal })).requestChecksum, 'md5');
  });
});
