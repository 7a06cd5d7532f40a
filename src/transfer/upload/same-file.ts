import type { Entry } from '../../core/entry.js';
import type { TransferContext } from '../context.js';
import { habitsOf } from '../link.js';
import { hexDigest, looksLikeMd5 } from './evidence.js';
import type { OpenedFile } from './inputs.js';

/** File systems keep times to two seconds at worst. */
const timeTolerance = 2000;

/** The local time that an earlier upload kept with the file, in milliseconds since 1970. */
function keptTime(custom: Readonly<Record<string, string>> | undefined): number | undefined {
  const text = custom?.mtime ?? custom?.['src-last-modified'];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  // Seconds with a fraction (as other tools write it) or milliseconds.
  return number < 1e11 ? number * 1000 : number;
}

/**
 * Whether the storage has this very file already. Equal sizes are only the beginning: a digest decides, or the time
 * of the last change that an earlier upload kept. In doubt it is another file, and is uploaded.
 */
export async function isSameFile(
  context: TransferContext,
  opened: Pick<OpenedFile, 'blob' | 'size' | 'modified'>,
  listed: Entry,
  signal: AbortSignal,
): Promise<boolean> {
  if (listed.size !== opened.size) return false;
  if (opened.size === 0) return true;
  const { adapter, hasher } = context;
  const byDigest = async (entry: Entry): Promise<boolean | undefined> => {
    const checksum = entry.checksums?.find(each => each.scope === 'full');
    if (checksum) {
      const { algorithm } = checksum;
      return (
        (await hasher.hash(opened.blob, [algorithm], { signal })).get(algorithm)!.value === checksum.value
      );
    }
    if (entry.etag !== undefined && entry.etag.length === 32 && looksLikeMd5(entry.etag)) {
      const md5 = (await hasher.hash(opened.blob, ['md5'], { signal })).get('md5')!;
      if (hexDigest(md5) === entry.etag.toLowerCase()) return true;
      // Where ETags are MD5s, another one is another content, whatever its time says.
      if (habitsOf(adapter).md5Etags === true) return false;
    }
    return undefined;
  };
  const listedSays = await byDigest(listed);
  if (listedSays !== undefined) return listedSays;
  const entry = listed.checksums ? undefined : await adapter.stat?.(listed.path, { signal });
  if (entry) {
    const says = await byDigest(entry);
    if (says !== undefined) return says;
  }
  if (opened.modified === undefined || !adapter.readMetadata) return false;
  const kept = keptTime((await adapter.readMetadata(listed.path, { signal })).custom);
  return kept !== undefined && Math.abs(kept - opened.modified) <= timeTolerance;
}
