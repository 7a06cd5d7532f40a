/** Folder markers: empty objects whose key ends in `/`, as every S3 tool makes them. */
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { DIRECT_ATTEMPTS, type S3Client } from './client.js';
import { folderEntry } from './entries.js';
import { requireAddressable } from './list.js';

/** Makes the folder; resolves also when it is there already. */
export async function createFolder(client: S3Client, path: string, { signal }: CallOptions): Promise<Entry> {
  const folder = path.endsWith('/') ? path : `${path}/`;
  requireAddressable(folder);
  if (folder === '/') {
    throw new TransferError('A folder needs a name.', { kind: 'fatal', reason: 'invalid-name', path });
  }
  const conditional = client.options.conditionalCreate !== false;
  await client.call(
    {
      method: 'PUT',
      key: client.keyOf(folder),
      operation: 'PutObject',
      contentLength: 0,
      // An object of this key may have content (some tools store some): it is never overwritten.
      ...(conditional ? { headers: { 'if-none-match': '*' } } : {}),
    },
    { signal, path: folder, attempts: DIRECT_ATTEMPTS, body: '', accept: [412] },
  );
  return folderEntry(folder, Date.now());
}
