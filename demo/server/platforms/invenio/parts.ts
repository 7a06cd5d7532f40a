/** Transfer type M on both kinds of storage. */
import { createHash } from 'node:crypto';
import { presign } from '../../../../src/adapters/s3/presign.js';
import type { S3SignRequest } from '../../../../src/adapters/s3/signing.js';
import { Refusal } from '../shared/index.js';
import { type Context, crash } from './context.js';
import type { FileState } from './model.js';

const LOCAL_PART_DAYS = 14;

async function signed({ files, clock }: Context, request: S3SignRequest) {
  const { store, bucket } = files;
  const credentials = store.credentials[0];
  if (!credentials) throw new Error('The store has no credentials to sign with.');
  return presign(request, { bucketUrl: store.url(bucket), region: store.region, credentials, now: clock });
}

async function call(context: Context, request: S3SignRequest, body?: string): Promise<string> {
  const { url, headers } = await signed(context, request);
  const response = await fetch(url, {
    method: request.method,
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The storage answered ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

const textOf = (xml: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll('&quot;', '"');

/** Begins the upload at the object storage. */
export async function beginParts(context: Context, file: FileState): Promise<void> {
  if (context.quirks.storage !== 's3') {
    file.partSizes = {};
    return;
  }
  const xml = await call(context, { method: 'POST', key: file.object, operation: 'CreateMultipartUpload' });
  const uploadId = textOf(xml, 'UploadId');
  if (!uploadId) throw new Error('The storage gave no upload id.');
  file.uploadId = uploadId;
}

/** Links to all parts, signed anew each time. */
export async function partLinks(context: Context, file: FileState, content: string): Promise<unknown[]> {
  const { quirks, clock } = context;
  const count = file.transfer.parts ?? 0;
  const links = [];
  for (let part = 1; part <= count; part += 1) {
    if (file.uploadId === undefined) {
      const expiration = new Date(clock() + LOCAL_PART_DAYS * 86_400_000).toISOString();
      links.push({ part, url: `${content}/${part}`, expiration });
      continue;
    }
    const { url, expiresAt } = await signed(context, {
      method: 'PUT',
      key: file.object,
      operation: 'UploadPart',
      uploadId: file.uploadId,
      partNumber: part,
      expiresIn: quirks.partUrlSeconds,
    });
    links.push({ part, url, expiration: new Date(expiresAt ?? 0).toISOString().replace(/\.\d+Z$/, 'Z') });
  }
  return links;
}

const partKey = (file: FileState, part: number) => `${file.object}.parts/${part}`;

/** Takes a part that comes through the API. @throws Refusal 400 for a part that cannot be, or of a wrong length */
export async function takePart(
  context: Context,
  file: FileState,
  part: number,
  body: AsyncIterable<Buffer>,
): Promise<void> {
  const { parts = 0, part_size: partSize = 0 } = file.transfer;
  if (file.status !== 'pending' || !file.partSizes || part < 1 || part > parts) {
    throw new Refusal(400, { message: `There is no part ${part} to be uploaded.` });
  }
  const expected = Math.min(partSize, (file.size ?? 0) - (part - 1) * partSize);
  const info = await context.files.put(partKey(file, part), body);
  if (info.size !== expected) {
    context.files.remove(info.key);
    throw new Refusal(400, { message: `Part ${part} has ${info.size} bytes, expected ${expected}.` });
  }
  file.partSizes[part] = info.size;
}

/** Puts the parts together. @throws Refusal 500 when one is missing: the real server does not catch that */
export async function joinParts(context: Context, file: FileState): Promise<void> {
  const { files, quirks } = context;
  const { parts = 0, part_size: partSize = 0 } = file.transfer;
  let etag: string;
  if (file.uploadId === undefined) {
    const numbers = Array.from({ length: parts }, (_, index) => index + 1);
    if (numbers.some(part => file.partSizes?.[part] === undefined)) throw crash();
    async function* bytes() {
      for (const part of numbers) yield* files.read(partKey(file, part));
    }
    const info = await files.put(file.object, bytes());
    etag = createHash('md5').update(info.etag).digest('hex');
    for (const part of numbers) files.remove(partKey(file, part));
    delete file.partSizes;
  } else {
    const held = await heldParts(context, file);
    if (held.length !== parts) throw crash();
    const body = held.map(
      ({ number, etag: part }) => `<Part><PartNumber>${number}</PartNumber><ETag>${part}</ETag></Part>`,
    );
    const xml = await call(
      context,
      { method: 'POST', key: file.object, operation: 'CompleteMultipartUpload', uploadId: file.uploadId },
      `<CompleteMultipartUpload>${body.join('')}</CompleteMultipartUpload>`,
    );
    etag = (textOf(xml, 'ETag') ?? '').replaceAll('"', '');
    delete file.uploadId;
  }
  const found = files.find(file.object);
  if (!found || found.size !== file.size) throw crash();
  if (quirks.checksumAfterParts === 'multipart') file.checksum = `multipart:${etag}-${partSize}`;
  else delete file.checksum;
  file.polls = quirks.md5DelayPolls;
}

async function heldParts(context: Context, file: FileState): Promise<{ number: number; etag: string }[]> {
  const held: { number: number; etag: string }[] = [];
  for (let marker = '0'; ; ) {
    const xml = await call(context, {
      method: 'GET',
      key: file.object,
      operation: 'ListParts',
      uploadId: file.uploadId!,
      query: { 'part-number-marker': marker },
    });
    for (const [part] of xml.matchAll(/<Part>.*?<\/Part>/gs)) {
      held.push({ number: Number(textOf(part, 'PartNumber')), etag: textOf(part, 'ETag') ?? '' });
    }
    if (textOf(xml, 'IsTruncated') !== 'true') return held;
    marker = textOf(xml, 'NextPartNumberMarker') ?? '';
  }
}

/** Frees what an unfinished upload holds. */
export async function dropParts(context: Context, file: FileState): Promise<void> {
  for (const part of Object.keys(file.partSizes ?? {})) context.files.remove(partKey(file, Number(part)));
  if (file.uploadId === undefined) return;
  await call(context, {
    method: 'DELETE',
    key: file.object,
    operation: 'AbortMultipartUpload',
    uploadId: file.uploadId,
  }).catch(() => undefined);
}
