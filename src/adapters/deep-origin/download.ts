import type { Entry } from '../../core/entry.js';
import type { CallOptions, DownloadOptions, DownloadSource } from '../adapter.js';
import { readStorageError } from '../signed-url.js';
import type { DeepOriginClient } from './client.js';
import { readApiError } from './errors.js';
import { signedUrl } from './links.js';
import { encodePath, isShadowed, requireFilePath } from './paths.js';

export async function resolveDownload(
  client: DeepOriginClient,
  { path }: Pick<Entry, 'path'>,
  { signal }: DownloadOptions,
): Promise<DownloadSource> {
  requireFilePath(path);
  encodePath(path);
  if (client.options.downloads === 'direct' && !isShadowed(path)) {
    return {
      kind: 'url',
      url: client.url(path),
      headers: await client.headers({ signal }),
      credentials: 'omit',
      ranges: 'probe',
      readError: response => readApiError(response, path),
    };
  }
  const { url, expiresAt } = await signedUrl(client, path, { signal, upload: false, direct: true });
  return {
    kind: 'url',
    url,
    credentials: 'omit',
    ranges: 'yes',
    expiresAt,
    readError: response => readStorageError(response, { path, expiresAt }),
  };
}

/** The platform's own ZIP of a folder. It is made while it is sent, so it has neither a known size nor ranges. */
export async function archive(
  client: DeepOriginClient,
  folder: string,
  call: CallOptions,
): Promise<DownloadSource> {
  return {
    kind: 'url',
    url: client.url(folder.replace(/\/$/, ''), 'zip'),
    headers: { ...(await client.headers(call)), accept: 'application/zip' },
    credentials: 'omit',
    type: 'application/zip',
    ranges: 'no',
    readError: response => readApiError(response, folder),
  };
}
