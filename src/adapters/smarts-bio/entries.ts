/** What the API says about files, as entries. Its clients know several spellings; all are read. */
import type { Entry } from '../../core/entry.js';
import { nameOf } from '../../core/path.js';
import { pathOfKey } from './keys.js';

export interface FileFacts {
  readonly key: string;
  readonly path: string;
  readonly size?: number;
}

type Raw = Readonly<Record<string, unknown>>;

/** Key and size, in whatever spelling. Undefined without a key. */
export function factsOf(value: unknown): FileFacts | undefined {
  const raw = (value ?? {}) as Raw;
  const key = raw.key ?? raw.fileKey ?? raw.file_key;
  if (typeof key !== 'string' || key === '') return undefined;
  const size = numberOf(raw.size ?? raw.sizeBytes);
  return { key, path: pathOfKey(key), ...(size === undefined ? {} : { size }) };
}

export function entryOf(value: unknown): Entry | undefined {
  const facts = factsOf(value);
  if (!facts) return undefined;
  const raw = value as Raw;
  const { key, size } = facts;
  if (raw.type === 'folder' || raw.type === 'directory' || key.endsWith('/')) {
    return folderEntry(facts.path.endsWith('/') ? facts.path : `${facts.path}/`, key);
  }
  const modified = timeOf(raw.lastModified ?? raw.updatedAt ?? raw.createdAt);
  const created = timeOf(raw.createdAt);
  const extra = Object.fromEntries(
    ['fileId', 'format', 'description', 'metadata']
      .filter(name => raw[name] != null)
      .map(name => [name, raw[name]]),
  );
  return {
    id: key,
    path: facts.path,
    name: nameOf(facts.path),
    kind: 'file',
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified }),
    ...(created === undefined ? {} : { created }),
    ...(typeof raw.contentType === 'string' ? { type: raw.contentType } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

export function folderEntry(path: string, key = path): Entry {
  return { id: key, path, name: nameOf(path), kind: 'folder' };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
