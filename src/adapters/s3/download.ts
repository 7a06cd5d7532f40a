/** Presigned GET. */
import type { Entry } from '../../core/entry.js';
import type { DownloadOptions, DownloadSource } from '../adapter.js';
import { withRetry } from '../retry.js';
import { checksumsOfHeaders } from './checksums.js';
import { DIRECT_ATTEMPTS, hasExpired, type S3Client } from './client.js';
import { attachment } from './content-disposition.js';
import { readS3Error } from './errors.js';
import { requireAddressable, withChecksumMode } from './list.js';
import type { S3SignRequest } from './signing.js';
import { wholeChecksums } from './whole-checksums.js';

export async function resolveDownload(
  client: S3Client,
  { path, version }: Pick<Entry, 'path' | 'version'>,
  { signal, saveAs, attempt = 1 }: DownloadOptions,
): Promise<DownloadSource> {
  requireAddressable(path);
  const signFor = (origin: string, mode: Record<string, string>, again: number) => {
    const query = {
      ...mode,
      ...(version === undefined ? {} : { versionId: version }),
      ...(saveAs === undefined ? {} : { 'response-content-disposition': attachment(saveAs) }),
    };
    const request: S3SignRequest = {
      method: 'GET',
      key: client.keyOf(path),
      operation: 'GetObject',
      ...(Object.keys(query).length > 0 ? { query } : {}),
    };
    return client.sign(request, { signal, attempt: Math.max(attempt, again), origin, path });
  };
  const [signed, ...others] = await withRetry(
    again =>
      withChecksumMode(client, mode =>
        Promise.all(client.origins.map(origin => signFor(origin, mode, again))),
      ),
    { signal, attempts: DIRECT_ATTEMPTS },
  );
  const { url, headers, expiresAt } = signed!;
  const mirrors = others
    .map(other => other.url)
    .filter(mirror => new URL(mirror).origin !== new URL(url).origin);
  return {
    kind: 'url',
    url,
    credentials: 'omit',
    ranges: 'yes',
    ...(headers && Object.keys(headers).length > 0 ? { headers } : {}),
    ...(version === undefined ? {} : { version }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(mirrors.length > 0 ? { mirrors } : {}),
    // A signer of the page's may leave out what it does not know.
    ...(saveAs === undefined
      ? {}
      : { isAttachment: new URL(url).searchParams.has('response-content-disposition') }),
    readError: response => readS3Error(response, { path, expired: hasExpired(expiresAt), ofObject: true }),
    readChecksums: checksumsOfHeaders,
    wholeChecksums: (total, options) =>
      wholeChecksums(client, { path, ...(version === undefined ? {} : { version }) }, total, options),
  };
}
