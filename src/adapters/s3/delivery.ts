/** From a signed request to what the engine sends, and back. */
import type { TransferError } from '../../core/errors.js';
import type { SignedRequest, TransferResponse, UploadOutcome } from '../adapter.js';
import { childText, parseXml, type XmlElement } from '../xml.js';
import { checksumsOfHeaders, checksumsOfXml } from './checksums.js';
import { etagOf, hasExpired } from './client.js';
import { readS3Error, type S3ErrorContext } from './errors.js';
import { locationInBucket, locationOf } from './location.js';
import type { S3SignedRequest } from './signing.js';
import type { S3Upload } from './upload.js';

export function toDelivery(signed: S3SignedRequest, type: string | undefined): SignedRequest {
  const expiry = signed.expiresAt === undefined ? {} : { expiresAt: signed.expiresAt };
  if (signed.fields) {
    const { 'content-type': _type, ...headers } = signed.headers ?? {};
    return {
      method: 'POST',
      url: signed.url,
      fields: Object.entries(signed.fields),
      fileField: 'file',
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
      preflightFree: Object.keys(headers).length === 0,
      ...expiry,
    };
  }
  const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...signed.headers };
  return {
    method: 'PUT',
    url: signed.url,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...expiry,
  };
}

/**
 * Remembers when the URLs under way end. A refusal without words (older Ceph) then reads as an expired URL, and as
 * nothing else once a fresh one was refused as well.
 */
export class Expiries {
  readonly #ends = new Map<number, number>();

  signed(slot: number, expiresAt: number | undefined): void {
    if (expiresAt === undefined) this.#ends.delete(slot);
    else this.#ends.set(slot, expiresAt);
  }

  done(slot: number): void {
    this.#ends.delete(slot);
  }

  get anyEnded(): boolean {
    return [...this.#ends.values()].some(hasExpired);
  }
}

/** Reads a refusal, and learns from it what the storage does not know. */
export function readUploadError(
  { client, intent, checksum, createOnly }: S3Upload,
  response: TransferResponse,
  context: Omit<S3ErrorContext, 'path' | 'createOnly'>,
): TransferError | undefined {
  const error = readS3Error(response, { ...context, path: intent.path, createOnly });
  return error && refuseChecksum(error, client, checksum);
}

/** An older engine may refuse a checksum it does not know; the upload then begins again without it. */
export function refuseChecksum(
  error: TransferError,
  client: S3Upload['client'],
  checksum: S3Upload['checksum'],
): TransferError {
  const refused =
    checksum !== undefined &&
    checksum !== 'md5' &&
    /^(?:InvalidRequest|InvalidArgument|NotImplemented)$/.test(error.serverCode ?? '') &&
    /checksum|crc64/i.test(error.serverMessage ?? '');
  if (!refused || !client.checksums.modern) return error;
  client.checksums.refused();
  return asRestart(
    error,
    'The storage does not know this kind of checksum, so the upload has to begin again with another.',
  );
}

export function asRestart(error: TransferError, message: string): TransferError {
  const Constructor = error.constructor as new (
    ...args: ConstructorParameters<typeof TransferError>
  ) => TransferError;
  return new Constructor(message, {
    kind: 'restart',
    reason: 'not-supported',
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.serverCode === undefined ? {} : { serverCode: error.serverCode }),
    ...(error.serverMessage === undefined ? {} : { serverMessage: error.serverMessage }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    ...(error.path === undefined ? {} : { path: error.path }),
  });
}

/** What the answer to PUT or POST says of the stored object. */
export function outcomeOf(
  upload: S3Upload,
  kind: 'request' | 'form',
  response: TransferResponse,
  storedKey: string | undefined,
): UploadOutcome {
  const { client, intent, checksum } = upload;
  const { headers } = response;
  const xml = response.body.includes('<PostResponse') ? tryXml(response.body) : undefined;
  const etag = etagOf(headers.etag) ?? etagOf(childText(xml, 'ETag'));
  const checksums = [...checksumsOfHeaders(headers), ...(xml ? checksumsOfXml(xml) : [])];
  client.checksums.note(kind, checksum, checksums);
  const version = headers['x-amz-version-id'];
  const location =
    kind === 'request'
      ? locationOf(response.url)
      : (locationOf(childText(xml, 'Location') ?? headers.location) ??
        locationInBucket(response, storedKey ?? upload.key));
  return {
    path: storedKey === undefined ? intent.path : client.pathOf(storedKey),
    ...(etag ? { etag } : {}),
    ...(version && version !== 'null' ? { version } : {}),
    ...(checksums.length > 0 ? { checksums } : {}),
    ...(location === undefined ? {} : { location }),
  };
}

function tryXml(text: string): XmlElement | undefined {
  try {
    return parseXml(text);
  } catch {
    return undefined;
  }
}
