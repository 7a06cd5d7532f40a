import type { Entry } from '../../core/entry.js';
import type { CallOptions } from '../adapter.js';
import type { DeepOriginClient } from './client.js';
import { folderEntry } from './entries.js';
import { nameError } from './paths.js';

/** A folder without files is an empty object whose path ends in `/`. */
export async function createFolder(
  client: DeepOriginClient,
  path: string,
  call: CallOptions,
): Promise<Entry> {
  const folder = path.endsWith('/') ? path : `${path}/`;
  if (folder === '/') throw nameError('A folder needs a name.', path);
  const body = new FormData();
  body.append('file', new Blob([], { type: 'application/octet-stream' }), 'folder');
  await client.send({ method: 'PUT', url: client.url(folder), body }, call, { path: folder, direct: true });
  return folderEntry(folder);
}
