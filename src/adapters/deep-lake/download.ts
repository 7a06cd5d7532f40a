import type { Entry } from '../../core/entry.js';
import type { DownloadOptions, DownloadSource } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import type { DeepLakeClient } from './client.js';
import { requireFileId } from './entries.js';
import { readApiError } from './errors.js';

/** Through the API, with the token: the platform signs no URLs. Ranges are not documented. */
export async function resolveDownload(
  client: DeepLakeClient,
  { path, id }: Pick<Entry, 'path' | 'id'>,
  { signal }: DownloadOptions,
): Promise<DownloadSource> {
  if (signal.aborted) throw abortedError();
  return {
    kind: 'url',
    url: client.url('files', requireFileId(path, id), 'content'),
    headers: await client.headers({ signal }),
    credentials: 'omit',
    ranges: 'probe',
    readError: response => readApiError(response, path),
  };
}
