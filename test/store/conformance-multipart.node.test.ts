import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { conforms, key, outcome, PART, presign, refusal, sampleBytes, target } from './target.js';

const big = sampleBytes(PART, 1);
const second = sampleBytes(PART, 2);
const small = sampleBytes(1234, 3);
const at = (name: string) => ({ Bucket: target.bucket, Key: key(name) });
const begin = async (name: string, extra: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await target.s3.send(new CreateMultipartUploadCommand({ ...at(name), ...extra }))).UploadId!;
const send = async (name: string, UploadId: string, PartNumber: number, Body: Buffer) => {
  const { ETag } = await target.s3.send(new UploadPartCommand({ ...at(name), UploadId, PartNumber, Body }));
  return { PartNumber, ETag: ETag! };
};
const complete = (
  name: string,
  UploadId: string,
  Parts: { PartNumber: number; ETag: string }[],
  extra = {},
) =>
  target.s3.send(
    new CompleteMultipartUploadCommand({ ...at(name), UploadId, MultipartUpload: { Parts }, ...extra }),
  );
const abort = (name: string, UploadId: string) =>
  target.s3.send(new AbortMultipartUploadCommand({ ...at(name), UploadId }));
const read = async (name: string, Range?: string) => {
  const { Body } = await target.s3.send(new GetObjectCommand({ ...at(name), ...(Range ? { Range } : {}) }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

describe('multipart uploads', () => {
  conforms('parts that come in any order make one object', async () => {
    const uploadId = await begin('parts', { ContentType: 'text/x-parts', Metadata: { from: 'parts' } });
    assert.equal((await refusal(target.s3.send(new HeadObjectCommand(at('parts'))))).status, 404);
    const parts = [
      await send('parts', uploadId, 30, small),
      await send('parts', uploadId, 2, second),
      await send('parts', uploadId, 1, big),
    ].reverse();
    await complete('parts', uploadId, parts);
    const whole = Buffer.concat([big, second, small]);
    assert.ok((await read('parts')).equals(whole));
    const info = await target.s3.send(new HeadObjectCommand(at('parts')));
    assert.equal(info.ContentLength, whole.length);
    assert.equal(info.ContentType, 'text/x-parts');
    assert.deepEqual(info.Metadata, { from: 'parts' });
    const digests = Buffer.concat([big, second, small].map(part => createHash('md5').update(part).digest()));
    assert.equal(info.ETag, `"${createHash('md5').update(digests).digest('hex')}-3"`);
  });

  conforms('the answer to a completion names the ETag of the object', async () => {
    const uploadId = await begin('completed-etag');
    const { ETag } = await complete('completed-etag', uploadId, [
      await send('completed-etag', uploadId, 1, small),
    ]);
    assert.equal(ETag, (await target.s3.send(new HeadObjectCommand(at('completed-etag')))).ETag);
  });

  conforms('ranges reach across parts', async () => {
    const uploadId = await begin('across');
    const parts = [await send('across', uploadId, 1, big), await send('across', uploadId, 2, small)];
    await complete('across', uploadId, parts);
    const whole = Buffer.concat([big, small]);
    assert.ok(
      (await read('across', `bytes=${PART - 10}-${PART + 9}`)).equals(whole.subarray(PART - 10, PART + 10)),
    );
    assert.ok((await read('across', 'bytes=-1300')).equals(whole.subarray(-1300)));
  });

  conforms('a part sent twice counts as it came last', async () => {
    const uploadId = await begin('twice');
    await send('twice', uploadId, 1, sampleBytes(99, 9));
    const part = await send('twice', uploadId, 1, small);
    await complete('twice', uploadId, [part]);
    assert.ok((await read('twice')).equals(small));
  });

  conforms('parts that are not listed are left out', async () => {
    const uploadId = await begin('left-out');
    const parts = [await send('left-out', uploadId, 1, big), await send('left-out', uploadId, 3, small)];
    await send('left-out', uploadId, 2, second);
    await complete('left-out', uploadId, parts);
    assert.equal((await target.s3.send(new HeadObjectCommand(at('left-out')))).ContentLength, PART + 1234);
  });

  conforms('many parts at the same time', async () => {
    const uploadId = await begin('parallel');
    const bodies = [1, 2, 3, 4].map(seed => sampleBytes(PART, seed));
    const parts = await Promise.all(bodies.map((body, i) => send('parallel', uploadId, i + 1, body)));
    await complete('parallel', uploadId, parts);
    assert.ok((await read('parallel')).equals(Buffer.concat(bodies)));
  });

  conforms('signed URLs carry a whole upload', async () => {
    const name = key('by-url ü');
    const created = await fetch(await presign('POST', name, { query: { uploads: '' } }), { method: 'POST' });
    const uploadId = /<UploadId>([^<]+)/.exec(await created.text())![1]!;
    const url = await presign('PUT', name, { query: { partNumber: '1', uploadId } });
    const etag = (await fetch(url, { method: 'PUT', body: new Uint8Array(small) })).headers.get('etag');
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
    const done = await fetch(await presign('POST', name, { query: { uploadId } }), { method: 'POST', body });
    assert.equal(done.status, 200);
    assert.match(await done.text(), /<CompleteMultipartUploadResult/);
    assert.ok((await read('by-url ü')).equals(small));
  });
});

describe('refused completions', () => {
  conforms('a part that is too small and not the last: EntityTooSmall', async () => {
    const uploadId = await begin('too-small');
    const parts = [await send('too-small', uploadId, 1, small), await send('too-small', uploadId, 2, small)];
    assert.deepEqual(await refusal(complete('too-small', uploadId, parts)), {
      status: 400,
      code: 'EntityTooSmall',
    });
    await abort('too-small', uploadId);
  });

  conforms('a part with another ETag, or none at all: InvalidPart', async () => {
    const uploadId = await begin('invalid-part');
    const part = await send('invalid-part', uploadId, 1, small);
    const wrong = { PartNumber: 1, ETag: `"${'0'.repeat(32)}"` };
    const absent = { PartNumber: 2, ETag: part.ETag };
    for (const parts of [[wrong], [part, absent]]) {
      assert.deepEqual(await refusal(complete('invalid-part', uploadId, parts)), {
        status: 400,
        code: 'InvalidPart',
      });
    }
    await complete('invalid-part', uploadId, [part]);
    assert.ok((await read('invalid-part')).equals(small));
  });

  conforms('parts out of order: InvalidPartOrder', async () => {
    const uploadId = await begin('order');
    const parts = [await send('order', uploadId, 1, big), await send('order', uploadId, 2, small)];
    assert.deepEqual(await refusal(complete('order', uploadId, [...parts].reverse())), {
      status: 400,
      code: 'InvalidPartOrder',
    });
    await complete('order', uploadId, parts);
  });

  conforms('no parts, or no XML: MalformedXML', async () => {
    const uploadId = await begin('malformed');
    for (const body of [
      '<CompleteMultipartUpload></CompleteMultipartUpload>',
      '<CompleteMultipartUpload><Part>',
      'parts',
    ]) {
      const url = await presign('POST', key('malformed'), { query: { uploadId } });
      const { status, code } = await outcome(await fetch(url, { method: 'POST', body }));
      assert.deepEqual([status, code], [400, 'MalformedXML']);
    }
    await abort('malformed', uploadId);
  });

  conforms('part numbers go from 1 to 10000', async () => {
    const uploadId = await begin('numbers');
    for (const number of [0, 10_001]) {
      assert.deepEqual(await refusal(send('numbers', uploadId, number, small)), {
        status: 400,
        code: 'InvalidArgument',
      });
    }
    await complete('numbers', uploadId, [await send('numbers', uploadId, 10_000, small)]);
  });

  conforms('after an abort the upload is gone', async () => {
    const uploadId = await begin('aborted');
    const part = await send('aborted', uploadId, 1, small);
    await abort('aborted', uploadId);
    const gone = { status: 404, code: 'NoSuchUpload' };
    assert.deepEqual(await refusal(send('aborted', uploadId, 1, small)), gone);
    assert.deepEqual(await refusal(complete('aborted', uploadId, [part])), gone);
    assert.deepEqual(await refusal(abort('aborted', uploadId)), gone);
    assert.deepEqual(
      await refusal(target.s3.send(new ListPartsCommand({ ...at('aborted'), UploadId: uploadId }))),
      gone,
    );
    assert.equal((await refusal(target.s3.send(new HeadObjectCommand(at('aborted'))))).status, 404);
  });

  conforms('an upload belongs to its key', async () => {
    const uploadId = await begin('owner');
    assert.equal((await refusal(send('not-owner', uploadId, 1, small))).status, 404);
    await abort('owner', uploadId);
  });

  conforms('a completion may be repeated', async () => {
    const uploadId = await begin('repeated');
    const part = await send('repeated', uploadId, 1, small);
    await complete('repeated', uploadId, [part]);
    const again = await complete('repeated', uploadId, [part]);
    assert.equal(again.$metadata.httpStatusCode, 200);
    assert.ok((await read('repeated')).equals(small));
  });

  conforms('If-None-Match: * on completion keeps what is there', async () => {
    await target.s3.send(new PutObjectCommand({ ...at('kept'), Body: 'there first' }));
    const uploadId = await begin('kept');
    const part = await send('kept', uploadId, 1, small);
    assert.deepEqual(await refusal(complete('kept', uploadId, [part], { IfNoneMatch: '*' })), {
      status: 412,
      code: 'PreconditionFailed',
    });
    assert.equal((await read('kept')).toString(), 'there first');
    await abort('kept', uploadId);
  });

  conforms('x-amz-mp-object-size must be the size', async () => {
    const uploadId = await begin('mp-size');
    const part = await send('mp-size', uploadId, 1, small);
    assert.equal((await refusal(complete('mp-size', uploadId, [part], { MpuObjectSize: 1235 }))).status, 400);
    await complete('mp-size', uploadId, [part], { MpuObjectSize: 1234 });
  });
});

describe('listing parts and uploads', () => {
  conforms('ListParts in pages', async () => {
    const uploadId = await begin('listed');
    const sent = [];
    for (const number of [7, 1, 3, 10, 5])
      sent.push(await send('listed', uploadId, number, sampleBytes(number, number)));
    const seen: { PartNumber?: number | undefined; ETag?: string | undefined; Size?: number | undefined }[] =
      [];
    let marker: string | undefined;
    do {
      const page = await target.s3.send(
        new ListPartsCommand({
          ...at('listed'),
          UploadId: uploadId,
          MaxParts: 2,
          ...(marker ? { PartNumberMarker: marker } : {}),
        }),
      );
      seen.push(...(page.Parts ?? []));
      assert.ok((page.Parts?.length ?? 0) <= 2);
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker);
    assert.deepEqual(
      seen.map(part => [part.PartNumber, part.Size]),
      [1, 3, 5, 7, 10].map(number => [number, number]),
    );
    for (const part of sent)
      assert.equal(seen.find(other => other.PartNumber === part.PartNumber)?.ETag, part.ETag);
    await abort('listed', uploadId);
  });

  conforms('ListMultipartUploads in pages', async () => {
    const names = ['u/a', 'u/b', 'u/b', 'u/c/1', 'u/c/2'];
    const ids: string[] = [];
    for (const name of names) ids.push(await begin(name));
    const seen: string[] = [];
    let more: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
    while (more) {
      const page: Awaited<ReturnType<typeof listUploads>> = await listUploads(more);
      seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId!));
      more = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    assert.deepEqual([...seen].sort(), [...ids].sort());
    for (const [i, id] of ids.entries()) await abort(names[i]!, id);
    assert.deepEqual((await listUploads({})).Uploads ?? [], []);
  });

  const listUploads = (extra: object) =>
    target.s3.send(
      new ListMultipartUploadsCommand({ Bucket: target.bucket, Prefix: key('u/'), MaxUploads: 2, ...extra }),
    );

  conforms('ListMultipartUploads with a delimiter', async () => {
    const ids = [await begin('d/top'), await begin('d/sub/1'), await begin('d/sub/2')];
    const page = await target.s3.send(
      new ListMultipartUploadsCommand({ Bucket: target.bucket, Prefix: key('d/'), Delimiter: '/' }),
    );
    assert.deepEqual(
      page.Uploads?.map(({ Key }) => Key),
      [key('d/top')],
    );
    assert.deepEqual(
      page.CommonPrefixes?.map(({ Prefix }) => Prefix),
      [key('d/sub/')],
    );
    for (const [i, name] of ['d/top', 'd/sub/1', 'd/sub/2'].entries()) await abort(name, ids[i]!);
  });
});

describe('parts by copying', () => {
  before(async () => {
    await target.s3.send(new PutObjectCommand({ ...at('copy-source'), Body: Buffer.concat([big, small]) }));
  });
  const copyPart = (name: string, UploadId: string, PartNumber: number, CopySourceRange?: string) =>
    target.s3.send(
      new UploadPartCopyCommand({
        ...at(name),
        UploadId,
        PartNumber,
        CopySource: `${target.bucket}/${encodeURIComponent(key('copy-source'))}`,
        ...(CopySourceRange ? { CopySourceRange } : {}),
      }),
    );

  conforms('parts may be copied, whole or in ranges, and mixed with sent ones', async () => {
    const uploadId = await begin('copied-parts');
    const one = await copyPart('copied-parts', uploadId, 1);
    const two = await send('copied-parts', uploadId, 2, big);
    const three = await copyPart('copied-parts', uploadId, 3, `bytes=${PART - 5}-${PART + 4}`);
    await complete('copied-parts', uploadId, [
      { PartNumber: 1, ETag: one.CopyPartResult!.ETag! },
      two,
      { PartNumber: 3, ETag: three.CopyPartResult!.ETag! },
    ]);
    const source = Buffer.concat([big, small]);
    const expected = Buffer.concat([source, big, source.subarray(PART - 5, PART + 5)]);
    assert.ok((await read('copied-parts')).equals(expected));
  });

  conforms('a range outside the source is refused', async () => {
    const uploadId = await begin('copied-outside');
    const { status } = await refusal(copyPart('copied-outside', uploadId, 1, `bytes=0-${PART + 1234}`));
    assert.ok(status === 400 || status === 416, `status ${status}`);
    await abort('copied-outside', uploadId);
  });
});
