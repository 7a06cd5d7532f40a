/**
 * Copying within the storage: the server imports the file from its own signed URL, so that no byte passes through the
 * page. What arrived is compared before anything is deleted.
 */
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import type { DeepOriginClient } from './client.js';
import { badAnswer } from './errors.js';
import { requestImport } from './import.js';
import { signedUrl } from './links.js';
import { stat } from './list.js';
import { requireFilePath } from './paths.js';
import { deletePath } from './remove.js';

export async function copy(
  client: DeepOriginClient,
  from: string,
  to: string,
  { signal, replace = false }: CallOptions & { replace?: boolean },
): Promise<Entry> {
  requireFilePath(from);
  requireFilePath(to);
  if (from === to) {
    throw new TransferError('A copy needs another name.', {
      kind: 'fatal',
      reason: 'invalid-input',
      path: to,
    });
  }
  const source = await stat(client, from, { signal });
  if (!source) {
    throw new TransferError('The file is no longer there. Reload the listing.', {
      kind: 'fatal',
      reason: 'not-found',
      path: from,
    });
  }
  if (!replace && (await stat(client, to, { signal }))) {
    throw new TransferError('There is already something of this name. It was left as it is.', {
      kind: 'fatal',
      reason: 'exists',
      path: to,
    });
  }
  const { url } = await signedUrl(client, from, { signal, upload: false, direct: true });
  await requestImport(client, to, url, { signal });
  const target = await stat(client, to, { signal });
  if (!target || target.size !== source.size) throw badAnswer('the copy differs from its source', to);
  return target;
}

export async function move(
  client: DeepOriginClient,
  from: string,
  to: string,
  call: CallOptions & { replace?: boolean },
): Promise<Entry> {
  const target = await copy(client, from, to, call);
  if (!(await deletePath(client, from, call)) && (await stat(client, from, call))) {
    throw new TransferError(
      'The file was copied to its new place, but the old one could not be deleted. Both are there now.',
      { kind: 'fatal', reason: 'incomplete', path: from },
    );
  }
  return target;
}
