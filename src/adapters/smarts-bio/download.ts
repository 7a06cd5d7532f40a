import type { Entry } from '../../core/entry.js';
import type { CallOptions, DownloadOptions, DownloadSource } from '../adapter.js';
import { expiryOf, readStorageError } from '../signed-url.js';
import type { SmartsBioClient } from './client.js';
import { badAnswer, problem, readApiError } from './errors.js';
import { keyOf } from './list.js';

/** “About an hour”, for URLs that do not say it themselves. */
const ASSUMED_LIFE = 50 * 60_000;

export async function resolveDownload(
  client: SmartsBioClient,
  { path, id }: Pick<Entry, 'path' | 'id'>,
  { signal }: DownloadOptions,
): Promise<DownloadSource> {
  if (path.endsWith('/')) throw problem('invalid-input', 'A folder is downloaded file by file.', path);
  const { downloads = 'signed' } = client.options;
  const key = await keyOf(client, path, { signal }, id);
  if (downloads === 'content' || (downloads === 'auto' && client.storageAnswers === false)) {
    return contentSource(client, path, key, { signal });
  }
  const { url, expiresAt } = await downloadLink(client, path, key, { signal });
  if (downloads === 'auto' && client.storageAnswers === undefined) {
    client.storageAnswers = await client.answers(url, { signal });
    if (!client.storageAnswers) return contentSource(client, path, key, { signal });
  }
  return {
    kind: 'url',
    url,
    credentials: 'omit',
    ranges: 'yes',
    expiresAt,
    readError: response => readStorageError(response, { path, expiresAt }),
  };
}

/** Through the API with the key. Whether it takes ranges is not known. */
async function contentSource(
  client: SmartsBioClient,
  path: string,
  key: string,
  call: CallOptions,
): Promise<DownloadSource> {
  return {
    kind: 'url',
    url: client.url('files/content', { workspace_id: client.workspace, key }),
    headers: await client.headers(call),
    credentials: 'omit',
    ranges: 'probe',
    readError: response => (response.status < 400 ? undefined : readApiError(response, path)),
  };
}

export async function downloadLink(
  client: SmartsBioClient,
  path: string,
  key: string,
  call: CallOptions,
): Promise<{ url: string; expiresAt: number }> {
  const answer = (await client.data({ method: 'GET', route: 'files/download', query: { key } }, call, {
    path,
    direct: true,
  })) as Record<string, unknown> | null;
  const url = answer?.downloadUrl ?? answer?.url ?? answer?.download_url;
  if (typeof url !== 'string' || !URL.canParse(url)) throw badAnswer('no download URL came', path);
  return { url, expiresAt: expiryOf(url) ?? Date.now() + ASSUMED_LIFE };
}
