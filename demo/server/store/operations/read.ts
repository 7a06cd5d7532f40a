import { randomBytes } from 'node:crypto';
import type { Call, ResponseHeaders } from '../call.js';
import { checksumElement, checksumHeader } from '../checksums.js';
import { notModified, rangeStillValid } from '../conditions.js';
import type { Operation, StoreContext } from '../context.js';
import { S3Error } from '../errors.js';
import type { StoredObject } from '../model.js';
import { checksumHeaders, describeObject } from '../object-headers.js';
import { type ByteRange, parseRange } from '../ranges.js';
import { readSegments, sliceSegments, storeBytes } from '../store-bytes.js';
import { element, optional, S3_NAMESPACE, xmlDocument } from '../xml.js';
import { existingObject, queryNumber, xmlHeaders } from './answers.js';

export const getObject: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  existingObject(bucket, call.key);
  if (call.plan.changeObject) await changeObject(store, call);
  const object = existingObject(bucket, call.key);
  const { status, headers, range } = prepare(call, object);
  if (!range) return call.respond(status, headers);
  // Held while it is sent: it may be replaced or deleted meanwhile.
  const segments = sliceSegments(object.segments, range.start, range.end);
  store.files.hold(segments);
  try {
    await call.respond(status, headers, {
      length: range.end - range.start,
      bytes: readSegments(store.files, segments),
    });
  } finally {
    store.files.release(segments);
  }
};

export const headObject: Operation = async (store, call) => {
  const object = existingObject(store.catalog.bucket(call.bucket), call.key);
  const { status, headers, range } = prepare(call, object);
  await call.respond(status, { ...headers, ...(range ? { 'content-length': range.end - range.start } : {}) });
};

/** @returns no range for 304 */
function prepare(
  call: Call,
  object: StoredObject,
): { status: number; headers: ResponseHeaders; range?: ByteRange } {
  checkVersion(call);
  const headers = describeObject(call, object);
  if (notModified(call, object)) {
    const { etag, 'last-modified': modified, 'cache-control': cache, expires } = headers;
    return { status: 304, headers: { etag, 'last-modified': modified, 'cache-control': cache, expires } };
  }
  const part = partRange(call, object);
  const wanted = call.plan.ignoreRange || !rangeStillValid(call, object) ? undefined : call.header('range');
  if (part && wanted !== undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Cannot specify both Range header and partNumber query parameter',
    });
  }
  const range = part?.range ?? parseRange(wanted, object.size);
  if (part) headers['x-amz-mp-parts-count'] = object.parts ? object.parts.length : undefined;
  if (call.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && object.checksum) {
    // A checksum speaks of the whole; with a part's own bytes comes the part's own.
    if (!range) Object.assign(headers, checksumHeaders(object.checksum));
    else if (part?.checksum !== undefined) headers[checksumHeader(object.checksum.algorithm)] = part.checksum;
  }
  if (!range) return { status: 200, headers, range: { start: 0, end: object.size } };
  headers['content-range'] = `bytes ${range.start}-${range.end - 1}/${object.size}`;
  return { status: 206, headers, range };
}

function checkVersion(call: Call): void {
  const version = call.query.get('versionId');
  if (version !== undefined && version !== 'null') {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid version id specified',
      details: { ArgumentName: 'versionId', ArgumentValue: version },
    });
  }
}

function partRange(call: Call, object: StoredObject): { range: ByteRange; checksum?: string } | undefined {
  if (!call.query.has('partNumber')) return undefined;
  const number = queryNumber(call, 'partNumber', 1, Number.MAX_SAFE_INTEGER);
  let start = 0;
  for (const part of object.parts ?? [{ number: 1, size: object.size }]) {
    const range = { start, end: start + part.size };
    if (part.number === number) return 'checksum' in part ? { range, checksum: part.checksum! } : { range };
    start = range.end;
  }
  throw new S3Error('InvalidPartNumber', {
    status: 416,
    message: 'The requested partnumber is not satisfiable',
    details: { ActualPartCount: object.parts?.length ?? 1, PartNumberRequested: number },
  });
}

/** A fault: somebody replaces the object between two ranges. First byte turned over, everything else as it was. */
async function changeObject(store: StoreContext, call: Call): Promise<void> {
  const {
    checksum: _,
    uploadId: __,
    ...object
  } = existingObject(store.catalog.bucket(call.bucket), call.key);
  if (object.size === 0) return;
  const tail = sliceSegments(object.segments, 1, object.size);
  store.files.hold(tail);
  try {
    const written = await storeBytes(
      store.files,
      turnedOver(readSegments(store.files, object.segments, 0, 1)),
      [],
    );
    try {
      store.catalog.commit({
        type: 'object',
        bucket: call.bucket,
        key: call.key,
        object: {
          ...object,
          segments: [...written.segments, ...tail],
          etag: randomBytes(16).toString('hex'),
          lastModified: store.clock(),
        },
      });
    } finally {
      store.files.release(written.segments);
    }
  } finally {
    store.files.release(tail);
  }
}

async function* turnedOver(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of bytes) yield piece.map(byte => byte ^ 0xff) as Buffer;
}

export const getObjectAttributes: Operation = async (store, call) => {
  const object = existingObject(store.catalog.bucket(call.bucket), call.key);
  const wanted = (call.header('x-amz-object-attributes') ?? '').split(',').map(name => name.trim());
  const { checksum, parts } = object;
  const xml = element(
    'GetObjectAttributesResponse',
    [
      wanted.includes('ETag') ? element('ETag', object.etag) : undefined,
      wanted.includes('Checksum') && checksum
        ? element('Checksum', [
            element(checksumElement(checksum.algorithm), checksum.value),
            element('ChecksumType', checksum.type),
          ])
        : undefined,
      wanted.includes('ObjectParts') && parts
        ? element('ObjectParts', [
            element('PartsCount', parts.length),
            ...(checksum?.type === 'COMPOSITE' ? parts : []).map(part =>
              element('Part', [
                element('PartNumber', part.number),
                element('Size', part.size),
                optional(checksumElement(checksum!.algorithm), part.checksum),
              ]),
            ),
          ])
        : undefined,
      wanted.includes('StorageClass')
        ? element('StorageClass', object.headers['x-amz-storage-class'] ?? 'STANDARD')
        : undefined,
      wanted.includes('ObjectSize') ? element('ObjectSize', object.size) : undefined,
    ],
    { xmlns: S3_NAMESPACE },
  );
  const headers = { ...xmlHeaders, 'last-modified': new Date(object.lastModified).toUTCString() };
  await call.respond(200, headers, xmlDocument(xml));
};
