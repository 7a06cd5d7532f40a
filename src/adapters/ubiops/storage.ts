/** Signed URLs of the four storages behind the API: asking for them, and what the storages say. */
import type { Checksum } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, DownloadOptions, DownloadSource } from '../adapter.js';
import { expiryOf } from '../signed-url.js';
import { asObject, textOf, type UbiOpsClient, unexpected } from './client.js';
import { requireAddressable } from './entries.js';
import { readStoredError } from './errors.js';

/** Who holds a bucket's bytes. Others than these may come; they are taken for one that speaks like S3. */
export type UbiOpsProvider = 'ubiops' | 'amazon_s3' | 'google_cloud_storage' | 'azure_blob_storage';

export const AZURE = 'azure_blob_storage';

/** A URL that works without the token, and what must be sent with it. */
export interface SignedStorageUrl {
  readonly url: string;
  readonly provider: UbiOpsProvider | (string & {});
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, where the URL tells. */
  readonly expiresAt?: number;
}

/** Azure refuses a PUT without them. */
const AZURE_HEADERS = { 'x-ms-version': '2020-04-08', 'x-ms-blob-type': 'BlockBlob' };

/** A URL for the bytes of a file, or of one part of it. */
export async function signUpload(
  client: UbiOpsClient,
  path: string,
  { signal, uploadId, partNumber }: CallOptions & { uploadId?: string; partNumber?: number },
): Promise<SignedStorageUrl> {
  const body = await client.callJson('POST', client.filePath(path), {
    signal,
    path,
    json: {},
    query: {
      upload_id: uploadId,
      part_number: partNumber === undefined ? undefined : String(partNumber),
    },
  });
  const signed = signedUrlOf(body, 'PUT');
  // Azure would store it below a folder instead, and nobody would find it again under its own name.
  if (signed.provider === AZURE && path.includes('\\')) throw withBackslash(path);
  return signed;
}

const withBackslash = (path: string): TransferError =>
  new TransferError(
    `${path} cannot be stored in this bucket: its storage, Azure, takes a backslash in a name for a slash. Rename the file.`,
    { kind: 'fatal', reason: 'invalid-name', path },
  );

/** A URL to read a file by. */
export async function signDownload(
  client: UbiOpsClient,
  path: string,
  { signal, again = false }: CallOptions & { again?: boolean },
): Promise<SignedStorageUrl> {
  requireAddressable(path);
  const body = await client.callJson('GET', client.filePath(path, '/download'), { signal, path, again });
  return signedUrlOf(body, 'GET');
}

function signedUrlOf(value: unknown, method: 'GET' | 'PUT'): SignedStorageUrl {
  const body = asObject(value);
  const url = textOf(body.url);
  if (url === undefined || !/^https?:/.test(url) || !URL.canParse(url)) throw unexpected('no signed URL');
  const provider = textOf(body.provider) ?? 'ubiops';
  const expiresAt = expiryOf(url);
  return {
    url,
    provider,
    headers: provider === AZURE && method === 'PUT' ? AZURE_HEADERS : {},
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

export async function resolveDownload(
  client: UbiOpsClient,
  path: string,
  { signal }: DownloadOptions,
): Promise<DownloadSource> {
  const { url, expiresAt } = await signDownload(client, path, { signal, again: true });
  return {
    kind: 'url',
    url,
    credentials: 'omit',
    ranges: 'yes',
    ...(expiresAt === undefined ? {} : { expiresAt }),
    readError: response => readStoredError(response, { path, expiresAt }),
    readChecksums: storedChecksums,
  };
}

/** What the storage itself says of a stored file. */
export interface StoredFacts {
  readonly size?: number;
  readonly etag?: string;
  readonly checksums?: readonly Checksum[];
}

/** Reads one byte of a file for the headers that come with it. Resolves to nothing when that could not be had. */
export async function askStorage(
  client: UbiOpsClient,
  path: string,
  signal: AbortSignal,
): Promise<StoredFacts> {
  try {
    const { url } = await signDownload(client, path, { signal });
    const { status, headers, body } = await client.storage.send(
      { method: 'GET', url, headers: { range: 'bytes=0-0' } },
      { signal },
    );
    // Of an empty file there is no first byte.
    if (status !== 206 && status !== 416 && status !== 200) return {};
    const total =
      status === 200
        ? headers['content-length']
        : (headers['content-range']?.split('/')[1] ?? /<ActualObjectSize>(\d+)</.exec(body)?.[1]);
    const size = total && /^\d+$/.test(total) ? Number(total) : undefined;
    const etag = etagOf(headers.etag);
    const checksums = storedChecksums(headers);
    return {
      ...(size === undefined ? {} : { size }),
      ...(etag === undefined ? {} : { etag }),
      ...(checksums.length > 0 ? { checksums } : {}),
    };
  } catch (error) {
    if (error instanceof TransferError && error.reason === 'aborted') throw error;
    return {};
  }
}

/** The ETag as entries carry it. */
export function etagOf(header: string | undefined): string | undefined {
  return header?.replace(/^(W\/)?"(.*)"$/, '$1$2') || undefined;
}

/** Checksums over the whole that Google (`x-goog-hash`) and Azure (`Content-MD5`) send, where CORS shows them. */
export function storedChecksums(headers: Readonly<Record<string, string>>): readonly Checksum[] {
  const found: Checksum[] = [];
  for (const pair of (headers['x-goog-hash'] ?? '').split(',')) {
    const [, name, value] = /^\s*(crc32c|md5)=(\S+)\s*$/.exec(pair) ?? [];
    if (name && value) found.push({ algorithm: name as 'crc32c' | 'md5', value, scope: 'full' });
  }
  // With a range, `Content-MD5` is that of the range.
  const md5 = headers['content-range'] ? headers['x-ms-blob-content-md5'] : headers['content-md5'];
  if (md5 && /^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    found.push({ algorithm: 'md5', value: md5, scope: 'full' });
  }
  return found;
}
