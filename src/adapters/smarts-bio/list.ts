import type { Entry, ListPage } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ListOptions } from '../adapter.js';
import { readJson } from '../http.js';
import { type SmartsBioClient, unwrap } from './client.js';
import { entryOf, folderEntry } from './entries.js';
import { badAnswer, problem, SUBJECT } from './errors.js';
import { isKeyOf } from './keys.js';
import { LARGEST_PAGE, SURE_PAGE } from './options.js';

/** Pages of a prefix that are looked through for one file. */
const MOST_PAGES = 20;

/**
 * Where the next page begins. The API's own cursor, or where it tells none, the last key of a full page: then the first
 * key shows whether the API took notice.
 */
interface Cursor {
  readonly after: string;
  readonly first?: string;
}

interface RawPage {
  readonly entries: readonly Entry[];
  readonly next?: Cursor;
}

type Scope = { readonly path: string } | { readonly prefix: string };
type PageOptions = CallOptions & { readonly limit: number; readonly cursor: Cursor | undefined };

/**
 * One page, from a folder (`path`) or below a prefix. How large one may be is not documented: an API that refuses a
 * large one is asked for as many as its documents show.
 */
async function rawPage(client: SmartsBioClient, scope: Scope, options: PageOptions): Promise<RawPage> {
  const limit = Math.min(options.limit, client.largestPage);
  try {
    return await readPage(client, scope, { ...options, limit });
  } catch (error) {
    const isLimit =
      error instanceof TransferError && error.status === 400 && /\blimit\b/i.test(error.serverMessage ?? '');
    if (!isLimit || limit <= SURE_PAGE) throw error;
    const page = await readPage(client, scope, { ...options, limit: SURE_PAGE });
    client.largestPage = SURE_PAGE;
    return page;
  }
}

async function readPage(
  client: SmartsBioClient,
  scope: Scope,
  { limit, cursor, signal }: PageOptions,
): Promise<RawPage> {
  const response = await client.send(
    {
      method: 'GET',
      route: 'files',
      query: { ...scope, limit: String(limit), ...(cursor === undefined ? {} : { after: cursor.after }) },
    },
    { signal },
    { direct: true },
  );
  const answer = readJson(response, SUBJECT);
  const files = filesOf(answer);
  const entries = files.map(entryOf).filter(entry => entry !== undefined);
  for (const { id } of entries) client.keys.learn(id);
  const first = entries[0]?.id;
  // The API did not know `after` and began again: that was all.
  if (cursor?.first !== undefined && (first === undefined || first === cursor.first)) return { entries: [] };
  const next = nextCursor(answer, entries, limit, cursor);
  return { entries, ...(next && next.after !== cursor?.after ? { next } : {}) };
}

/** Three shapes are known: an array, `data` with an array, `data.files`. */
function filesOf(answer: unknown): readonly unknown[] {
  const data = unwrap(answer);
  if (Array.isArray(data)) return data;
  const { files } = (data ?? {}) as { files?: unknown };
  if (Array.isArray(files)) return files;
  throw badAnswer('a listing without files');
}

function nextCursor(
  answer: unknown,
  entries: readonly Entry[],
  limit: number,
  cursor: Cursor | undefined,
): Cursor | undefined {
  const outer = (answer ?? {}) as { pagination?: unknown; data?: { pagination?: unknown } };
  const told = (outer.data?.pagination ?? outer.pagination ?? {}) as Record<string, unknown>;
  const own = told.nextCursor ?? told.next ?? told.after;
  if (typeof own === 'string' && own !== '') return { after: own };
  if (told.hasMore === false || entries.length < limit) return undefined;
  if (told.hasMore === undefined && 'nextCursor' in told) return undefined;
  return { after: entries.at(-1)!.id, first: cursor?.first ?? entries[0]!.id };
}

export async function list(client: SmartsBioClient, folder: string, options: ListOptions): Promise<ListPage> {
  if (folder !== '' && !folder.endsWith('/')) {
    throw problem('invalid-input', 'Only folders can be listed, and their paths end in “/”.', folder);
  }
  const { signal, token, recursive = false, namePrefix = '' } = options;
  const { pageSize = LARGEST_PAGE } = client.options;
  const limit = Math.max(1, Math.min(options.limit ?? pageSize, pageSize));
  // Whether `prefix` and `path` go together is not documented: one level is filtered by the caller.
  const page = await rawPage(client, recursive ? { prefix: folder + namePrefix } : { path: folder }, {
    signal,
    limit,
    cursor: readToken(token),
  });
  const entries = new Map<string, Entry>();
  for (const entry of page.entries) {
    const shown = recursive ? filesBelow(entry, folder) : childOf(entry, folder);
    if (shown && !entries.has(shown.path)) entries.set(shown.path, shown);
  }
  return { entries: [...entries.values()], ...(page.next ? { next: JSON.stringify(page.next) } : {}) };
}

function filesBelow(entry: Entry, folder: string): Entry | undefined {
  return entry.kind === 'file' && entry.path.startsWith(folder) ? entry : undefined;
}

/** The entry, or the folder it lies in, directly below `folder`: an API that knows no `path` answers flat. */
function childOf(entry: Entry, folder: string): Entry | undefined {
  const { path } = entry;
  if (path === folder || !path.startsWith(folder)) return undefined;
  const slash = path.indexOf('/', folder.length);
  if (slash < 0 || slash === path.length - 1) return entry;
  const rest = path.length - slash - 1;
  return folderEntry(path.slice(0, slash + 1), entry.id.slice(0, entry.id.length - rest));
}

function readToken(token: string | undefined): Cursor | undefined {
  return token === undefined ? undefined : (JSON.parse(token) as Cursor);
}

/** The API has no call for one file: it is looked for among those whose path begins like its own. */
export async function stat(
  client: SmartsBioClient,
  path: string,
  call: CallOptions,
): Promise<Entry | undefined> {
  if (path === '') return folderEntry('');
  let cursor: Cursor | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await rawPage(
      client,
      { prefix: path },
      { ...call, limit: path.endsWith('/') ? 1 : 100, cursor },
    );
    for (const entry of found.entries) {
      if (entry.path === path) return entry;
      if (path.endsWith('/') && entry.path.startsWith(path)) {
        return folderEntry(path, entry.id.slice(0, entry.id.length - (entry.path.length - path.length)));
      }
    }
    if (!found.next) return undefined;
    cursor = found.next;
  }
  return undefined;
}

/** The storage key of a path. @throws TransferError (`not-found`) */
export async function keyOf(
  client: SmartsBioClient,
  path: string,
  call: CallOptions,
  id?: string,
): Promise<string> {
  if (isKeyOf(id, path)) return id;
  // Any key of the workspace teaches how all of them begin.
  if (!client.keys.known) await rawPage(client, { prefix: '' }, { ...call, limit: 1, cursor: undefined });
  const key = client.keys.keyOf(path);
  if (key === undefined) {
    throw problem('not-found', 'smarts.bio does not have this file any more. Reload the listing.', path);
  }
  return key;
}
