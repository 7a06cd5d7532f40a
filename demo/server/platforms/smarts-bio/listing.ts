import type { Exchange } from '../shared/index.js';
import type { FileRecord, SmartsBioQuirks } from './options.js';
import { invalid, type Records } from './records.js';

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1000;

/** A file's metadata in the spelling that is asked for. */
export function describeFile(
  key: string,
  record: FileRecord | undefined,
  workspace: string,
  { names }: Pick<SmartsBioQuirks, 'names'>,
): Record<string, unknown> {
  const name = key.replace(/\/$/, '').split('/').at(-1)!;
  const extension = { fileKey: key, fileName: name, workspaceId: workspace };
  if (!record || key.endsWith('/')) {
    return {
      ...(names === 'extension' ? {} : { key, name }),
      ...(names === 'sdk' ? {} : extension),
      type: 'folder',
    };
  }
  const { size, contentType, fileId, createdAt, lastModified, description, metadata } = record;
  const format = /\.([^.]+)$/.exec(name)?.[1];
  return {
    ...(names === 'extension' ? {} : { key, name, size }),
    ...(names === 'sdk' ? {} : { ...extension, sizeBytes: size }),
    type: 'file',
    contentType,
    fileId,
    lastModified: new Date(lastModified).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
    ...(format === undefined ? {} : { format }),
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** The value of `data`, or what stands in its place. */
export function listPage(
  { query }: Exchange,
  records: Records,
  workspace: string,
  quirks: SmartsBioQuirks,
): unknown {
  const root = records.rootOf(workspace);
  const prefix = (query.get('prefix') ?? '').replace(/^\/+/, '');
  const folder = query.get('path');
  const limit = limitOf(query.get('limit'), quirks);
  const oneLevel = folder !== null && !quirks.noPath && !(folder === '' && quirks.emptyPathListsAll);
  const base = oneLevel && folder.replace(/^\/+/, '') !== '' ? `${folder.replace(/^\/+|\/+$/g, '')}/` : '';
  const rows = new Map<string, FileRecord | undefined>();
  for (const key of records.keys(root + (oneLevel ? base : prefix))) {
    const path = key.slice(root.length);
    if (!path.startsWith(prefix) || path === base) continue;
    const slash = oneLevel ? path.indexOf('/', base.length) : -1;
    if (slash < 0) rows.set(key, records.get(key));
    else rows.set(root + path.slice(0, slash + 1), undefined);
  }
  const keys = [...rows.keys()].sort((a, b) => (a < b ? -1 : 1));
  const after = quirks.cursor === 'ignored' ? null : query.get('after');
  const rest = after === null ? keys : keys.filter(key => key > after);
  const page = rest.slice(0, limit);
  const hasMore = rest.length > page.length;
  const files = page.map(key => describeFile(key, rows.get(key), workspace, quirks));
  if (quirks.listShape === 'bare') return files;
  const told = quirks.cursor === 'none' || quirks.cursor === 'ignored';
  const pagination = { limit, ...(told ? {} : { hasMore, [quirks.cursor]: hasMore ? page.at(-1) : null }) };
  return quirks.listShape === 'data' ? { data: files, pagination } : { files, pagination };
}

function limitOf(text: string | null, { refusesLimitAbove }: SmartsBioQuirks): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1) throw invalid('limit must be a positive integer');
  if (limit > refusesLimitAbove) throw invalid(`limit must not be above ${refusesLimitAbove}`);
  return Math.min(limit, LARGEST_LIMIT);
}
