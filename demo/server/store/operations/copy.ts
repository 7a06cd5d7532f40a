import { checkKey } from '../address.js';
import type { Call } from '../call.js';
import { asChecksumAlgorithm, type Checksum, type ChecksumAlgorithm, createHasher } from '../checksums.js';
import { checkWriteConditions, notModified } from '../conditions.js';
import type { Operation, StoreContext } from '../context.js';
import { S3Error } from '../errors.js';
import type { Segment, StoredObject } from '../model.js';
import { readObjectHeaders } from '../object-headers.js';
import { type DigestName, readSegments } from '../store-bytes.js';
import { parseTaggingHeader } from '../tags.js';
import { element, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { existingObject, quoted, xmlHeaders } from './answers.js';
import { checkRoom, checksumNodes, MAX_BODY } from './write.js';

/** The object `x-amz-copy-source` names. @throws S3Error InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed */
export function copySource(
  store: StoreContext,
  call: Call,
): { bucket: string; key: string; object: StoredObject } {
  const invalid = () =>
    new S3Error('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      details: { ArgumentName: 'x-amz-copy-source' },
    });
  const header = Buffer.from(call.header('x-amz-copy-source') ?? '', 'latin1').toString('utf8');
  const [path, version] = header.split('?versionId=');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path!).replace(/^\//, '');
  } catch {
    throw invalid();
  }
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) throw invalid();
  if (version !== undefined && version !== 'null')
    throw new S3Error('InvalidArgument', { message: 'Invalid version id specified' });
  const bucket = decoded.slice(0, slash);
  const key = decoded.slice(slash + 1);
  const object = existingObject(store.catalog.bucket(bucket), key);
  notModified(call, object, 'x-amz-copy-source-');
  return { bucket, key, object };
}

/** Digests of stored bytes. The caller holds the segments. */
export async function digestStored(
  store: StoreContext,
  segments: readonly Segment[],
  names: Iterable<DigestName>,
): Promise<Map<DigestName, Buffer>> {
  const hashers = await Promise.all(
    [...new Set(names)].map(async name => [name, await createHasher(name)] as const),
  );
  for await (const piece of readSegments(store.files, segments)) {
    for (const [, hasher] of hashers) hasher.update(piece);
  }
  return new Map(hashers.map(([name, hasher]) => [name, hasher.digest()]));
}

export const copyObject: Operation = async (store, call) => {
  store.catalog.bucket(call.bucket);
  checkKey(call.key);
  const source = copySource(store, call);
  const { object } = source;
  if (object.size > MAX_BODY) {
    throw new S3Error('InvalidRequest', {
      message:
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    });
  }
  const replaceHeaders = directive(call, 'x-amz-metadata-directive');
  const replaceTags = directive(call, 'x-amz-tagging-directive');
  const headers = replaceHeaders ? readObjectHeaders(call) : { ...object.headers };
  const storageClass = call.header('x-amz-storage-class');
  if (storageClass && storageClass !== 'STANDARD') headers['x-amz-storage-class'] = storageClass;
  if (source.bucket === call.bucket && source.key === call.key && !replaceHeaders && !storageClass) {
    throw new S3Error('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  const tags = replaceTags ? parseTaggingHeader(call.header('x-amz-tagging') ?? '') : object.tags;
  const named = call.header('x-amz-checksum-algorithm');
  const wanted = asChecksumAlgorithm(named);
  if (named !== undefined && !wanted) {
    throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' });
  }
  checkRoom(store);
  if (call.plan.errorInBody) return answerErrorInBody(call);
  store.files.hold(object.segments);
  try {
    const { etag, checksum } = await identify(store, object, wanted);
    checkWriteConditions(call, store.catalog.bucket(call.bucket).objects.get(call.key));
    const copy: StoredObject = {
      size: object.size,
      etag,
      lastModified: store.clock(),
      segments: object.segments,
      headers,
      checksum,
      ...(tags && Object.keys(tags).length > 0 ? { tags } : {}),
    };
    store.catalog.commit({ type: 'object', bucket: call.bucket, key: call.key, object: copy });
    const xml = element(
      'CopyObjectResult',
      [
        element('ETag', quoted(etag)),
        element('LastModified', new Date(copy.lastModified).toISOString()),
        ...checksumNodes(checksum),
      ],
      { xmlns: S3_NAMESPACE },
    );
    await call.respond(200, xmlHeaders, xmlDocument(xml));
  } finally {
    store.files.release(object.segments);
  }
};

/** The copy is one object, whatever its source was made of; bytes are read only when the source's digests do not say it. */
async function identify(
  store: StoreContext,
  object: StoredObject,
  wanted: ChecksumAlgorithm | undefined,
): Promise<{ etag: string; checksum: Checksum }> {
  const known = object.checksum?.type === 'FULL_OBJECT' ? object.checksum : undefined;
  const algorithm = wanted ?? object.checksum?.algorithm ?? 'CRC64NVME';
  const etagKnown = /^[0-9a-f]{32}$/.test(object.etag) && object.checksum !== undefined;
  if (etagKnown && known?.algorithm === algorithm) return { etag: object.etag, checksum: known };
  const digests = await digestStored(store, object.segments, ['MD5', algorithm]);
  return {
    etag: digests.get('MD5')!.toString('hex'),
    checksum: { algorithm, value: digests.get(algorithm)!.toString('base64'), type: 'FULL_OBJECT' },
  };
}

/** @returns whether it says REPLACE */
function directive(call: Call, name: string): boolean {
  const value = call.header(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value === 'REPLACE';
  throw new S3Error('InvalidArgument', {
    message: `Unknown ${name === 'x-amz-metadata-directive' ? 'metadata' : 'tagging'} directive.`,
    details: { ArgumentName: name, ArgumentValue: value },
  });
}

/** Long operations begin their 200 before they know their end; S3 then puts the error into the body. */
export async function answerErrorInBody(call: Call): Promise<void> {
  const error = new S3Error(
    call.plan.code ?? 'InternalError',
    call.plan.message ? { message: call.plan.message } : {},
  );
  call.log.code = error.code;
  await call.respond(200, xmlHeaders, error.toXml(call.address.rawPath, call.requestId, call.hostId));
}
