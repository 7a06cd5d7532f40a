import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe } from 'node:test';
import { crc32 as zlibCrc32 } from 'node:zlib';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createCRC32, createCRC64 } from 'hash-wasm';
import { conforms, key, outcome, PART, presign, refusal, sampleBytes, target } from './target.js';

type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
const ALGORITHMS: Algorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];
const CRCS: Algorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME'];

async function digest(algorithm: Algorithm, data: Uint8Array): Promise<Buffer> {
  if (algorithm === 'SHA1' || algorithm === 'SHA256')
    return createHash(algorithm.toLowerCase()).update(data).digest();
  if (algorithm === 'CRC32') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(zlibCrc32(data));
    return bytes;
  }
  const hasher =
    algorithm === 'CRC32C' ? await createCRC32(0x82f63b78) : await createCRC64('9a6c9329ac4bc9b5');
  return Buffer.from(hasher.init().update(data).digest('binary'));
}
const base64 = async (algorithm: Algorithm, data: Uint8Array) =>
  (await digest(algorithm, data)).toString('base64');
const field = (algorithm: Algorithm) => `Checksum${algorithm}` as const;
const at = (name: string) => ({ Bucket: target.bucket, Key: key(name) });
const head = (name: string) =>
  target.s3.send(new HeadObjectCommand({ ...at(name), ChecksumMode: 'ENABLED' }));

describe('checksums of single requests', () => {
  conforms('a Content-MD5 that fits is taken, one that does not is BadDigest', async () => {
    const md5 = (text: string) => createHash('md5').update(text).digest('base64');
    await target.s3.send(new PutObjectCommand({ ...at('md5'), Body: 'right', ContentMD5: md5('right') }));
    const wrong = new PutObjectCommand({ ...at('md5-wrong'), Body: 'wrong', ContentMD5: md5('right') });
    assert.deepEqual(await refusal(target.s3.send(wrong)), { status: 400, code: 'BadDigest' });
    assert.equal((await refusal(head('md5-wrong'))).status, 404);
    const broken = new PutObjectCommand({ ...at('md5-broken'), Body: 'x', ContentMD5: 'not base64' });
    assert.deepEqual(await refusal(target.s3.send(broken)), { status: 400, code: 'InvalidDigest' });
  });

  for (const algorithm of ALGORITHMS) {
    conforms(`${algorithm} of a put is verified, kept and shown`, async () => {
      const body = sampleBytes(100_003);
      const value = await base64(algorithm, body);
      const name = `sum-${algorithm}`;
      const answer = await target.s3.send(
        new PutObjectCommand({ ...at(name), Body: body, [field(algorithm)]: value }),
      );
      assert.equal(answer[field(algorithm)], value);
      const info = await head(name);
      assert.equal(info[field(algorithm)], value);
      assert.equal(info.ChecksumType, 'FULL_OBJECT');
      assert.equal((await target.s3.send(new HeadObjectCommand(at(name))))[field(algorithm)], undefined);
    });

    conforms(`a wrong ${algorithm} is BadDigest and stores nothing`, async () => {
      const name = `sum-wrong-${algorithm}`;
      const value = await base64(algorithm, Buffer.from('other'));
      const work = target.s3.send(
        new PutObjectCommand({ ...at(name), Body: 'this', [field(algorithm)]: value }),
      );
      assert.deepEqual(await refusal(work), { status: 400, code: 'BadDigest' });
      assert.equal((await refusal(head(name))).status, 404);
    });
  }

  conforms('the well-known check values', async () => {
    const values = { CRC32: 'cbf43926', CRC32C: 'e3069283', CRC64NVME: 'ae8b14860a799888' };
    for (const [algorithm, hex] of Object.entries(values)) {
      const value = Buffer.from(hex, 'hex').toString('base64');
      const command = new PutObjectCommand({
        ...at('check'),
        Body: '123456789',
        [field(algorithm as Algorithm)]: value,
      });
      assert.equal((await target.s3.send(command))[field(algorithm as Algorithm)], value);
    }
  });

  conforms('a checksum header that is no checksum is refused', async () => {
    const headers = { 'x-amz-checksum-crc32': 'AAAA' };
    const url = await presign('PUT', key('no-sum'), { headers });
    const { status, code } = await outcome(await fetch(url, { method: 'PUT', body: 'x', headers }));
    assert.deepEqual([status, code], [400, 'InvalidRequest']);
  });

  conforms('only one checksum at a time', async () => {
    const headers = {
      'x-amz-checksum-crc32': await base64('CRC32', Buffer.from('x')),
      'x-amz-checksum-crc32c': await base64('CRC32C', Buffer.from('x')),
    };
    const url = await presign('PUT', key('two-sums'), { headers });
    const { status, code } = await outcome(await fetch(url, { method: 'PUT', body: 'x', headers }));
    assert.deepEqual([status, code], [400, 'InvalidRequest']);
  });

  conforms('without one the store adds CRC64NVME', async () => {
    await target.s3.send(new PutObjectCommand({ ...at('default-sum'), Body: 'default' }));
    assert.equal(
      (await head('default-sum')).ChecksumCRC64NVME,
      await base64('CRC64NVME', Buffer.from('default')),
    );
  });

  conforms('a copy keeps or changes the algorithm', async () => {
    const body = Buffer.from('to be copied');
    await target.s3.send(
      new PutObjectCommand({ ...at('sum-source'), Body: body, ChecksumAlgorithm: 'CRC32C' }),
    );
    const copy = (to: string, extra = {}) =>
      target.s3.send(
        new CopyObjectCommand({ ...at(to), CopySource: `${target.bucket}/${key('sum-source')}`, ...extra }),
      );
    assert.equal((await copy('sum-copy')).CopyObjectResult?.ChecksumCRC32C, await base64('CRC32C', body));
    const changed = await copy('sum-copy', { ChecksumAlgorithm: 'SHA256' });
    assert.equal(changed.CopyObjectResult?.ChecksumSHA256, await base64('SHA256', body));
  });
});

describe('checksums of multipart uploads', () => {
  const bodies = [sampleBytes(PART, 1), sampleBytes(PART + 77, 2), sampleBytes(4321, 3)];
  const whole = Buffer.concat(bodies);

  async function upload(
    name: string,
    create: Partial<CreateMultipartUploadCommandInput>,
    perPart: Algorithm | undefined,
  ): Promise<{ UploadId: string; parts: CompletedPart[] }> {
    const { UploadId } = await target.s3.send(new CreateMultipartUploadCommand({ ...at(name), ...create }));
    const parts: CompletedPart[] = [];
    for (const [i, Body] of bodies.entries()) {
      const sum = perPart ? { [field(perPart)]: await base64(perPart, Body) } : {};
      const command = new UploadPartCommand({ ...at(name), UploadId, PartNumber: i + 1, Body, ...sum });
      parts.push({ PartNumber: i + 1, ETag: (await target.s3.send(command)).ETag, ...sum });
    }
    return { UploadId: UploadId!, parts };
  }
  const complete = (name: string, UploadId: string, Parts: CompletedPart[], extra = {}) =>
    target.s3.send(
      new CompleteMultipartUploadCommand({ ...at(name), UploadId, MultipartUpload: { Parts }, ...extra }),
    );

  for (const algorithm of ALGORITHMS.filter(name => name !== 'CRC64NVME')) {
    conforms(`${algorithm}, composite: the checksum of the parts' checksums`, async () => {
      const name = `composite-${algorithm}`;
      const { UploadId, parts } = await upload(name, { ChecksumAlgorithm: algorithm }, algorithm);
      const digests = Buffer.concat(await Promise.all(bodies.map(body => digest(algorithm, body))));
      const expected = `${await base64(algorithm, digests)}-3`;
      const listed = await target.s3.send(new ListPartsCommand({ ...at(name), UploadId }));
      assert.equal(listed.Parts?.[1]?.[field(algorithm)], parts[1]?.[field(algorithm)]);
      const answer = await complete(name, UploadId, parts);
      assert.equal(answer[field(algorithm)], expected);
      const info = await head(name);
      assert.equal(info[field(algorithm)], expected);
      assert.equal(info.ChecksumType, 'COMPOSITE');
    });
  }

  for (const algorithm of CRCS) {
    conforms(`${algorithm}, full object: the checksum of the whole`, async () => {
      const name = `full-${algorithm}`;
      const create = { ChecksumAlgorithm: algorithm, ChecksumType: 'FULL_OBJECT' as const };
      const { UploadId, parts } = await upload(name, create, algorithm);
      const expected = await base64(algorithm, whole);
      const wrong = { ChecksumType: 'FULL_OBJECT', [field(algorithm)]: await base64(algorithm, bodies[0]!) };
      assert.deepEqual(await refusal(complete(name, UploadId, parts, wrong)), {
        status: 400,
        code: 'BadDigest',
      });
      const right = { ChecksumType: 'FULL_OBJECT', [field(algorithm)]: expected };
      assert.equal((await complete(name, UploadId, parts, right))[field(algorithm)], expected);
      const info = await head(name);
      assert.equal(info[field(algorithm)], expected);
      assert.equal(info.ChecksumType, 'FULL_OBJECT');
    });
  }

  conforms('full object checksums need none of the parts', async () => {
    const create = { ChecksumAlgorithm: 'CRC32C' as const, ChecksumType: 'FULL_OBJECT' as const };
    const { UploadId, parts } = await upload('full-bare', create, undefined);
    assert.equal(
      (await complete('full-bare', UploadId, parts)).ChecksumCRC32C,
      await base64('CRC32C', whole),
    );
  });

  conforms('an upload that names no algorithm gets CRC64NVME of the whole', async () => {
    const { UploadId, parts } = await upload('full-default', {}, undefined);
    const answer = await complete('full-default', UploadId, parts);
    assert.equal(answer.ChecksumCRC64NVME, await base64('CRC64NVME', whole));
  });

  conforms('a part that does not fit its checksum is BadDigest', async () => {
    const { UploadId } = await target.s3.send(
      new CreateMultipartUploadCommand({ ...at('bad-part'), ChecksumAlgorithm: 'SHA256' }),
    );
    const sum = await base64('SHA256', Buffer.from('other'));
    const work = target.s3.send(
      new UploadPartCommand({
        ...at('bad-part'),
        UploadId,
        PartNumber: 1,
        Body: 'this',
        ChecksumSHA256: sum,
      }),
    );
    assert.deepEqual(await refusal(work), { status: 400, code: 'BadDigest' });
    assert.deepEqual(
      (await target.s3.send(new ListPartsCommand({ ...at('bad-part'), UploadId }))).Parts ?? [],
      [],
    );
  });

  conforms('a part with a Content-MD5 that does not fit is BadDigest', async () => {
    const { UploadId } = await target.s3.send(new CreateMultipartUploadCommand(at('bad-md5')));
    const ContentMD5 = createHash('md5').update('other').digest('base64');
    const work = target.s3.send(
      new UploadPartCommand({ ...at('bad-md5'), UploadId, PartNumber: 1, Body: 'this', ContentMD5 }),
    );
    assert.deepEqual(await refusal(work), { status: 400, code: 'BadDigest' });
  });

  conforms('parts of a composite upload must bring their checksum', async () => {
    const { UploadId } = await target.s3.send(
      new CreateMultipartUploadCommand({ ...at('bare-part'), ChecksumAlgorithm: 'SHA256' }),
    );
    const work = target.s3.send(
      new UploadPartCommand({ ...at('bare-part'), UploadId, PartNumber: 1, Body: 'x' }),
    );
    assert.deepEqual(await refusal(work), { status: 400, code: 'InvalidRequest' });
  });

  conforms('the completion of a composite upload must name the checksums, and the right ones', async () => {
    const name = 'composite-complete';
    const { UploadId, parts } = await upload(name, { ChecksumAlgorithm: 'SHA256' }, 'SHA256');
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    assert.deepEqual(await refusal(complete(name, UploadId, bare)), { status: 400, code: 'InvalidRequest' });
    const swapped = parts.map(part => ({ ...part, ChecksumSHA256: parts[0]!.ChecksumSHA256 }));
    assert.deepEqual(await refusal(complete(name, UploadId, swapped)), { status: 400, code: 'InvalidPart' });
    await complete(name, UploadId, parts);
  });

  conforms('hashes have no full object type, CRC64NVME no composite one', async () => {
    for (const [ChecksumAlgorithm, ChecksumType] of [
      ['SHA256', 'FULL_OBJECT'],
      ['CRC64NVME', 'COMPOSITE'],
    ] as const) {
      const work = target.s3.send(
        new CreateMultipartUploadCommand({ ...at('x'), ChecksumAlgorithm, ChecksumType }),
      );
      assert.deepEqual(await refusal(work), { status: 400, code: 'InvalidRequest' });
    }
  });

  conforms('GetObjectAttributes shows the parts of a composite upload', async () => {
    const name = 'attributes';
    const { UploadId, parts } = await upload(name, { ChecksumAlgorithm: 'SHA256' }, 'SHA256');
    await complete(name, UploadId, parts);
    const answer = await target.s3.send(
      new GetObjectAttributesCommand({
        ...at(name),
        ObjectAttributes: ['ETag', 'ObjectSize', 'ObjectParts', 'Checksum'],
      }),
    );
    assert.equal(answer.ObjectSize, whole.length);
    assert.equal(answer.ObjectParts?.TotalPartsCount, 3);
    assert.deepEqual(
      answer.ObjectParts?.Parts?.map(part => part.ChecksumSHA256),
      parts.map(part => part.ChecksumSHA256),
    );
    assert.match(answer.Checksum?.ChecksumSHA256 ?? '', /-3$/);
  });
});
