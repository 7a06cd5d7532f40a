import type { Checksum } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { fromHex, type Hasher, toBase64 } from '../checksum/index.js';

function digestOf(entry: Partial<Entry>, etagsAreMd5: boolean | undefined): Checksum | undefined {
  const full = entry.checksums?.find(checksum => checksum.scope === 'full');
  if (full !== undefined) return full;
  if (etagsAreMd5 === false || entry.etag === undefined || !/^[0-9a-f]{32}$/.test(entry.etag))
    return undefined;
  return { algorithm: 'md5', value: toBase64(fromHex(entry.etag)), scope: 'full' };
}

/**
 * Whether a local file is the remote one: same size, and same digest where the storage says one; else the local one
 * is not older. Never by name alone.
 */
export async function isSameFile(
  local: File,
  entry: Partial<Entry>,
  hasher: Hasher,
  etagsAreMd5: boolean | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (entry.size === undefined || local.size !== entry.size) return false;
  const digest = digestOf(entry, etagsAreMd5);
  if (digest !== undefined && (await hasher.supports(digest.algorithm, local.size))) {
    const hashed = await hasher.hash(local, [digest.algorithm], { signal });
    return hashed.get(digest.algorithm)!.value === digest.value;
  }
  return entry.modified !== undefined && local.lastModified >= entry.modified;
}
