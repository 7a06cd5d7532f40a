import { checkKey } from '../address.js';
import type { Call } from '../call.js';
import {
  asChecksumAlgorithm,
  type ChecksumAlgorithm,
  type ChecksumType,
  checksumElement,
  checksumHeader,
  isCrc,
} from '../checksums.js';
import type { Operation } from '../context.js';
import { S3Error } from '../errors.js';
import type { StoredPart } from '../model.js';
import { readObjectHeaders } from '../object-headers.js';
import { readChecksums, verifyChecksums } from '../request-checksums.js';
import { sliceSegments, storeBytes } from '../store-bytes.js';
import { parseTaggingHeader } from '../tags.js';
import { element, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { noBody, quoted, xmlHeaders } from './answers.js';
import { copySource, digestStored } from './copy.js';
import { checkBodyLength, checkRoom, MAX_BODY } from './write.js';

export const createMultipartUpload: Operation = async (store, call) => {
  store.catalog.bucket(call.bucket);
  checkKey(call.key);
  const headers = readObjectHeaders(call);
  const tags = parseTaggingHeader(call.header('x-amz-tagging'));
  const named = call.header('x-amz-checksum-algorithm');
  const algorithm = named === undefined ? 'CRC64NVME' : asChecksumAlgorithm(named);
  if (!algorithm)
    throw new S3Error('InvalidRequest', {
      message:
        'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    });
  const type = checksumType(call.header('x-amz-checksum-type'), algorithm, named !== undefined);
  checkRoom(store);
  const initiated = store.clock();
  const uploadId = store.catalog.newUploadId(initiated);
  store.catalog.commit({
    type: 'upload',
    bucket: call.bucket,
    upload: {
      uploadId,
      key: call.key,
      initiated,
      headers,
      algorithm,
      type,
      named: named !== undefined,
      ...(tags ? { tags } : {}),
    },
  });
  const xml = element(
    'InitiateMultipartUploadResult',
    [element('Bucket', call.bucket), element('Key', call.key), element('UploadId', uploadId)],
    { xmlns: S3_NAMESPACE },
  );
  const shown =
    named === undefined ? {} : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type };
  await call.respond(200, { ...xmlHeaders, ...shown }, xmlDocument(xml));
};

function checksumType(text: string | undefined, algorithm: ChecksumAlgorithm, named: boolean): ChecksumType {
  const type = text?.toUpperCase() ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const fits = type === 'COMPOSITE' ? algorithm !== 'CRC64NVME' : type === 'FULL_OBJECT' && isCrc(algorithm);
  if (!fits || (text !== undefined && !named)) {
    throw new S3Error('InvalidRequest', {
      message: `The ${text} checksum type cannot be used with the ${named ? algorithm.toLowerCase() : 'null'} checksum algorithm.`,
    });
  }
  return type as ChecksumType;
}

/** @throws S3Error InvalidArgument */
function readPartNumber(call: Call): number {
  const text = call.query.get('partNumber') ?? '';
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 10_000) return number;
  throw new S3Error('InvalidArgument', {
    message: 'Part number must be an integer between 1 and 10000, inclusive',
    details: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}

export const uploadPart: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const number = readPartNumber(call);
  const uploadId = call.query.get('uploadId') ?? '';
  const upload = store.catalog.upload(bucket, call.key, uploadId);
  checkBodyLength(call);
  const promised = readChecksums(call);
  const { algorithm } = upload;
  const expected = upload.named ? algorithm : undefined;
  // CRCs of a whole object need none of the client's; hashes of parts do.
  const mayLack = !upload.named || upload.type === 'FULL_OBJECT';
  if (
    promised.algorithm !== expected &&
    !(promised.algorithm === undefined && mayLack) &&
    promised.algorithm !== algorithm
  ) {
    throw new S3Error('InvalidRequest', {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${expected?.toLowerCase() ?? 'null'}, actual checksum Type: ${promised.algorithm?.toLowerCase() ?? 'null'}`,
    });
  }
  checkRoom(store, call.contentLength);
  const written = await storeBytes(store.files, call.body(), ['MD5', algorithm]);
  try {
    verifyChecksums(call, promised, written.digests);
    // It may have been aborted or completed while the bytes came.
    store.catalog.upload(store.catalog.bucket(call.bucket), call.key, uploadId);
    const part: StoredPart = {
      size: written.size,
      etag: written.digests.get('MD5')!.toString('hex'),
      lastModified: store.clock(),
      segments: written.segments,
      checksum: written.digests.get(algorithm)!.toString('base64'),
    };
    store.catalog.commit({ type: 'part', bucket: call.bucket, uploadId, number, part });
    await call.respond(200, {
      ETag: quoted(part.etag),
      [checksumHeader(algorithm)]: part.checksum,
    });
  } finally {
    store.files.release(written.segments);
  }
};

export const uploadPartCopy: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const number = readPartNumber(call);
  const uploadId = call.query.get('uploadId') ?? '';
  const upload = store.catalog.upload(bucket, call.key, uploadId);
  const { object } = copySource(store, call);
  const range = copyRange(call.header('x-amz-copy-source-range'), object.size);
  if (range.end - range.start > MAX_BODY) {
    throw new S3Error('EntityTooLarge', {
      details: { ProposedSize: range.end - range.start, MaxSizeAllowed: MAX_BODY },
    });
  }
  checkRoom(store);
  const segments = sliceSegments(object.segments, range.start, range.end);
  store.files.hold(segments);
  try {
    const digests = await digestStored(store, segments, ['MD5', upload.algorithm]);
    store.catalog.upload(store.catalog.bucket(call.bucket), call.key, uploadId);
    const part: StoredPart = {
      size: range.end - range.start,
      etag: digests.get('MD5')!.toString('hex'),
      lastModified: store.clock(),
      segments,
      checksum: digests.get(upload.algorithm)!.toString('base64'),
    };
    store.catalog.commit({ type: 'part', bucket: call.bucket, uploadId, number, part });
    const xml = element(
      'CopyPartResult',
      [
        element('ETag', quoted(part.etag)),
        element('LastModified', new Date(part.lastModified).toISOString()),
        upload.named ? element(checksumElement(upload.algorithm), part.checksum) : undefined,
      ],
      { xmlns: S3_NAMESPACE },
    );
    await call.respond(200, xmlHeaders, xmlDocument(xml));
  } finally {
    store.files.release(segments);
  }
};

/** `bytes=first-last`, both needed and inside the source. @throws S3Error InvalidArgument */
function copyRange(header: string | undefined, size: number): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]) + 1;
  if (match && start < end && end <= size) return { start, end };
  throw new S3Error('InvalidArgument', {
    message: match
      ? `Range specified is not valid for source object of size: ${size}`
      : 'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
  });
}

export const abortMultipartUpload: Operation = async (store, call) => {
  const uploadId = call.query.get('uploadId') ?? '';
  store.catalog.upload(store.catalog.bucket(call.bucket), call.key, uploadId);
  store.catalog.commit({ type: 'upload-removed', bucket: call.bucket, uploadId });
  await noBody(call);
};
