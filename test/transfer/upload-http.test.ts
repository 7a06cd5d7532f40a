import { expect } from '@open-wc/testing';
import { s3 } from '../../src/adapters/s3/index.js';
import { systemClock } from '../../src/transfer/clock.js';
import type { TransferManagerOptions } from '../../src/transfer/manager.js';
import { send } from '../../src/transfer/send.js';
import { LocalStore, type LocalStoreOptions } from '../tools/local-store.js';
import { bigFile, managerOf, textFile, until } from './harness.js';

const never = new AbortController().signal;
const MiB = 1024 ** 2;

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (blob: Blob): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));

describe('bytes over HTTP', function () {
  this.timeout(60_000);
  let store: LocalStore;

  before(async () => {
    store = await LocalStore.open();
  });
  after(() => store.close());
  afterEach(() => store.resetFaults());

  const signed = (key: string, contentType?: string) =>
    store.sign<{ url: string; headers?: Record<string, string> }>({
      method: 'PUT',
      key,
      ...(contentType ? { contentType } : {}),
    });

  it('hands over the answer: status, headers in lower case, body', async () => {
    for (const file of [textFile('small'), bigFile('large', MiB)]) {
      const { url, headers } = await signed(file.name);
      const moved: number[] = [];
      const answer = await send({ method: 'PUT', url, ...(headers ? { headers } : {}) }, file, {
        signal: never,
        clock: systemClock,
        onSent: bytes => moved.push(bytes),
      });
      expect(answer.status).to.equal(200);
      expect(answer.headers.etag).to.match(/^"[0-9a-f]{32}"$/);
      expect(answer.url).not.to.contain('?');
      expect(moved.at(-1)).to.equal(file.size);
      expect(await store.sha256(file.name)).to.equal(await sha256(file));
    }
  });

  it('gives a refusal to the adapter as it is, without the signature in its URL', async () => {
    const { url } = await signed('a');
    const answer = await send({ method: 'PUT', url: `${url}0` }, textFile('a'), {
      signal: never,
      clock: systemClock,
    });
    expect(answer.status).to.equal(403);
    expect(answer.body).to.contain('SignatureDoesNotMatch');
    expect(answer.url).not.to.contain('X-Amz');
  });

  it('ends a request whose bytes do not move, and one that is never answered', async () => {
    const file = bigFile('stall', 8 * MiB);
    for (const [stall, reason] of [
      ['request', 'stalled'],
      ['after', 'timeout'],
    ] as const) {
      await store.setFaults({ rules: [{ operation: 'PutObject', stall }] });
      const { url } = await signed('stall');
      const options = { signal: never, clock: systemClock, stallAfter: 600, answerWithin: 300 };
      const error = await send({ method: 'PUT', url }, file, options).catch(each => each);
      expect(error).to.include({ kind: 'retry' });
      // A small body may be all handed to the socket before the peer stops reading.
      expect(error.reason).to.be.oneOf(stall === 'request' ? ['stalled', 'timeout'] : [reason]);
      expect(error.message).not.to.contain('X-Amz');
    }
    await store.setFaults({ rules: [{ operation: 'PutObject', stall: 'after' }] });
    const { url } = await signed('stall');
    const small = await send({ method: 'PUT', url }, textFile('x'), {
      signal: never,
      clock: systemClock,
      answerWithin: 300,
    }).catch(each => each);
    expect(small.reason).to.equal('timeout');
  });

  it('tells a broken connection, and stops at once when asked to', async () => {
    await store.setFaults({ rules: [{ operation: 'PutObject', resetAfterBytesIn: 1000 }] });
    for (const file of [textFile('x', 'y'.repeat(5000)), bigFile('x', 2 * MiB)]) {
      const { url } = await signed('x');
      const error = await send({ method: 'PUT', url }, file, { signal: never, clock: systemClock }).catch(
        each => each,
      );
      expect(error).to.include({ kind: 'retry', reason: 'network' });
    }
    await store.setFaults({ rules: [{ operation: 'PutObject', stall: 'before' }] });
    for (const file of [textFile('x'), bigFile('x', 2 * MiB)]) {
      const { url } = await signed('x');
      const abort = new AbortController();
      setTimeout(() => abort.abort(new Error('stop')), 30);
      const error = await send({ method: 'PUT', url }, file, {
        signal: abort.signal,
        clock: systemClock,
      }).catch(each => each);
      expect(error.message).to.equal('stop');
    }
  });
});

describe('uploads to a store', function () {
  this.timeout(60_000);
  let store: LocalStore;
  const open = async (
    options: LocalStoreOptions = {},
    managing: Partial<TransferManagerOptions> = {},
  ): Promise<ReturnType<typeof managerOf>> => {
    store = await LocalStore.open(options);
    const adapter = s3({ bucketUrl: store.bucketUrl, signRequest: store.sign, partsFrom: 6 * MiB });
    return managerOf(adapter, { clock: systemClock, ...managing });
  };
  afterEach(() => store.close());

  it('stores files of both kinds byte for byte, parts side by side, with a checksum the store verified', async () => {
    const { manager } = await open();
    await store.setFaults({ delay: 20 });
    const files = [textFile('small äß €.txt', 'hello'), bigFile('big.bin', 42 * MiB), new File([], 'empty')];
    const job = manager.upload(files, { into: 'in/', partSize: 5 * MiB });
    const { state } = await job.finished;
    expect(state, job.snapshot.reason?.message).to.equal('done');
    for (const file of files) expect(await store.sha256(`in/${file.name}`)).to.equal(await sha256(file));
    expect(await store.uploads()).to.deep.equal([]);
    expect(job.items.at(1)!.result!.verified?.level).to.equal('checksum');
    const { maxConcurrentPartsByKey } = (await store.stats()) as unknown as Record<
      string,
      Record<string, number>
    >;
    if (maxConcurrentPartsByKey) expect(maxConcurrentPartsByKey['in/big.bin']).to.be.at.least(3);
  });

  it('outlives refusals, cut connections, and a lost answer to Complete', async () => {
    const { manager } = await open();
    await store.setFaults({
      rules: [
        { operation: 'UploadPart', partNumber: 2, times: 2, status: 503, retryAfter: 1 },
        { operation: 'UploadPart', partNumber: 3, times: 1, resetAfterBytesIn: 100_000 },
        { operation: 'CompleteMultipartUpload', times: 1, loseAnswer: true },
      ],
    });
    const file = bigFile('big.bin', 22 * MiB);
    const job = manager.upload([file], { partSize: 5 * MiB });
    const { state } = await job.finished;
    expect(state, job.items.at(0)!.error?.message).to.equal('done');
    expect(await store.sha256('big.bin')).to.equal(await sha256(file));
    expect(await store.uploads()).to.deep.equal([]);
  });

  it('begins anew when Complete answers 200 with an error, and leaves nothing of a cancelled upload', async () => {
    const { manager } = await open();
    await store.failNext({ operation: 'CompleteMultipartUpload', errorInBody: true });
    const file = bigFile('big.bin', 11 * MiB);
    const job = manager.upload([file], { partSize: 5 * MiB });
    expect((await job.finished).state, job.items.at(0)!.error?.message).to.equal('done');
    expect(await store.sha256('big.bin')).to.equal(await sha256(file));

    await store.setFaults({ bytesPerSecond: 2 * MiB });
    const cancelled = manager.upload([bigFile('other.bin', 22 * MiB)], { partSize: 5 * MiB });
    await until(() => cancelled.items.at(0)!.sent > 0);
    await cancelled.cancel();
    expect(await store.uploads()).to.deep.equal([]);
    expect((await store.list()).map(object => object.key)).to.deep.equal(['big.bin']);
  });
});
