import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { describe } from 'node:test';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import {
  client,
  conforms,
  key,
  objectUrl,
  outcome,
  presign,
  refusal,
  sampleBytes,
  target,
} from './target.js';

const amzDate = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
const minutes = 60_000;
const stored = async (name: string) => {
  const { Body } = await target.s3.send(new GetObjectCommand({ Bucket: target.bucket, Key: key(name) }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const refused = async (response: Promise<Response>, status: number, code: string) => {
  const { status: actual, code: said } = await outcome(await response);
  assert.deepEqual([actual, said], [status, code]);
};
const signer = () =>
  new AwsClient({
    accessKeyId: target.accessKeyId,
    secretAccessKey: target.secretAccessKey,
    service: 's3',
    region: target.region,
    retries: 0,
  });
const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
const signingKey = (date: string) =>
  [date.slice(0, 8), target.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${target.secretAccessKey}`,
  ) as Buffer;

describe('signed URLs', () => {
  conforms('a signed URL stores and reads an object', async () => {
    const name = key('signed ü+(1).bin');
    assert.equal((await fetch(await presign('PUT', name), { method: 'PUT', body: 'by URL' })).status, 200);
    assert.equal(await (await fetch(await presign('GET', name))).text(), 'by URL');
    assert.equal((await fetch(await presign('HEAD', name), { method: 'HEAD' })).status, 200);
    assert.equal((await fetch(await presign('DELETE', name), { method: 'DELETE' })).status, 204);
    await refused(fetch(await presign('GET', name)), 404, 'NoSuchKey');
  });

  conforms('a URL signed for one method, key or query serves no other', async () => {
    const name = key('signed-one');
    await fetch(await presign('PUT', name), { method: 'PUT', body: 'x' });
    const url = await presign('GET', name);
    assert.equal((await fetch(url)).status, 200);
    await refused(fetch(url, { method: 'DELETE' }), 403, 'SignatureDoesNotMatch');
    await refused(fetch(url.replace('signed-one', 'signed-two')), 403, 'SignatureDoesNotMatch');
    await refused(fetch(`${url}&response-content-type=text%2Fhtml`), 403, 'SignatureDoesNotMatch');
    await refused(
      fetch(url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000')),
      403,
      'SignatureDoesNotMatch',
    );
    await refused(
      fetch(url.replace(/Signature=./, match => `${match.slice(0, -1)}${match.endsWith('0') ? '1' : '0'}`)),
      403,
      'SignatureDoesNotMatch',
    );
  });

  conforms('an expired URL is refused with AccessDenied', async () => {
    const datetime = amzDate(Date.now() - 10 * minutes);
    const response = await fetch(await presign('GET', key('x'), { datetime, expires: 60 }));
    const { status, code } = await outcome(response);
    assert.deepEqual([status, code], [403, 'AccessDenied']);
  });

  conforms('an expired URL says that it has expired', async () => {
    const datetime = amzDate(Date.now() - 10 * minutes);
    const { body } = await outcome(await fetch(await presign('GET', key('x'), { datetime, expires: 60 })));
    assert.match(body, /<Message>Request has expired<\/Message>/);
  });

  conforms('a URL is valid until its expiry, not only for the clock skew', async () => {
    const datetime = amzDate(Date.now() - 60 * minutes);
    await refused(fetch(await presign('GET', key('absent'), { datetime, expires: 7200 })), 404, 'NoSuchKey');
  });

  conforms('a URL lives a week at most', async () => {
    assert.equal((await fetch(await presign('GET', key('absent'), { expires: 604800 }))).status, 404);
    const { status } = await outcome(await fetch(await presign('GET', key('absent'), { expires: 604801 })));
    assert.ok(status === 400 || status === 403, `status ${status}`);
  });

  conforms('the answer to a too long expiry is AuthorizationQueryParametersError', async () => {
    await refused(
      fetch(await presign('GET', key('absent'), { expires: 604801 })),
      400,
      'AuthorizationQueryParametersError',
    );
  });

  conforms('a URL from the future is refused', async () => {
    const datetime = amzDate(Date.now() + 60 * minutes);
    assert.equal((await fetch(await presign('GET', key('x'), { datetime }))).status, 403);
  });

  conforms('without a signature there is no access', async () => {
    await refused(fetch(objectUrl(key('x'))), 403, 'AccessDenied');
    await refused(fetch(objectUrl(key('x')), { method: 'PUT', body: 'x' }), 403, 'AccessDenied');
  });

  conforms('a signature lacking parameters is refused', async () => {
    const url = new URL(await presign('GET', key('x')));
    url.searchParams.delete('X-Amz-Date');
    await refused(fetch(url), 400, 'AuthorizationQueryParametersError');
  });

  conforms('a URL of another region is refused', async () => {
    const response = await fetch(await presign('GET', key('x'), { region: 'eu-nowhere-1' }));
    const { status, code } = await outcome(response);
    assert.deepEqual([status, code], [400, 'AuthorizationQueryParametersError']);
  });

  conforms('signed headers must come as they were signed', async () => {
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-a': '1' };
    const url = await presign('PUT', key('signed-headers'), { headers });
    assert.equal((await fetch(url, { method: 'PUT', body: 'x', headers })).status, 200);
    const other = { ...headers, 'content-type': 'text/html' };
    await refused(fetch(url, { method: 'PUT', body: 'x', headers: other }), 403, 'SignatureDoesNotMatch');
    const missing = { 'content-type': 'text/plain' };
    assert.equal((await fetch(url, { method: 'PUT', body: 'x', headers: missing })).status, 403);
  });

  conforms('x-amz-* headers that were not signed are refused', async () => {
    const url = await presign('PUT', key('unsigned-header'));
    const headers = { 'x-amz-meta-smuggled': 'yes' };
    const { status, code, body } = await outcome(await fetch(url, { method: 'PUT', body: 'x', headers }));
    assert.deepEqual([status, code], [403, 'AccessDenied']);
    assert.match(body, /headers present in the request which were not signed/);
    assert.match(body, /<HeadersNotSigned>x-amz-meta-smuggled<\/HeadersNotSigned>/);
  });

  conforms('a signed content-length holds the body to its size', async () => {
    const url = await presign('PUT', key('sized'), { headers: { 'content-length': '4' } });
    assert.equal((await fetch(url, { method: 'PUT', body: '1234' })).status, 200);
    await refused(fetch(url, { method: 'PUT', body: '12345' }), 403, 'SignatureDoesNotMatch');
  });

  conforms('the SDK and this suite sign alike', async () => {
    await target.s3.send(new PutObjectCommand({ Bucket: target.bucket, Key: key('alike'), Body: 'x' }));
    const response = await fetch(
      await presign('GET', key('alike'), { query: { 'response-content-type': 'a/b' } }),
    );
    assert.equal(response.headers.get('content-type'), 'a/b');
  });
});

describe('signed headers', () => {
  conforms('a body other than the signed hash is refused', async () => {
    const url = objectUrl(key('hashed'));
    const hash = createHash('sha256').update('right').digest('hex');
    const signed = await signer().sign(url, { method: 'PUT', headers: { 'x-amz-content-sha256': hash } });
    const send = (body: string) => fetch(url, { method: 'PUT', body, headers: signed.headers });
    assert.equal((await send('right')).status, 200);
    await refused(send('wrong'), 400, 'XAmzContentSHA256Mismatch');
    assert.equal((await stored('hashed')).toString(), 'right');
  });

  conforms('an unsigned payload is taken when the signature says so', async () => {
    const url = objectUrl(key('unsigned-payload'));
    const signed = await signer().sign(url, {
      method: 'PUT',
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    assert.equal((await fetch(url, { method: 'PUT', body: 'any', headers: signed.headers })).status, 200);
  });

  conforms('a clock that is wrong by more than a quarter of an hour is refused', async () => {
    for (const offset of [-20, 20]) {
      const signed = await signer().sign(objectUrl(key('x')), {
        aws: { datetime: amzDate(Date.now() + offset * minutes) },
      });
      await refused(fetch(signed), 403, 'RequestTimeTooSkewed');
    }
  });

  conforms('a tampered header signature is refused', async () => {
    const signed = await signer().sign(objectUrl(key('x')));
    const headers = new Headers(signed.headers);
    headers.set(
      'authorization',
      headers.get('authorization')!.replace(/.$/, last => (last === '0' ? '1' : '0')),
    );
    await refused(fetch(signed.url, { headers }), 403, 'SignatureDoesNotMatch');
  });

  conforms('only one way of signing at a time', async () => {
    const signed = await signer().sign(objectUrl(key('x')));
    const { status } = await outcome(
      await fetch(await presign('GET', key('x')), { headers: signed.headers }),
    );
    assert.equal(status, 400);
  });

  conforms('old signature versions are not taken', async () => {
    const headers = { authorization: 'AWS X:Y', date: new Date().toUTCString() };
    const { status } = await outcome(await fetch(objectUrl(key('x')), { headers }));
    assert.ok(status === 400 || status === 403);
  });
});

describe('chunked bodies', () => {
  const withChecksums = () => {
    const s3 = client();
    s3.config.requestChecksumCalculation = async () => 'WHEN_SUPPORTED';
    return s3;
  };

  conforms('a stream of the SDK arrives without its framing, its trailer checked', async () => {
    const bytes = sampleBytes(700_001);
    const s3 = withChecksums();
    const answer = await s3.send(
      new PutObjectCommand({
        Bucket: target.bucket,
        Key: key('streamed'),
        Body: Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
        ContentLength: bytes.length,
        ContentEncoding: 'x-test',
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    s3.destroy();
    assert.equal(answer.ChecksumSHA256, createHash('sha256').update(bytes).digest('base64'));
    assert.ok((await stored('streamed')).equals(bytes));
    const info = await target.s3.send(new HeadObjectCommand({ Bucket: target.bucket, Key: key('streamed') }));
    assert.equal(info.ContentEncoding, 'x-test');
  });

  /** A body of signed chunks, written out by hand from the specification. */
  async function sendChunks(
    name: string,
    pieces: Buffer[],
    change: (framed: Buffer[]) => void = () => undefined,
  ) {
    const url = objectUrl(key(name));
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const framedLength = [...pieces, Buffer.alloc(0)].reduce(
      (sum, piece) =>
        sum + piece.length.toString(16).length + ';chunk-signature='.length + 64 + 4 + piece.length,
      0,
    );
    const headers: Record<string, string> = {
      'content-encoding': 'aws-chunked',
      'content-length': String(framedLength),
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-decoded-content-length': String(length),
    };
    const signed = await signer().sign(url, { method: 'PUT', headers, aws: { allHeaders: true } });
    const date = signed.headers.get('x-amz-date')!;
    let previous = /Signature=([0-9a-f]{64})/.exec(signed.headers.get('authorization')!)![1]!;
    const scope = `${date.slice(0, 8)}/${target.region}/s3/aws4_request`;
    const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
    const framed = [...pieces, Buffer.alloc(0)].map(piece => {
      const text = ['AWS4-HMAC-SHA256-PAYLOAD', date, scope, previous, sha256(''), sha256(piece)].join('\n');
      previous = hmac(signingKey(date), text).toString('hex');
      return Buffer.concat([
        Buffer.from(`${piece.length.toString(16)};chunk-signature=${previous}\r\n`),
        piece,
        Buffer.from('\r\n'),
      ]);
    });
    change(framed);
    return new Promise<{ status: number | undefined; body: string }>((done, failed) => {
      const outgoing = request(url, {
        method: 'PUT',
        headers: { ...Object.fromEntries(signed.headers), ...headers },
      });
      outgoing.on('error', failed).on('response', response => {
        let body = '';
        response.setEncoding('utf8').on('data', text => (body += text));
        response.on('end', () => done({ status: response.statusCode, body }));
      });
      outgoing.end(Buffer.concat(framed));
    });
  }

  conforms('signed chunks arrive without their framing', async () => {
    const pieces = [sampleBytes(65536, 1), sampleBytes(65536, 2), sampleBytes(777, 3)];
    const { status, body } = await sendChunks('chunks', pieces);
    assert.equal(status, 200, body);
    assert.ok((await stored('chunks')).equals(Buffer.concat(pieces)));
  });

  conforms('a chunk that was changed is refused and stores nothing', async () => {
    const pieces = [sampleBytes(65536, 1), sampleBytes(65536, 2)];
    const { status, body } = await sendChunks('changed-chunk', pieces, framed => {
      const second = framed[1]!;
      second[200] = second[200]! ^ 1;
    });
    assert.equal(status, 403, body);
    assert.match(body, /<Code>SignatureDoesNotMatch<\/Code>/);
    assert.equal((await fetch(await presign('GET', key('changed-chunk')))).status, 404);
  });
});

describe('bodies', () => {
  conforms('a body needs a length', async () => {
    const url = await presign('PUT', key('no-length'));
    const status = await new Promise<number | undefined>((done, failed) => {
      const outgoing = request(url, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } });
      outgoing.on('error', failed).on('response', response => {
        response.resume();
        done(response.statusCode);
      });
      outgoing.end('x');
    });
    assert.equal(status, 411);
  });

  conforms('a body that breaks off stores nothing', async () => {
    const url = await presign('PUT', key('broken-off'));
    await new Promise<void>(done => {
      const outgoing = request(url, { method: 'PUT', headers: { 'content-length': '1000000' } });
      outgoing.on('error', () => done());
      outgoing.write(Buffer.alloc(200_000), () => outgoing.destroy());
      outgoing.on('close', () => done());
    });
    assert.equal((await fetch(await presign('GET', key('broken-off')))).status, 404);
  });

  conforms('Expect: 100-continue is answered before the body', async () => {
    const url = await presign('PUT', key('continued'));
    const status = await new Promise<number | undefined>((done, failed) => {
      const outgoing = request(url, {
        method: 'PUT',
        headers: { expect: '100-continue', 'content-length': '4' },
      });
      outgoing.on('continue', () => outgoing.end('body'));
      outgoing.on('error', failed).on('response', response => {
        response.resume();
        done(response.statusCode);
      });
      outgoing.flushHeaders();
    });
    assert.equal(status, 200);
    assert.equal((await stored('continued')).toString(), 'body');
  });

  conforms('a body too large to take is refused by its announced length', async () => {
    const size = 5 * 1024 ** 3 + 1;
    const url = await presign('PUT', key('too-large'));
    const answer = await new Promise<string>((done, failed) => {
      const outgoing = request(url, {
        method: 'PUT',
        headers: { 'content-length': String(size), expect: '100-continue' },
      });
      outgoing.on('continue', () => failed(new Error('the engine wants the body')));
      outgoing.on('error', failed).on('response', response => {
        let body = '';
        response.setEncoding('utf8').on('data', text => (body += text));
        response.on('end', () => {
          outgoing.destroy();
          done(`${response.statusCode} ${/<Code>([^<]*)/.exec(body)?.[1]}`);
        });
      });
      outgoing.flushHeaders();
    });
    assert.equal(answer, '400 EntityTooLarge');
  });
});

describe('the SDK', () => {
  conforms('refuses nothing the SDK signs', async () => {
    const { s3, bucket: Bucket } = target;
    const Key = key('sdk ~!@#$%^&*()_+=-`{}|[]\\:";\'<>?,./ü');
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Metadata: { spaces: 'a  b   c' } }));
    const info = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    assert.equal(info.ContentLength, 1);
    assert.deepEqual(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: `${Key}-` }))), {
      status: 404,
      code: 'NoSuchKey',
    });
  });
});
