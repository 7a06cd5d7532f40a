import type { Entry, ListPage } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ListOptions } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { fileEntry, folderEntry } from './entries.js';
import { requireFileName } from './names.js';
import type { FileJson, FilesJson } from './wire.js';

/** All files of the record. The repository gives them in one answer and cannot filter. */
export async function allFiles(
  client: InvenioClient,
  { signal, attempts }: CallOptions & { attempts?: number },
): Promise<readonly FileJson[]> {
  const files = await client.json<FilesJson>('GET', client.filesUrl, {
    signal,
    attempts: attempts ?? client.attempts,
  });
  if (files.enabled === false) throw filesOff();
  client.noteFiles(files);
  return files.entries ?? [];
}

export function filesOff(): TransferError {
  return new TransferError(
    'Files are switched off for this record. Its owner can switch them on in the repository, as long as it is a draft.',
    { kind: 'fatal', reason: 'not-supported' },
  );
}

export async function list(
  client: InvenioClient,
  path: string,
  { signal, token, limit, recursive = false, namePrefix = '' }: ListOptions,
): Promise<ListPage> {
  if (path !== '' && !path.endsWith('/')) {
    throw new TransferError('Only a folder can be listed; its path ends in “/”.', {
      kind: 'fatal',
      reason: 'invalid-input',
      path,
    });
  }
  const files = await allFiles(client, { signal });
  const entries = new Map<string, Entry>();
  for (const file of files) {
    if (!file.key.startsWith(path + namePrefix)) continue;
    const slash = recursive ? -1 : file.key.indexOf('/', path.length);
    const entry = slash < 0 ? fileEntry(file) : folderEntry(file.key.slice(0, slash + 1));
    entries.set(entry.path, entry);
  }
  // Pages are cut here, each from a listing of its own: by name, so that none is lost or doubled between two.
  const sorted = [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const rest = token === undefined ? sorted : sorted.filter(entry => entry.path > token);
  const page = limit === undefined ? rest : rest.slice(0, Math.max(1, limit));
  const last = page.at(-1);
  return {
    entries: page,
    total: sorted.length,
    ...(last && page.length < rest.length ? { next: last.path } : {}),
  };
}

export async function stat(
  client: InvenioClient,
  path: string,
  { signal }: CallOptions,
): Promise<Entry | undefined> {
  if (path === '' || path.endsWith('/')) {
    const files = await allFiles(client, { signal });
    const exists = path === '' || files.some(file => file.key.startsWith(path));
    return exists ? folderEntry(path) : undefined;
  }
  requireFileName(path);
  const file = await client.file(path, { signal, attempts: client.attempts });
  return file && fileEntry(file);
}
