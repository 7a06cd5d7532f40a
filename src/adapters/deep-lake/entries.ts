/**
 * What the API says about files, as entries. The UUID is a file's only key; its name is an attribute that others may
 * share. So an entry's path is `<UUID>/<name>`: unique, and its last segment is the name to save under. The names of
 * the fields are not documented, hence the several spellings.
 */
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export type FileFacts = Readonly<Record<string, unknown>>;

export function isFileId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** The UUID in the path of an entry, or a bare UUID; undefined for anything else. */
export function fileIdOf(path: string): string | undefined {
  const [id] = path.split('/', 1);
  return isFileId(id) && !path.endsWith('/') ? id : undefined;
}

/** The UUID of a file that somebody wants. @throws TransferError (`not-found`): nothing else names a file here */
export function requireFileId(path: string, id?: string): string {
  const found = isFileId(id) ? id : fileIdOf(path);
  if (found !== undefined) return found;
  throw new TransferError(
    'Deep Lake finds files by their id (a UUID) only, and this is none. Reload the listing and choose the file there.',
    { kind: 'fatal', reason: 'not-found', path },
  );
}

export function fileNameIn(facts: FileFacts): string | undefined {
  return textOf(facts.filename ?? facts.name ?? facts.file_name);
}

export function sizeIn(facts: FileFacts): number | undefined {
  const value = facts.size ?? facts.size_bytes ?? facts.bytes;
  const size = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof size === 'number' && size >= 0 ? size : undefined;
}

/** Milliseconds since 1970. */
export function createdIn(facts: FileFacts): number | undefined {
  const value = facts.created_at ?? facts.createdAt;
  // Some releases count seconds.
  if (typeof value === 'number') return value < 1e11 ? value * 1000 : value;
  const time = typeof value === 'string' ? Date.parse(withZone(value)) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Servers in Python leave the zone out and mean UTC; browsers would read local time. */
function withZone(value: string): string {
  return /T[\d:.]+$/.test(value) ? `${value}Z` : value;
}

/** The facts of one file, whether they come by themselves or in an envelope; undefined when there is no id. */
export function factsIn(value: unknown): FileFacts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, data } = value as { file?: unknown; data?: unknown };
  for (const candidate of [value, file, data]) {
    const facts = candidate as FileFacts | null | undefined;
    if (typeof facts === 'object' && facts !== null && isFileId(facts.id)) return facts;
  }
  return undefined;
}

/** @param facts with a valid id */
export function entryOf(facts: FileFacts): Entry {
  const id = facts.id as string;
  // A path that ends in a slash would be a folder's.
  const name = fileNameIn(facts)?.replace(/\/+$/, '');
  const path = name ? `${id}/${name}` : id;
  const size = sizeIn(facts);
  const created = createdIn(facts);
  const type = textOf(facts.content_type ?? facts.mime_type ?? facts.type);
  const { metadata } = facts;
  return {
    id,
    path,
    name: nameOf(path),
    kind: 'file',
    ...(size === undefined ? {} : { size }),
    // Files never change: what is stored is what was uploaded then.
    ...(created === undefined ? {} : { created, modified: created }),
    ...(type === undefined ? {} : { type }),
    ...(typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length > 0
      ? { extra: { metadata } }
      : {}),
  };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
