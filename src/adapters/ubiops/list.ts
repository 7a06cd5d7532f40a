/** Listing, one file, and deleting. */
import type { Entry, ListPage } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ItemResult, ListOptions } from '../adapter.js';
import { readJson } from '../http.js';
import { sideBySide } from '../side-by-side.js';
import { asObject, textOf, type UbiOpsClient, unexpected } from './client.js';
import { fileEntry, folderEntry } from './entries.js';
import { MOST_FILES_A_PAGE } from './options.js';
import { askStorage } from './storage.js';

/** One page of the folder at `path`. A page may hold folders and no files, or nothing, and yet not be the last. */
export async function list(client: UbiOpsClient, path: string, options: ListOptions): Promise<ListPage> {
  if (path !== '' && !path.endsWith('/')) {
    throw new TransferError('Only folders can be listed, and their paths end in “/”.', {
      kind: 'fatal',
      reason: 'invalid-input',
      path,
    });
  }
  const { signal, token, limit, recursive = false, namePrefix = '' } = options;
  const { pageSize = MOST_FILES_A_PAGE } = client.options;
  const prefix = path + namePrefix;
  const body = await client.callJson('GET', `${client.bucketPath()}/files`, {
    signal,
    path,
    again: true,
    query: {
      prefix: prefix === '' ? undefined : prefix,
      delimiter: recursive ? undefined : '/',
      continuation_token: token,
      limit: String(Math.max(1, Math.min(Math.floor(limit ?? pageSize), MOST_FILES_A_PAGE))),
    },
  });
  // The folder's own marker is the folder, not a thing in it.
  const files = arrayOf(body.files)
    .map(fileEntry)
    .filter(entry => entry.path !== path);
  const next = textOf(body.continuation_token);
  return {
    entries: [...foldersOf(body.prefixes, path), ...files],
    ...(next === undefined ? {} : { next }),
  };
}

/** The platform's documents show prefixes without a slash at the end, object storages give them with one. */
function foldersOf(prefixes: unknown, path: string): Entry[] {
  const folders = arrayOf(prefixes).map(prefix => {
    const text = textOf(prefix);
    if (text === undefined) throw unexpected('a folder without a name');
    return text.endsWith('/') ? text : `${text}/`;
  });
  return [...new Set(folders)].filter(folder => folder !== path).map(folderEntry);
}

function arrayOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw unexpected('no list of files');
}

/** One entry. A folder is there when anything is below it. */
export async function stat(
  client: UbiOpsClient,
  path: string,
  { signal }: CallOptions,
): Promise<Entry | undefined> {
  if (path === '') return folderEntry('');
  if (path.endsWith('/')) {
    const body = await client.callJson('GET', `${client.bucketPath()}/files`, {
      signal,
      path,
      again: true,
      query: { prefix: path, limit: '1' },
    });
    return arrayOf(body.files).length > 0 ? folderEntry(path) : undefined;
  }
  const entry = await readFile(client, path, { signal, again: true });
  if (!entry || entry.kind === 'folder' || entry.size !== undefined) return entry;
  // The API may learn the size of a new file late; the storage knows it at once.
  const stored = await askStorage(client, path, signal);
  return {
    ...entry,
    ...(stored.size === undefined ? {} : { size: stored.size }),
    ...(stored.etag === undefined ? {} : { etag: stored.etag }),
  };
}

/** What the API says of a file; undefined when it knows none of this name. */
export async function readFile(
  client: UbiOpsClient,
  path: string,
  { signal, again = false }: CallOptions & { again?: boolean },
): Promise<Entry | undefined> {
  const response = await client.call('GET', client.filePath(path), { signal, path, again, accept: [404] });
  return response.status === 404 ? undefined : fileEntry(asObject(readJson(response, 'UbiOps')));
}

/** Deletes files, several at a time; one result a path, in the order given. What is not there counts as deleted. */
export async function remove(
  client: UbiOpsClient,
  paths: readonly string[],
  { signal }: CallOptions,
): Promise<readonly ItemResult[]> {
  return sideBySide(paths, client.options.maxWorkers ?? 5, path => removeOne(client, path, signal));
}

async function removeOne(client: UbiOpsClient, path: string, signal: AbortSignal): Promise<ItemResult> {
  try {
    // A deletion whose answer was lost is repeated, and then finds nothing.
    await client.call('DELETE', client.filePath(path), { signal, path, again: true, accept: [404] });
    return { path };
  } catch (error) {
    // Stopping is the caller's wish, not the result of a path.
    if (!(error instanceof TransferError) || error.reason === 'aborted') throw error;
    return { path, error };
  }
}
