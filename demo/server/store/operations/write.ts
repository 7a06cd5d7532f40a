import { checkKey } from '../address.js';
import type { Call } from '../call.js';
import type { Bucket } from '../catalog.js';
import { type ChecksumAlgorithm, checksumElement } from '../checksums.js';
import { checkWriteConditions } from '../conditions.js';
import type { Operation, StoreContext } from '../context.js';
import { S3Error } from '../errors.js';
import type { StoredObject } from '../model.js';
import { checksumHeaders, readObjectHeaders } from '../object-headers.js';
import { readChecksums, verifyChecksums } from '../request-checksums.js';
import { storeBytes } from '../store-bytes.js';
import { parseTaggingHeader } from '../tags.js';
import { element, optional, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { parseXml } from '../xml-reader.js';
import { noBody, quoted, readXmlBody, xmlHeaders } from './answers.js';

/** Largest body of one request, in bytes: 5 GiB. Larger objects come in parts. */
export const MAX_BODY = 5 * 1024 ** 3;

/** @throws S3Error MissingContentLength, EntityTooLarge */
export function checkBodyLength(call: Call): void {
  const length = call.contentLength;
  if (length === undefined) throw new S3Error('MissingContentLength');
  if (length > MAX_BODY) {
    throw new S3Error('EntityTooLarge', { details: { ProposedSize: length, MaxSizeAllowed: MAX_BODY } });
  }
}

/** @throws S3Error InsufficientStorage */
export function checkRoom(store: StoreContext, bytes = 0): void {
  if (store.faults.storeFull || store.files.used + bytes > store.files.capacity)
    throw new S3Error('InsufficientStorage');
}

export const putObject: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  checkKey(call.key);
  checkBodyLength(call);
  const headers = readObjectHeaders(call);
  const tags = parseTaggingHeader(call.header('x-amz-tagging'));
  const promised = readChecksums(call);
  checkWriteConditions(call, bucket.objects.get(call.key));
  checkRoom(store, call.contentLength);
  const algorithm: ChecksumAlgorithm = promised.algorithm ?? 'CRC64NVME';
  const written = await storeBytes(store.files, call.body(), ['MD5', algorithm]);
  try {
    verifyChecksums(call, promised, written.digests);
    checkWriteConditions(call, store.catalog.bucket(call.bucket).objects.get(call.key));
    const object: StoredObject = {
      size: written.size,
      etag: written.digests.get('MD5')!.toString('hex'),
      lastModified: store.clock(),
      segments: written.segments,
      headers,
      checksum: { algorithm, value: written.digests.get(algorithm)!.toString('base64'), type: 'FULL_OBJECT' },
      ...(tags ? { tags } : {}),
    };
    store.catalog.commit({ type: 'object', bucket: call.bucket, key: call.key, object });
    await call.respond(200, { ETag: quoted(object.etag), ...checksumHeaders(object.checksum) });
  } finally {
    store.files.release(written.segments);
  }
};

export const deleteObject: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const existing = bucket.objects.get(call.key);
  // Unlike a conditional write, a conditional delete of what is not there succeeds.
  if (existing) {
    if (call.header('if-match') !== undefined) checkWriteConditions(call, existing);
    store.catalog.commit({ type: 'object-removed', bucket: call.bucket, key: call.key });
  }
  await noBody(call);
};

export const deleteObjects: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const root = parseXml(await readXmlBody(call, true), 'Delete');
  const wanted = root.all('Object');
  if (wanted.length === 0 || wanted.length > 1000) throw new S3Error('MalformedXML');
  const quiet = root.value('Quiet')?.trim() === 'true';
  const results = wanted.map(node => {
    const key = node.value('Key');
    if (key === undefined || key === '') throw new S3Error('MalformedXML');
    return { key, error: refusal(bucket, key, node.value('ETag'), node.value('VersionId')) };
  });
  const removable = [...new Set(results.filter(result => !result.error).map(result => result.key))];
  store.catalog.commit(
    ...removable
      .filter(key => bucket.objects.has(key))
      .map(key => ({ type: 'object-removed' as const, bucket: call.bucket, key })),
  );
  const xml = element(
    'DeleteResult',
    results.map(({ key, error }) => {
      if (!error) return quiet ? undefined : element('Deleted', [element('Key', key)]);
      return element('Error', [
        element('Key', key),
        element('Code', error.code),
        element('Message', error.message),
      ]);
    }),
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
};

function refusal(
  bucket: Bucket,
  key: string,
  etag: string | undefined,
  version: string | undefined,
): S3Error | undefined {
  if (Buffer.byteLength(key) > 1024) return new S3Error('KeyTooLongError');
  if (version !== undefined && version !== '' && version !== 'null') {
    return new S3Error('NoSuchVersion', { status: 404, message: 'The specified version does not exist.' });
  }
  const existing = bucket.objects.get(key);
  if (etag && existing && etag.replaceAll('"', '') !== existing.etag && etag !== '*') {
    return new S3Error('PreconditionFailed');
  }
  return undefined;
}

/** The elements with which XML answers name a checksum. */
export function checksumNodes(checksum: StoredObject['checksum']) {
  return checksum
    ? [element(checksumElement(checksum.algorithm), checksum.value), optional('ChecksumType', checksum.type)]
    : [];
}
