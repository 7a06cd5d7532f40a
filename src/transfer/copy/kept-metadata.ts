import type { Entry, EntryMetadata } from '../../core/entry.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { patiently } from '../patiently.js';

/** Browsers undo the encoding of what they fetch, so a header that promises it would be wrong at the new place. */
const ofTheTransfer = new Set(['content-encoding', 'content-length', 'content-md5', 'etag', 'last-modified']);

/** What a file's metadata says that can go along to another storage. Undefined: nothing, or one of both has none. */
export async function keptMetadata(
  source: TransferContext,
  target: TransferContext,
  { path }: Pick<Entry, 'path'>,
  control: ItemControl,
): Promise<EntryMetadata | undefined> {
  const { readMetadata } = source.adapter;
  if (!readMetadata || !target.adapter.capabilities.uploadMetadata) return undefined;
  const {
    headers = {},
    custom,
    tags,
  } = await patiently(source, control, signal => source.adapter.readMetadata!(path, { signal }));
  const going = Object.entries(headers).filter(([name, value]) => value !== '' && !ofTheTransfer.has(name));
  return {
    ...(going.length > 0 ? { headers: Object.fromEntries(going) } : {}),
    ...(isFilled(custom) ? { custom } : {}),
    ...(isFilled(tags) ? { tags } : {}),
  };
}

const isFilled = (pairs: object | undefined): boolean => pairs !== undefined && Object.keys(pairs).length > 0;
