import type { EntryMetadata } from '../../core/entry.js';
import type { CallOptions } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import type { SmartsBioClient } from './client.js';
import { problem } from './errors.js';
import { keyOf } from './list.js';

/** The API keeps one object of free pairs with each file. */
export async function writeMetadata(
  client: SmartsBioClient,
  path: string,
  { custom, headers, tags }: EntryMetadata,
  call: CallOptions,
): Promise<void> {
  if (call.signal.aborted) throw abortedError();
  if (headers || tags) {
    throw problem('not-supported', 'smarts.bio keeps neither headers nor tags with files, only pairs.', path);
  }
  if (!custom) return;
  const fileKey = await keyOf(client, path, call);
  await client.send({ method: 'PATCH', route: 'files/metadata', json: { fileKey, metadata: custom } }, call, {
    path,
    direct: true,
  });
}
