import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { presign } from '../../../src/adapters/s3/presign.js';
import type { S3SignRequest } from '../../../src/adapters/s3/signing.js';
import type { ChecksumAlgorithm } from '../../../src/core/checksum.js';
import { createHasher } from '../../../src/transfer/checksum/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadOptions, TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { bytesOf, contextFor, firstDifference, patterned, temporaryDirectory } from './support.js';

const mebibyte = 1024 * 1024;
const content = patterned(11 * mebibyte + 17, 5);

describe('a checksum over those of the parts', function () {
  this.timeout(60_000);
  let store: LocalStore;
  let adapter: Adapter;
  before(async () => {
    store = await LocalStore.open({ minPartSize: mebibyte });
    adapter = s3({ bucketUrl: store.bucketUrl, signRequest: store.sign });
    await putInParts('crc32.bin', 'crc32', [3, 3, 3]);
    await putInParts('larger.bin', 'crc32c', [9]);
    await putInParts('sha256.bin', 'sha256', [3, 3, 3]);
    await putInParts('unlike.bin', 'crc32', [3, 2, 4]);
    await putInParts('unlike-within.bin', 'crc32', [2, 2, 1, 3, 2]);
  });
  after(() => store.close());
  afterEach(() => store.resetFaults());

  async function ask(request: S3SignRequest, body?: BodyInit): Promise<Response> {
    const { bucketUrl, region, accessKeyId, secretAccessKey } = store;
    const credentials = { accessKeyId, secretAccessKey };
    const { url, headers } = await presign(request, { bucketUrl, region, credentials });
    // A blob: the driver of the browser takes down other bodies, as text.
    const response = await fetch(url, {
      method: request.method,
      ...(headers ? { headers } : {}),
      ...(body === undefined ? {} : { body }),
    });
    expect(response.ok, await response.clone().text()).to.equal(true);
    return response;
  }

  /** Parts of so many MiB and one with the rest, as other tools upload them. */
  async function putInParts(
    key: string,
    algorithm: ChecksumAlgorithm,
    sizes: readonly number[],
  ): Promise<void> {
    const begun = await ask({
      method: 'POST',
      key,
      operation: 'CreateMultipartUpload',
      headers: {
        'x-amz-checksum-algorithm': algorithm.toUpperCase(),
        'x-amz-checksum-type': 'COMPOSITE',
      },
    });
    const uploadId = /<UploadId>([^<]+)/.exec(await begun.text())![1]!;
    const hasher = createHasher();
    const listed: string[] = [];
    let start = 0;
    for (const [index, size] of [...sizes.map(each => each * mebibyte), content.length].entries()) {
      const piece = content.slice(start, Math.min(start + size, content.length));
      start += piece.length;
      const { value } = (await hasher.hashBytes(piece, [algorithm])).get(algorithm)!;
      const partNumber = index + 1;
      const headers = { [`x-amz-checksum-${algorithm}`]: value };
      const answer = await ask({ method: 'PUT', key, uploadId, partNumber, headers }, new Blob([piece]));
      const name = `Checksum${algorithm.toUpperCase()}`;
      listed.push(
        `<Part><PartNumber>${partNumber}</PartNumber><ETag>${answer.headers.get('etag')}</ETag><${name}>${value}</${name}></Part>`,
      );
    }
    hasher.close();
    const body = `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`;
    await ask({ method: 'POST', key, uploadId, headers: { 'content-type': 'application/xml' } }, body);
  }

  async function download(path: string, options: DownloadOptions): Promise<TransferJob> {
    const job = startDownload(contextFor(adapter), [path], options);
    await job.finished;
    return job;
  }

  async function expectProof(job: TransferJob, algorithm: ChecksumAlgorithm): Promise<void> {
    expect(job.items.at(0)!.error?.message).to.equal(undefined);
    expect(job.items.at(0)!.result!.verified).to.deep.equal({ level: 'checksum', by: 'page', algorithm });
  }

  for (const [path, algorithm] of [
    ['crc32.bin', 'crc32'],
    // The first request asks for less than a part.
    ['larger.bin', 'crc32c'],
    ['sha256.bin', 'sha256'],
  ] as const) {
    it(`proves the bytes of ${path}`, async () => {
      const job = await download(path, { to: 'memory', verify: 'checksum' });
      await expectProof(job, algorithm);
      expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), content)).to.equal(-1);
    });

    it(`proves them in a picked folder (${path})`, async () => {
      await using directory = await temporaryDirectory();
      await expectProof(await download(path, { to: directory, verify: 'checksum' }), algorithm);
    });

    it(`finds other bytes (${path})`, async () => {
      await store.setFaults({ rules: [{ operation: 'GetObject', damageAnswer: true, times: 1 }] });
      const job = await download(path, { to: 'memory', verify: 'checksum' });
      // Fetched again, they are right.
      await expectProof(job, algorithm);
      expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), content)).to.equal(-1);
      await store.setFaults({ rules: [{ operation: 'GetObject', damageAnswer: true }] });
      const damaged = await download(path, { to: 'memory' });
      expect(damaged.items.at(0)!.error?.reason).to.equal('checksum-mismatch');
    });
  }

  it('proves what goes into a stream, and replaces a file only by what is proven', async () => {
    await using directory = await temporaryDirectory();
    const pieces: Uint8Array[] = [];
    const to = new WritableStream<Uint8Array>({ write: piece => void pieces.push(piece) });
    await expectProof(await download('crc32.bin', { to, verify: 'checksum' }), 'crc32');
    const whole = await bytesOf(new Blob(pieces as BlobPart[]));
    expect(firstDifference(whole, content)).to.equal(-1);
    const handle = await directory.getFileHandle('mine.bin', { create: true });
    const writable = await handle.createWritable();
    await writable.write('as it was');
    await writable.close();
    await store.setFaults({ rules: [{ operation: 'GetObject', damageAnswer: true }] });
    const damaged = await download('crc32.bin', { to: handle });
    expect(damaged.items.at(0)!.error?.reason).to.equal('checksum-mismatch');
    expect(await (await handle.getFile()).text()).to.equal('as it was');
    await store.resetFaults();
    await expectProof(await download('crc32.bin', { to: handle, verify: 'checksum' }), 'crc32');
  });

  for (const path of ['unlike.bin', 'unlike-within.bin']) {
    it(`says nothing of parts that differ (${path})`, async () => {
      const job = await download(path, { to: 'memory' });
      expect(job.items.at(0)!.error?.message).to.equal(undefined);
      expect(job.items.at(0)!.result!.verified?.level).to.equal('size');
      expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), content)).to.equal(-1);
    });
  }

  it('asks for the checksum of a large file that a listing has shown', async () => {
    await store.put('listed.bin', new Blob([content]));
    const { entries } = await adapter.list('', { signal: new AbortController().signal });
    const entry = entries.find(({ path }) => path === 'listed.bin')!;
    expect(entry?.checksums).to.equal(undefined);
    const job = startDownload(contextFor(adapter), [entry], { to: 'memory', verify: 'checksum' });
    await job.finished;
    await expectProof(job, 'crc64nvme');
  });
});
