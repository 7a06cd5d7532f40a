import type { Entry, ListPage } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import type { CallOptions, ListOptions } from '../adapter.js';
import type { DeepOriginClient } from './client.js';
import { folderEntry, headEntry, listedEntry } from './entries.js';
import { badAnswer } from './errors.js';
import { LARGEST_PAGE } from './options.js';
import { isShadowed } from './paths.js';

/** What the API is asked for beyond the contract's options. */
export interface ListWishes extends ListOptions {
  /** Groups what is below the folder by what comes before it, with `recursive` too when it is asked for here. */
  readonly delimiter?: string;
  readonly lastCount?: number;
}

/**
 * One page. Where the common prefixes of a `delimiter` come back is not documented, so folders are read from wherever
 * they may show: keys that end in `/`, keys of deeper files, a list of prefixes.
 */
export async function list(client: DeepOriginClient, folder: string, wishes: ListWishes): Promise<ListPage> {
  if (folder !== '' && !folder.endsWith('/')) {
    throw new TransferError('Only folders can be listed, and their paths end in “/”.', {
      kind: 'fatal',
      reason: 'invalid-input',
      path: folder,
    });
  }
  const { signal, token, limit, recursive = false, namePrefix } = wishes;
  const {
    maxKeys = LARGEST_PAGE,
    delimiter = '/',
    lastCount,
  } = { ...client.options, ...definedOnly(wishes) };
  const isGrouped = delimiter !== '' && (!recursive || wishes.delimiter !== undefined);
  const ask = async (prefix: string): Promise<ListPage> => {
    const query: Record<string, string> = {
      ...(recursive ? { recursive: 'true' } : {}),
      ...(token === undefined ? {} : { 'continuation-token': token }),
      ...(isGrouped ? { delimiter } : {}),
      'max-keys': String(Math.max(1, Math.min(limit ?? maxKeys, maxKeys))),
      ...(prefix ? { prefix } : {}),
      ...(lastCount === undefined ? {} : { 'last-count': String(lastCount) }),
    };
    const url = client.url(folder, 'directory', query);
    const answer = await client.sendForJson(
      { method: 'GET', url },
      { signal },
      { path: folder, direct: true },
    );
    return pageOf(answer, folder, recursive && !isGrouped);
  };
  if (!namePrefix) return ask('');
  // Whether a prefix goes on from the folder or from the root is not documented: what finds something is kept.
  const prefixes = [namePrefix, folder + namePrefix];
  if (client.prefixesAreWhole) prefixes.reverse();
  // Each reading can come upon keys that were not meant (`runs/` and `al` upon `runs/runs/al…`), so only what fits counts.
  const wanted = folder + namePrefix;
  const askFor = async (prefix: string): Promise<ListPage> => {
    const found = await ask(prefix);
    return { ...found, entries: found.entries.filter(({ path }) => path.startsWith(wanted)) };
  };
  const page = await askFor(prefixes[0]!);
  if (page.entries.length > 0 || token !== undefined || folder === '') return page;
  const other = await askFor(prefixes[1]!);
  if (other.entries.length === 0) return page.next === undefined ? other : page;
  client.prefixesAreWhole = !client.prefixesAreWhole;
  return other;
}

function definedOnly({ delimiter, lastCount }: ListWishes): { delimiter?: string; lastCount?: number } {
  return {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(lastCount === undefined ? {} : { lastCount }),
  };
}

function pageOf(answer: unknown, folder: string, recursive: boolean): ListPage {
  const { data, continuationToken, continuation_token, commonPrefixes, CommonPrefixes } = (answer ??
    {}) as Record<string, unknown>;
  if (!Array.isArray(data)) throw badAnswer('a listing without data', folder);
  const entries = new Map<string, Entry>();
  const take = (key: unknown, about: Record<string, unknown>) => {
    if (typeof key !== 'string') return;
    const path = key.replace(/^\//, '');
    if (path === folder || !path.startsWith(folder)) return;
    const slash = recursive ? -1 : path.indexOf('/', folder.length);
    const own = slash < 0 || slash === path.length - 1;
    // A listing of everything is of files; markers of empty folders show in their folder.
    if (recursive && path.endsWith('/')) return;
    const entry = own ? listedEntry(path, about) : folderEntry(path.slice(0, slash + 1));
    if (!entries.has(entry.path)) entries.set(entry.path, entry);
  };
  for (const item of data) {
    if (typeof item === 'string') take(item, {});
    else if (item) take((item as Record<string, unknown>).Key, item as Record<string, unknown>);
  }
  for (const item of [commonPrefixes, CommonPrefixes].flat()) {
    const prefix = typeof item === 'string' ? item : (item as Record<string, unknown> | undefined)?.Prefix;
    if (typeof prefix === 'string') take(prefix.endsWith('/') ? prefix : `${prefix}/`, {});
  }
  const next = continuationToken ?? continuation_token;
  return { entries: [...entries.values()], ...(typeof next === 'string' && next !== '' ? { next } : {}) };
}

/** @param options.direct Repeat after failures. Default true. */
export async function stat(
  client: DeepOriginClient,
  path: string,
  call: CallOptions,
  { direct = true }: { direct?: boolean } = {},
): Promise<Entry | undefined> {
  if (path === '') return folderEntry('');
  if (path.endsWith('/')) {
    // A folder is what has something in it: one that does not exist answers an empty listing.
    return (await firstKeysBelow(client, path, call)).length > 0 ? folderEntry(path) : undefined;
  }
  if (isShadowed(path)) return statByListing(client, path, call);
  const response = await client.send({ method: 'HEAD', url: client.url(path) }, call, {
    path,
    direct,
    accept: [404],
  });
  return response.status === 404 ? undefined : headEntry(path, response);
}

/** For files whose plain path is the address of another route. */
async function statByListing(
  client: DeepOriginClient,
  path: string,
  { signal }: CallOptions,
): Promise<Entry | undefined> {
  for (let token: string | undefined; ; ) {
    const page = await list(client, parentPath(path), {
      signal,
      namePrefix: nameOf(path),
      ...(token === undefined ? {} : { token }),
    });
    const found = page.entries.find(entry => entry.path === path);
    if (found || page.next === undefined || page.next === token) return found;
    token = page.next;
  }
}

/** The files of a folder that are left, marker of the folder included. At most two are asked for. */
export async function firstKeysBelow(
  client: DeepOriginClient,
  folder: string,
  { signal }: CallOptions,
): Promise<readonly string[]> {
  const url = client.url(folder, 'directory', { recursive: 'true', 'max-keys': '2' });
  const { data } = ((await client.sendForJson(
    { method: 'GET', url },
    { signal },
    { path: folder, direct: true },
  )) ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) throw badAnswer('a listing without data', folder);
  return data.map(item => String(typeof item === 'string' ? item : (item as { Key?: unknown })?.Key));
}
