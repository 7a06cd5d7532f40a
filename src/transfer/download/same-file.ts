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

/** What may be known of a local file before anything of it is read. */
export interface LocalFile {
  readonly file: File;
  /** Validator of the version that came here, if it has not been changed since. */
  readonly version: string | undefined;
}

/**
 * Whether a local file is the remote one: same size, and the version that came here is still that of the storage, or
 * its digest is the same where the storage says one; else, where it is not known to be another version, the local one
 * is not older. Never by name alone.
 */
export async function isSameFile(
  { file, version }: LocalFile,
  entry: Partial<Entry>,
  hasher: Hasher,
  etagsAreMd5: boolean | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (entry.size === undefined || file.size !== entry.size) return false;
  const isCompared = version !== undefined && entry.etag !== undefined;
  if (isCompared && version === entry.etag) return true;
  const digest = digestOf(entry, etagsAreMd5);
  if (digest !== undefined && (await hasher.supports(digest.algorithm, file.size))) {
    const hashed = await hasher.hash(file, [digest.algorithm], { signal });
    return hashed.get(digest.algorithm)!.value === digest.value;
  }
  return !isCompared && entry.modified !== undefined && file.lastModified >= entry.modified;
}
