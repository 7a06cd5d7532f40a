/** One page of a listing, with prefixes and a token. */
import { bad, microTime } from './buckets.js';
import type { UbiOpsQuirks } from './options.js';
import type { BackingFile } from './storage.js';

const DEFAULT_LIMIT = 100;
const MOST = 1000;

/** @throws Refusal 400 for a limit or a token that is none. */
export function listPage(
  files: readonly BackingFile[],
  query: URLSearchParams,
  quirks: UbiOpsQuirks,
): unknown {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = limitOf(query.get('limit'));
  const after = decodeToken(query.get('continuation_token'));

  const items = new Map<string, BackingFile | undefined>();
  for (const file of files) {
    if (!file.name.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : file.name.indexOf(delimiter, prefix.length);
    if (end < 0) items.set(file.name, file);
    else items.set(file.name.slice(0, end + delimiter.length), undefined);
  }
  const names = [...items.keys()].filter(name => after === undefined || name > after).sort();
  const page = names.slice(0, limit);
  const last = page.at(-1);
  return {
    continuation_token: last !== undefined && names.length > limit ? encodeToken(last) : null,
    files: page.flatMap(name => {
      const file = items.get(name);
      return file ? [describeFile(file, quirks)] : [];
    }),
    prefixes: page
      .filter(name => items.get(name) === undefined)
      .map(name => (quirks.prefixesWithSlash ? name : name.slice(0, -delimiter.length))),
  };
}

export function describeFile({ name, size, created }: BackingFile, { lateSize }: UbiOpsQuirks): unknown {
  return { file: name, ...(lateSize ? {} : { size }), time_created: microTime(created) };
}

function limitOf(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= 1 && limit <= MOST) return limit;
  throw bad(`limit: must be a number from 1 to ${MOST}`);
}

function encodeToken(name: string): string {
  return Buffer.from(JSON.stringify({ after: name })).toString('base64');
}

function decodeToken(token: string | null): string | undefined {
  if (token === null || token === '') return undefined;
  try {
    const { after } = JSON.parse(Buffer.from(token, 'base64').toString('utf8')) as { after?: unknown };
    if (typeof after === 'string') return after;
  } catch {
    // Told below.
  }
  throw bad('continuation_token: is not valid');
}
