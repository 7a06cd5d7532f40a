import { checksumElement } from '../checksums.js';
import type { Operation } from '../context.js';
import { compareUtf8 } from '../sorted-keys.js';
import { element, optional, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { queryNumber, quoted, xmlHeaders } from './answers.js';
import { OWNER } from './buckets.js';
import { commonPrefixes, keyEncoder } from './list.js';

const owner = [element('ID', OWNER.id), element('DisplayName', OWNER.name)];

export const listParts: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const upload = store.catalog.upload(bucket, call.key, call.query.get('uploadId') ?? '');
  const marker = queryNumber(call, 'part-number-marker', 0, Number.MAX_SAFE_INTEGER);
  const most = store.faults.partsPerPage || 1000;
  const maxParts = queryNumber(call, 'max-parts', most, most);
  const { encode, type } = keyEncoder(call);
  const rest = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const page = rest.slice(0, maxParts);
  const truncated = rest.length > page.length && maxParts > 0;
  const xml = element(
    'ListPartsResult',
    [
      element('Bucket', call.bucket),
      element('Key', encode(call.key)),
      optional('EncodingType', type),
      element('UploadId', upload.uploadId),
      element('Initiator', owner),
      element('Owner', owner),
      element('StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'),
      element('PartNumberMarker', marker),
      truncated ? element('NextPartNumberMarker', page.at(-1)![0]) : undefined,
      element('MaxParts', maxParts),
      element('IsTruncated', truncated),
      optional('ChecksumAlgorithm', upload.named ? upload.algorithm : undefined),
      optional('ChecksumType', upload.named ? upload.type : undefined),
      ...page.map(([number, part]) =>
        element('Part', [
          element('PartNumber', number),
          element('LastModified', new Date(part.lastModified).toISOString()),
          element('ETag', quoted(part.etag)),
          element('Size', part.size),
          upload.named ? element(checksumElement(upload.algorithm), part.checksum) : undefined,
        ]),
      ),
    ],
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
};

export const listMultipartUploads: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const { query } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const maxUploads = queryNumber(call, 'max-uploads', 1000, 1000);
  const { encode, type } = keyEncoder(call);

  const uploads = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareUtf8(a.key, b.key) || (a.uploadId < b.uploadId ? -1 : 1));
  const shown: typeof uploads = [];
  const prefixes: string[] = [];
  let last = { key: '', uploadId: '' };
  let truncated = false;
  for (const upload of uploads) {
    const order = compareUtf8(upload.key, keyMarker);
    if (keyMarker !== '' && (order < 0 || (order === 0 && (idMarker === '' || upload.uploadId <= idMarker))))
      continue;
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length);
    // A marker that is a common prefix was the last entry of a page.
    if (common !== undefined && (common === prefixes.at(-1) || common === keyMarker)) continue;
    if (shown.length + prefixes.length === maxUploads) {
      truncated = maxUploads > 0;
      break;
    }
    if (common === undefined) shown.push(upload);
    else prefixes.push(common);
    last = common === undefined ? upload : { key: common, uploadId: '' };
  }
  const xml = element(
    'ListMultipartUploadsResult',
    [
      element('Bucket', call.bucket),
      element('KeyMarker', encode(keyMarker)),
      element('UploadIdMarker', idMarker),
      truncated ? element('NextKeyMarker', encode(last.key)) : undefined,
      truncated ? element('NextUploadIdMarker', last.uploadId) : undefined,
      element('Prefix', encode(prefix)),
      delimiter === '' ? undefined : element('Delimiter', encode(delimiter)),
      optional('EncodingType', type),
      element('MaxUploads', maxUploads),
      element('IsTruncated', truncated),
      ...shown.map(upload =>
        element('Upload', [
          element('Key', encode(upload.key)),
          element('UploadId', upload.uploadId),
          element('Initiator', owner),
          element('Owner', owner),
          element('StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'),
          element('Initiated', new Date(upload.initiated).toISOString()),
          optional('ChecksumAlgorithm', upload.named ? upload.algorithm : undefined),
          optional('ChecksumType', upload.named ? upload.type : undefined),
        ]),
      ),
      ...commonPrefixes(prefixes, encode),
    ],
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
};
