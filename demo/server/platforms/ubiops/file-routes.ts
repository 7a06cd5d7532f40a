/** The routes of a bucket's files. */
import { type Exchange, Refusal, type Route } from '../shared/index.js';
import { bad } from './buckets.js';
import { bodyOf, type Context, emptyBody } from './context.js';
import { describeFile, listPage } from './listing.js';
import type { WantedPart } from './storage.js';

const X = '/projects/:project/buckets/:bucket/files';
const F = `${X}/:file`;

export function fileRoutes(context: Context): Route[] {
  const { authorize, bucketIn, fileOf, filesOf, nextWish, quirks, save, state, storageOf } = context;
  return [
    {
      operation: 'filesList',
      method: 'GET',
      path: X,
      async handle(exchange) {
        authorize(exchange, 'files-list');
        const bucket = bucketIn(exchange);
        const found = await filesOf(bucket, exchange.query.get('prefix') ?? '');
        await exchange.json(200, listPage(found, exchange.query, quirks));
      },
    },
    {
      operation: 'filesGet',
      method: 'GET',
      path: F,
      async handle(exchange) {
        authorize(exchange, 'files-read');
        const file = await fileOf(bucketIn(exchange), exchange.param('file'));
        if (!file) throw notFound(exchange);
        await exchange.json(200, describeFile(file, quirks));
      },
    },
    {
      operation: 'filesUpload',
      method: 'POST',
      path: F,
      async handle(exchange) {
        authorize(exchange, 'files-write');
        const bucket = bucketIn(exchange);
        await emptyBody(exchange);
        const uploadId = exchange.query.get('upload_id') ?? undefined;
        const partNumber = partNumberOf(exchange.query.get('part_number'));
        if (
          bucket.provider !== 'azure_blob_storage' &&
          (uploadId === undefined) !== (partNumber === undefined)
        ) {
          throw bad('upload_id and part_number must be given together');
        }
        const url = await storageOf(bucket).signUpload(exchange.param('file'), {
          ...nextWish(),
          ...(uploadId === undefined ? {} : { uploadId }),
          ...(partNumber === undefined ? {} : { partNumber }),
        });
        await exchange.json(quirks.uploadUrlStatus, { url, provider: bucket.provider });
      },
    },
    {
      operation: 'filesDelete',
      method: 'DELETE',
      path: F,
      async handle(exchange) {
        authorize(exchange, 'files-write');
        const bucket = bucketIn(exchange);
        const file = await fileOf(bucket, exchange.param('file'));
        if (!file) throw notFound(exchange);
        await storageOf(bucket).remove(file.name);
        await exchange.empty(204);
      },
    },
    {
      operation: 'filesDownload',
      method: 'GET',
      path: `${F}/download`,
      async handle(exchange) {
        authorize(exchange, 'files-read');
        const bucket = bucketIn(exchange);
        const name = exchange.param('file');
        if (quirks.missingDownload === 'refused' && !(await fileOf(bucket, name))) throw notFound(exchange);
        const url = await storageOf(bucket).signDownload(name, nextWish());
        await exchange.json(200, { url, provider: bucket.provider });
      },
    },
    {
      operation: 'filesStartMultipartUpload',
      method: 'POST',
      path: `${F}/start-multipart-upload`,
      async handle(exchange) {
        authorize(exchange, 'files-write');
        const bucket = bucketIn(exchange);
        await emptyBody(exchange);
        const file = exchange.param('file');
        const id = await storageOf(bucket).start(file);
        state.uploads.push({ id, bucketId: bucket.id, file });
        save();
        await exchange.json(200, { upload_id: id, provider: bucket.provider });
      },
    },
    {
      operation: 'filesCompleteMultipartUpload',
      method: 'POST',
      path: `${F}/complete-multipart-upload`,
      async handle(exchange) {
        authorize(exchange, 'files-write');
        const bucket = bucketIn(exchange);
        const file = exchange.param('file');
        const body = await bodyOf(exchange);
        const parts = partsOf(body.parts);
        // The documents show the parts alone; the official client names the upload too.
        const upload = state.uploads.findLast(
          ({ id, bucketId, file: name }) =>
            bucketId === bucket.id &&
            name === file &&
            (body.upload_id === undefined || id === body.upload_id),
        );
        if (!upload) throw bad('upload_id: The multipart upload was not found');
        await storageOf(bucket).complete(file, upload.id, parts);
        state.uploads = state.uploads.filter(other => other !== upload);
        save();
        await exchange.json(200, { upload_id: upload.id, provider: bucket.provider });
      },
    },
  ];
}

function notFound(exchange: Exchange): Refusal {
  return new Refusal(404, { message: `File ${exchange.param('file')} was not found` });
}

function partNumberOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 1 && number <= 10_000) return number;
  throw bad('part_number: must be a number from 1 to 10000');
}

function partsOf(value: unknown): WantedPart[] {
  if (!Array.isArray(value) || value.length === 0) throw bad('parts: This list may not be empty');
  let before = 0;
  return value.map((part: unknown) => {
    const { ETag: etag, PartNumber: number, BlockId: blockId } = (part ?? {}) as Record<string, unknown>;
    if (typeof blockId === 'string') return { BlockId: blockId };
    if (typeof etag !== 'string' || typeof number !== 'number')
      throw bad('parts: ETag and PartNumber are required');
    if (number <= before) throw bad('parts: must be in ascending order of PartNumber');
    before = number;
    return { ETag: etag, PartNumber: number };
  });
}
