/** Multipart uploads. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, PartReceipt, PartsPlan, ResumeState, UploadOutcome } from '../adapter.js';
import { childText, escapeXml, type XmlElement } from '../xml.js';
import {
  checksumElement,
  checksumHeader,
  checksumsOfHeaders,
  checksumsOfXml,
  isCombinable,
} from './checksums.js';
import { etagOf, type S3Answer, type S3Client } from './client.js';
import { Expiries, readUploadError, refuseChecksum, toDelivery } from './delivery.js';
import { head } from './list.js';
import { locationOf } from './location.js';
import { abortMultipart, createMultipart, listMultipart } from './multipart.js';
import { MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE } from './options.js';
import type { S3Upload } from './upload.js';

/** What is kept of an upload that has begun. */
interface S3PartsState extends ResumeState {
  readonly key: string;
  readonly uploadId: string;
  readonly partSize: number;
  /** Algorithm the upload was begun with; null for none. */
  readonly checksum: ChecksumAlgorithm | null;
}

/** Completing 10,000 parts takes minutes at some storages; AWS begins to answer early and sends blanks meanwhile. */
const COMPLETE_TIMEOUT = 180_000;

export function partsPlan(upload: S3Upload, begun?: ResumeState): PartsPlan {
  const { client, intent, checksum } = upload;
  const expiries = new Expiries();
  const stateOf = (state: ResumeState) => state as S3PartsState;

  return {
    kind: 'parts',
    origins: client.origins,
    rules: {
      minPartSize: MIN_PART_SIZE,
      maxPartSize: MAX_PART_SIZE,
      maxParts: MAX_PARTS,
      ...(begun?.partSize ? { partSize: stateOf(begun).partSize } : {}),
    },
    ...(begun ? { state: begun } : {}),
    ...(checksum === undefined ? {} : { requestChecksum: checksum }),
    ...(checksum !== undefined && isCombinable(checksum) ? { wholeChecksum: checksum } : {}),

    async begin({ partSize }, { signal }) {
      try {
        const { uploadId, key } = await createMultipart(client, {
          key: upload.key,
          type: upload.type,
          headers: upload.headers,
          checksum,
          size: intent.size,
          path: intent.path,
          signal,
        });
        return { key, uploadId, partSize, checksum: checksum ?? null } satisfies S3PartsState;
      } catch (error) {
        throw error instanceof TransferError ? refuseChecksum(error, client, checksum) : error;
      }
    },

    async signPart(part, state, { signal, attempt, origin, checksum: value }) {
      const { key, uploadId } = stateOf(state);
      const signed = await client.sign(
        {
          method: 'PUT',
          key,
          uploadId,
          partNumber: part.number,
          operation: 'UploadPart',
          contentLength: part.end - part.start,
          ...(value ? { headers: { [checksumHeader(value.algorithm)]: value.value } } : {}),
        },
        { signal, attempt, origin, path: intent.path },
      );
      expiries.signed(part.number, signed.expiresAt);
      return toDelivery(signed, undefined);
    },

    readError: response => readUploadError(upload, response, { expired: expiries.anyEnded, ofUpload: true }),

    readPart(part, response) {
      expiries.done(part.number);
      const etag = etagOf(response.headers.etag);
      const reported = checksumsOfHeaders(response.headers).find(value => value.algorithm === checksum);
      // A hidden ETag is no loss: the list of parts has it, and `complete` looks there.
      return {
        number: part.number,
        size: part.end - part.start,
        ...(etag ? { etag } : {}),
        ...(reported ? { checksum: reported } : {}),
      };
    },

    async listParts(state, { signal }) {
      const { key, uploadId } = stateOf(state);
      return listMultipart(client, { key, uploadId, checksum, path: intent.path, signal });
    },

    async complete(state, receipts, context) {
      const known = await withETags(upload, stateOf(state), receipts, context);
      return complete(upload, stateOf(state), known, context);
    },

    async abort(state, { signal }) {
      const { key, uploadId } = stateOf(state);
      await abortMultipart(client, { key, uploadId, path: intent.path, signal });
    },
  };
}

/** Fills in ETags that CORS hid, from the list of parts. */
async function withETags(
  { client, intent }: S3Upload,
  { key, uploadId }: S3PartsState,
  receipts: readonly PartReceipt[],
  { signal }: CallOptions,
): Promise<readonly PartReceipt[]> {
  if (receipts.every(receipt => receipt.etag)) return receipts;
  const stored = new Map(
    (await listMultipart(client, { key, uploadId, path: intent.path, signal })).map(part => [
      part.number,
      part,
    ]),
  );
  return receipts.map(receipt => {
    if (receipt.etag) return receipt;
    const part = stored.get(receipt.number);
    if (!part?.etag || part.size !== receipt.size) {
      throw new TransferError(
        'The storage hides what this page needs to complete the upload: the “ETag” header of the parts. Whoever runs the storage has to name ETag in ExposeHeaders of the bucket’s CORS rules. The parts sent so far are kept.',
        { kind: 'fatal', reason: 'invalid-answer', path: intent.path },
      );
    }
    return { ...receipt, etag: part.etag };
  });
}

async function complete(
  upload: S3Upload,
  { key, uploadId }: S3PartsState,
  receipts: readonly PartReceipt[],
  { signal, whole, partChecksums }: CallOptions & { whole?: Checksum; partChecksums?: readonly Checksum[] },
): Promise<UploadOutcome> {
  const { client, intent, checksum } = upload;
  const byNumber = receipts.toSorted((a, b) => a.number - b.number);
  const parts = byNumber.map(({ number, etag, checksum: reported }, index) => {
    // What the storage confirmed for the part. A checksum of checksums needs the parts' own in any case; beside one of
    // the whole they are left out, since a storage that ignores checksums may refuse the element.
    const value = reported ?? (checksum && !isCombinable(checksum) ? partChecksums?.[index] : undefined);
    const sum = value && value.algorithm === checksum ? checksumElement(value) : '';
    return `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(`"${etag}"`)}</ETag>${sum}</Part>`;
  });
  const headers: Record<string, string> = {};
  if (client.full) {
    headers['x-amz-mp-object-size'] = String(intent.size);
    if (whole && whole.algorithm === checksum && isCombinable(whole.algorithm)) {
      headers['x-amz-checksum-type'] = 'FULL_OBJECT';
      headers[checksumHeader(whole.algorithm)] = whole.value;
    }
    if (upload.createOnly) headers['if-none-match'] = '*';
  }
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`;
  const { answer, xml } = await sendComplete(upload, { key, uploadId, headers, body, signal });
  const checksums = checksumsOfXml(xml);
  const etag = etagOf(childText(xml, 'ETag'));
  const confirmed = checksum !== undefined && checksums.some(value => value.algorithm === checksum);
  // Older Ceph answers with an empty ETag; and where no checksum vouches for the bytes, the size at least must.
  const seen = client.full && !(confirmed && etag) ? await look(client, key, signal) : undefined;
  const found = seen ? checksumsOfHeaders(seen.headers) : [];
  const all = checksums.length > 0 ? checksums : found;
  client.checksums.note('parts', checksum, all);
  const size = seen?.headers['content-length'];
  const version = answer.headers['x-amz-version-id'] ?? seen?.headers['x-amz-version-id'];
  const location = locationOf(childText(xml, 'Location')) ?? locationOf(answer.url);
  const finalETag = etag ?? etagOf(seen?.headers.etag);
  return {
    path: client.pathOf(key),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(finalETag ? { etag: finalETag } : {}),
    ...(version && version !== 'null' ? { version } : {}),
    ...(all.length > 0 ? { checksums: all } : {}),
    ...(location === undefined ? {} : { location }),
    body: Object.fromEntries(xml.children.map(({ name, text }) => [name, text])),
    response: { status: answer.status, headers: answer.headers },
  };
}

async function sendComplete(
  { client, intent, createOnly }: S3Upload,
  options: CallOptions & { key: string; uploadId: string; headers: Record<string, string>; body: string },
): Promise<{ answer: S3Answer; xml: XmlElement }> {
  const { key, uploadId, headers, body, signal } = options;
  try {
    return await client.callXml(
      {
        method: 'POST',
        key,
        uploadId,
        operation: 'CompleteMultipartUpload',
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
      },
      'CompleteMultipartUploadResult',
      {
        signal,
        path: intent.path,
        completing: true,
        ofUpload: true,
        createOnly,
        timeout: COMPLETE_TIMEOUT,
        body,
      },
    );
  } catch (error) {
    // Ceph says so of uploads that are gone, too; the list of parts tells one from the other.
    const unsure = error instanceof TransferError && /already in progress/i.test(error.serverMessage ?? '');
    if (unsure) await listMultipart(client, { key, uploadId, path: intent.path, signal });
    throw error;
  }
}

/** The upload is complete already: that it cannot be looked at must not make it fail. */
async function look(client: S3Client, key: string, signal: AbortSignal): Promise<S3Answer | undefined> {
  try {
    return await head(client, key, { signal, attempts: 2 });
  } catch {
    return undefined;
  }
}
