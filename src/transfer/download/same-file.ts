import type { Checksum } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { fromHex, type Hasher, toBase64 } from '../checksum/index.js';
import { isWeak, type KnownVersion } from './known-copies.js';

function digestOf(entry: Partial<Entry>, etagsAreMd5: boolean | undefined): Checksum | undefined {
  const full = entry.checksums?.find(checksum => checksum.scope === 'full');
  if (full !== undefined) return full;
  if (etagsAreMd5 === false || entry.etag === undefined || !/^[0-9a-f]{32}$/.test(entry.etag))
    return undefined;
  return { algorithm: 'md5', value: toBase64(fromHex(entry.etag)), scope: 'full' };
}

/** For small files only: both are read. */
export async function isSameContent(one: Blob, other: Blob): Promise<boolean> {
  return one.size === other.size && (await one.text()) === (await other.text());
}

/** What may be known of a local file before anything of it is read. */
export interface LocalFile {
  readonly file: File;
  /** The version that came here, if the file has not been changed since. */
  readonly version: KnownVersion | undefined;
}

/** Equal validators; of a storage that tells none, the time of its own last change, which is never compared with a local one. */
function isVersion(known: KnownVersion | undefined, entry: Partial<Entry>): boolean | undefined {
  if (known === undefined) return undefined;
  if (entry.etag !== undefined && !isWeak(entry.etag)) {
    return known.etag === undefined ? undefined : known.etag === entry.etag;
  }
  if (known.modified === undefined || entry.modified === undefined) return undefined;
  return known.modified === entry.modified;
}

export interface ComparedBy {
  readonly hasher: Hasher;
  readonly etagsAreMd5: boolean | undefined;
  readonly signal: AbortSignal;
  /** Asks the storage for more than its listing told; undefined: the file is not there any more. */
  readonly ask?: (() => Promise<Entry | undefined>) | undefined;
}

/**
 * Whether a local file is the remote one: same size, and the version that came here is still that of the storage, or
 * its digest is the same where the storage says one of the whole. Never by name alone, and never by date: an edited file
 * is the newer one. Undefined: nothing shows it.
 */
export async function isSameFile(
  { file, version }: LocalFile,
  entry: Partial<Entry>,
  by: ComparedBy,
): Promise<boolean | undefined> {
  if (entry.size === undefined || file.size !== entry.size) return false;
  const isTheVersion = isVersion(version, entry);
  if (isTheVersion === true) return true;
  const digest = digestOf(entry, by.etagsAreMd5);
  if (digest !== undefined) {
    if (!(await by.hasher.supports(digest.algorithm, file.size))) return isTheVersion;
    const hashed = await by.hasher.hash(file, [digest.algorithm], { signal: by.signal });
    return hashed.get(digest.algorithm)!.value === digest.value;
  }
  if (by.ask === undefined) return isTheVersion;
  const told = await by.ask();
  // Of another version than the one that is wanted it says nothing.
  const isOther = entry.version !== undefined && told?.version !== entry.version;
  return told === undefined || isOther
    ? isTheVersion
    : isSameFile({ file, version }, told, { ...by, ask: undefined });
}
