import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import type { CallOptions } from '../adapter.js';
import type { SmartsBioClient } from './client.js';
import { folderEntry } from './entries.js';
import { badAnswer, problem } from './errors.js';
import { pathOfKey } from './keys.js';
import { keyOf, stat } from './list.js';
import { requireFilePath } from './paths.js';
import { remove } from './remove.js';

/**
 * Moves a file or a folder. The API renames within a folder, and moves between folders under the same name; both
 * together are two calls.
 */
export async function move(
  client: SmartsBioClient,
  from: string,
  to: string,
  { signal, replace = false }: CallOptions & { replace?: boolean },
): Promise<Entry> {
  const isFolder = from.endsWith('/');
  requireFilePath(from.replace(/\/$/, ''));
  requireFilePath(to.replace(/\/$/, ''));
  if (isFolder !== to.endsWith('/'))
    throw problem('invalid-name', 'A folder stays a folder, a file a file.', to);
  if (from === to || (isFolder && to.startsWith(from))) {
    throw problem('invalid-input', 'What is moved needs another place, outside of itself.', to);
  }
  const source = await stat(client, from, { signal });
  if (!source) throw problem('not-found', 'The file is no longer there. Reload the listing.', from);
  const taken = await stat(client, to, { signal });
  if (taken && !replace) {
    throw problem('exists', 'There is already something of this name. It was left as it is.', to);
  }
  // What the API does about a taken name is not documented: one that refuses it gets the name made free.
  const freely = async (call: () => Promise<string>): Promise<string> => {
    try {
      return await call();
    } catch (error) {
      const refused = error instanceof TransferError && (error.status === 409 || error.status === 400);
      if (!taken || !refused) throw error;
      await removeTaken(client, to, { signal });
      return call();
    }
  };
  const renamed = (fileKey: string) =>
    freely(() => rename(client, fileKey, nameOf(to), isFolder, from, { signal }));
  let key = await keyOf(client, from, { signal }, source.id);
  let at = from;
  if (parentPath(from) !== parentPath(to)) {
    const between = parentPath(to) + nameOf(from) + (isFolder ? '/' : '');
    if (between !== to && (await stat(client, between, { signal }))) {
      // Renamed first: under its old name it would meet another one in the new folder.
      key = await renamed(key);
    }
    const present = key;
    key = await freely(() => relocate(client, present, parentPath(to), from, { signal }));
    at = pathOfKey(key);
  }
  if (nameOf(at) !== nameOf(to)) key = await renamed(key);
  const path = pathOfKey(key);
  if (isFolder) return folderEntry(path.endsWith('/') ? path : `${path}/`, key);
  return { ...source, id: key, path, name: nameOf(path) };
}

async function removeTaken(client: SmartsBioClient, path: string, call: CallOptions): Promise<void> {
  const [result] = await remove(client, [path], call);
  if (result?.error && result.error.reason !== 'not-found') throw result.error;
}

async function rename(
  client: SmartsBioClient,
  fileKey: string,
  newName: string,
  isFolder: boolean,
  path: string,
  call: CallOptions,
): Promise<string> {
  const answer = await client.data(
    {
      method: 'PUT',
      route: 'files/rename',
      json: { fileKey, newName, ...(isFolder ? { isFolder } : {}) },
    },
    call,
    { path },
  );
  return newKey(answer, path);
}

async function relocate(
  client: SmartsBioClient,
  fileKey: string,
  destinationPath: string,
  path: string,
  call: CallOptions,
): Promise<string> {
  const answer = await client.data(
    { method: 'PUT', route: 'files/move', json: { fileKey, destinationPath } },
    call,
    { path },
  );
  return newKey(answer, path);
}

function newKey(answer: unknown, path: string): string {
  const { newFileKey } = (answer ?? {}) as { newFileKey?: unknown };
  if (typeof newFileKey !== 'string') throw badAnswer('a move was answered without the new key', path);
  return newFileKey;
}

export async function createFolder(client: SmartsBioClient, path: string, call: CallOptions): Promise<Entry> {
  const folder = path.replace(/\/$/, '');
  requireFilePath(folder);
  const answer = (await client.data(
    { method: 'POST', route: 'files/folder', json: { name: nameOf(folder), path: parentPath(folder) } },
    call,
    { path: folder, direct: true },
  )) as { folderKey?: unknown } | null;
  if (typeof answer?.folderKey !== 'string')
    throw badAnswer('a new folder was answered without its key', path);
  client.keys.learn(answer.folderKey);
  return folderEntry(`${folder}/`, answer.folderKey);
}
