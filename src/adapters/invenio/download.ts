import { TransferError } from '../../core/errors.js';
import type { DownloadOptions, DownloadSource } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { checksumsOf, isComplete, sizeOf } from './entries.js';
import { missing } from './metadata.js';
import { requireFileName } from './names.js';

/**
 * The repository's own address: where an object storage is behind it, it answers with a redirect to a URL that lives a
 * minute, which the engine uses for as long as it serves. Browsers leave the token behind when the redirect leaves the
 * origin.
 */
export async function resolveDownload(
  client: InvenioClient,
  path: string,
  { signal, attempt = 1 }: DownloadOptions,
): Promise<DownloadSource> {
  requireFileName(path);
  const file = await client.file(path, { signal, attempts: client.attempts });
  if (!file) throw missing(path);
  if (!isComplete(file)) {
    throw new TransferError(
      'This file is not complete at the repository yet, so there is nothing to download.',
      {
        kind: 'fatal',
        reason: 'incomplete',
        path,
      },
    );
  }
  const url = client.follow(file.links?.content, `${client.fileUrl(path)}/content`);
  const size = sizeOf(file);
  const checksums = checksumsOf(file.checksum);
  return {
    kind: 'url',
    url,
    headers: await client.authorization(url, { signal, attempt }),
    credentials: 'omit',
    ranges: client.options.ranges ?? 'probe',
    ...(size === undefined ? {} : { size }),
    ...(file.mimetype ? { type: file.mimetype } : {}),
    ...(checksums.length > 0 ? { checksums } : {}),
    readError: response => client.readDownloadError(response, path),
  };
}

/** All files of the record as one ZIP, made by the repository. */
export async function archive(
  client: InvenioClient,
  path: string,
  { signal, attempt = 1 }: DownloadOptions,
): Promise<DownloadSource> {
  if (path !== '') {
    throw new TransferError(
      'The repository packs all files of a record together, not single folders. Download the folder, or the whole record.',
      { kind: 'fatal', reason: 'not-supported', path },
    );
  }
  const url = `${client.filesUrl}-archive`;
  return {
    kind: 'url',
    url,
    headers: await client.authorization(url, { signal, attempt }),
    credentials: 'omit',
    ranges: 'no',
    type: 'application/zip',
    readError: response => client.readDownloadError(response, path),
  };
}
