import { createHash } from 'node:crypto';
import type { Call } from '../call.js';
import type { Bucket } from '../catalog.js';
import { checksumHeader, combineChecksums } from '../checksums.js';
import { checkWriteConditions } from '../conditions.js';
import type { Operation, StoreContext } from '../context.js';
import { S3Error } from '../errors.js';
import type { MultipartUpload, StoredObject, StoredPart } from '../model.js';
import { element, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { quoted, xmlHeaders } from './answers.js';
import { readWantedParts, type WantedPart } from './complete-request.js';
import { answerErrorInBody } from './copy.js';
import { checksumNodes } from './write.js';

export const completeMultipartUpload: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const uploadId = call.query.get('uploadId') ?? '';
  const wanted = readWantedParts(await call.text());
  const existing = bucket.objects.get(call.key);
  // A repeated completion of what is there already succeeds: the first answer may have been lost.
  if (!bucket.uploads.has(uploadId) && existing?.uploadId === uploadId && sameParts(existing, wanted)) {
    return answerCompletion(call, existing);
  }
  if (call.plan.errorInBody) return answerErrorInBody(call);
  const upload = store.catalog.upload(bucket, call.key, uploadId);
  const object = assemble(store, call, bucket, upload, wanted);
  store.catalog.commit(
    { type: 'object', bucket: call.bucket, key: call.key, object },
    { type: 'upload-removed', bucket: call.bucket, uploadId },
  );
  await answerCompletion(call, object);
};

function sameParts(object: StoredObject, wanted: readonly WantedPart[]): boolean {
  return (
    object.parts?.length === wanted.length &&
    object.parts.every((part, i) => part.number === wanted[i]!.number)
  );
}

/** The object that the listed parts make. No bytes move: it takes over the parts' files. */
function assemble(
  store: StoreContext,
  call: Call,
  bucket: Bucket,
  upload: MultipartUpload,
  wanted: readonly WantedPart[],
): StoredObject {
  const parts = choose(store, upload, wanted);
  const size = parts.reduce((sum, { part }) => sum + part.size, 0);
  const promisedSize = call.header('x-amz-mp-object-size');
  if (promisedSize !== undefined && Number(promisedSize) !== size) {
    throw new S3Error('InvalidRequest', {
      message: `The provided 'x-amz-mp-object-size' header value ${promisedSize} does not match what was computed: ${size}`,
    });
  }
  const checksum = combineChecksums(
    upload.algorithm,
    upload.type,
    parts.map(({ part }) => part),
  );
  checkPromisedChecksum(call, upload, checksum.value);
  checkWriteConditions(call, bucket.objects.get(call.key));
  const etags = createHash('md5');
  for (const { part } of parts) etags.update(part.etag, 'hex');
  return {
    size,
    etag: `${etags.digest('hex')}-${parts.length}`,
    lastModified: store.clock(),
    segments: parts.flatMap(({ part }) => part.segments),
    headers: upload.headers,
    checksum,
    parts: parts.map(({ number, part }) => ({ number, size: part.size, checksum: part.checksum })),
    uploadId: upload.uploadId,
    ...(upload.tags ? { tags: upload.tags } : {}),
  };
}

/** @throws S3Error InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest */
function choose(
  store: StoreContext,
  upload: MultipartUpload,
  wanted: readonly WantedPart[],
): { number: number; part: StoredPart }[] {
  wanted.forEach(({ number }, i) => {
    if (i > 0 && number <= wanted[i - 1]!.number)
      throw new S3Error('InvalidPartOrder', { details: { UploadId: upload.uploadId } });
  });
  const { algorithm } = upload;
  const chosen = wanted.map(({ number, etag, checksums }) => {
    const part = upload.parts.get(number);
    const invalid = () =>
      new S3Error('InvalidPart', { details: { UploadId: upload.uploadId, PartNumber: number, ETag: etag } });
    if (part?.etag !== etag) throw invalid();
    for (const [name, value] of checksums) if (name !== algorithm || value !== part.checksum) throw invalid();
    if (upload.named && upload.type === 'COMPOSITE' && !checksums.has(algorithm)) {
      throw new S3Error('InvalidRequest', {
        message: `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      });
    }
    return { number, part };
  });
  for (const { number, part } of chosen.slice(0, -1)) {
    if (part.size < store.minPartSize) {
      throw new S3Error('EntityTooSmall', {
        details: {
          ProposedSize: part.size,
          MinSizeAllowed: store.minPartSize,
          PartNumber: number,
          ETag: part.etag,
        },
      });
    }
  }
  return chosen;
}

/** The checksum of the whole object that the completion may carry. @throws S3Error BadDigest, InvalidRequest */
function checkPromisedChecksum(call: Call, upload: MultipartUpload, computed: string): void {
  const type = call.header('x-amz-checksum-type')?.toUpperCase();
  if (type !== undefined && type !== upload.type) {
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using the ${upload.type} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  for (const [name, value] of call.headersWith('x-amz-checksum-')) {
    if (name === 'x-amz-checksum-type' || name === 'x-amz-checksum-algorithm') continue;
    if (name !== checksumHeader(upload.algorithm)) {
      throw new S3Error('InvalidRequest', {
        message: `The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must use the same checksum.`,
      });
    }
    if (value !== computed && value !== computed.split('-')[0]) {
      throw new S3Error('BadDigest', {
        message: `The ${upload.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
      });
    }
  }
}

async function answerCompletion(call: Call, object: StoredObject): Promise<void> {
  const location = `http://${call.log.host}${call.address.rawPath}`;
  const xml = element(
    'CompleteMultipartUploadResult',
    [
      element('Location', location),
      element('Bucket', call.bucket),
      element('Key', call.key),
      element('ETag', quoted(object.etag)),
      ...checksumNodes(object.checksum),
    ],
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
}
