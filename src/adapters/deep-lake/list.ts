import type { Entry, ListPage } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ListOptions } from '../adapter.js';
import { readJson } from '../http.js';
import { abortedError } from '../http-errors.js';
import type { DeepLakeClient } from './client.js';
import { entryOf, type FileFacts, factsIn, fileIdOf, fileNameIn } from './entries.js';
import { badAnswer, invalid, SUBJECT } from './errors.js';

/** The one page size that the documents show. A server that gives fewer than asked may have a limit above it. */
const SURE_PAGE = 20;
const DEFAULT_PAGE = 100;

interface FilesPage {
  readonly files: readonly FileFacts[];
  readonly total: number | undefined;
  readonly more: boolean;
}

/** Some files from `offset` on, newest first. */
export async function readFiles(
  client: DeepLakeClient,
  { offset, limit, signal, again = true }: CallOptions & { offset: number; limit: number; again?: boolean },
): Promise<FilesPage> {
  const url = `${client.url('files')}?limit=${limit}&offset=${offset}`;
  const answer = await client.sendForJson({ method: 'GET', url }, { signal }, { again });
  const envelope = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  const found = [answer, envelope.files, envelope.data, envelope.items].find(Array.isArray) as
    | unknown[]
    | undefined;
  if (!found) throw badAnswer('a listing without files');
  const files = found.map(factsIn);
  if (files.includes(undefined)) throw badAnswer('a listed file without an id');
  const total = typeof envelope.total === 'number' ? envelope.total : undefined;
  const more =
    found.length > 0 &&
    (total === undefined ? found.length >= Math.min(limit, SURE_PAGE) : offset + found.length < total);
  return { files: files as FileFacts[], total, more };
}

/**
 * One page of all files. A folder is always empty: nothing lies in any.
 *
 * Offsets move when files come and go meanwhile. So each page begins with the last file of the page before it; when
 * that is not there any more, a page is read again, and some files come twice rather than never.
 */
export async function list(client: DeepLakeClient, folder: string, wishes: ListOptions): Promise<ListPage> {
  const { signal, token, limit } = wishes;
  if (signal.aborted) throw abortedError();
  if (folder !== '') {
    if (folder.endsWith('/')) return { entries: [] };
    throw invalid('Deep Lake has no folders: only the workspace as a whole can be listed.');
  }
  const { pageSize = DEFAULT_PAGE } = client.options;
  const size = Math.max(1, Math.min(limit ?? pageSize, pageSize));
  const { offset, last } = readToken(token);
  const overlap = last === undefined ? 0 : 1;
  let start = offset - overlap;
  let page = await readFiles(client, { signal, offset: start, limit: size + overlap });
  let skip = 0;
  if (last !== undefined) {
    const place = page.files.findIndex(({ id }) => id === last);
    if (place >= 0) skip = place + 1;
    else {
      start = Math.max(0, offset - size);
      page = await readFiles(client, { signal, offset: start, limit: size });
    }
  }
  const files = page.files.slice(skip, skip + size);
  const lastFile = files.at(-1) ?? page.files.at(-1);
  const more = page.more || skip + files.length < page.files.length;
  const next = more && lastFile ? `${start + skip + files.length} ${String(lastFile.id)}` : undefined;
  return {
    entries: files.map(entryOf),
    ...(next === undefined ? {} : { next }),
    ...(page.total === undefined ? {} : { total: page.total }),
  };
}

function readToken(token: string | undefined): { offset: number; last?: string } {
  if (token === undefined) return { offset: 0 };
  const match = /^([1-9]\d{0,14}) (\S+)$/.exec(token);
  if (!match) throw invalid('This is no continuation of a listing of Deep Lake.');
  return { offset: Number(match[1]), last: match[2]! };
}

/** The file with the UUID of `path`; undefined also for a name alone, which says nothing about identity. */
export async function stat(
  client: DeepLakeClient,
  path: string,
  call: CallOptions,
): Promise<Entry | undefined> {
  if (call.signal.aborted) throw abortedError();
  const id = fileIdOf(path);
  if (id === undefined) return undefined;
  const facts = await readFile(client, id, call, { path, again: true });
  return facts && entryOf(facts);
}

/** What the API says about one file; undefined when there is none. */
export async function readFile(
  client: DeepLakeClient,
  id: string,
  call: CallOptions,
  details: { path?: string; again?: boolean } = {},
): Promise<FileFacts | undefined> {
  const request = { method: 'GET', url: client.url('files', id) } as const;
  const response = await client.send(request, call, { ...details, accept: [404] });
  if (response.status === 404) return undefined;
  const facts = factsIn(readJson(response, SUBJECT));
  if (!facts) throw badAnswer('a file without an id', details.path);
  return facts;
}

/** All files of exactly this name, newest first: the whole listing is read for it. */
export async function* filesNamed(
  client: DeepLakeClient,
  name: string,
  call: CallOptions,
): AsyncGenerator<Entry, void> {
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await list(client, '', { ...call, ...(token === undefined ? {} : { token }) });
    for (const entry of page.entries) {
      if (seen.has(entry.id)) continue;
      seen.add(entry.id);
      if (entry.name === name || entry.path === `${entry.id}/${name}`) yield entry;
    }
    if (page.next === undefined) return;
    if (page.next === token) {
      throw new TransferError('Deep Lake’s listing repeats itself and cannot be read to its end.', {
        kind: 'fatal',
        reason: 'invalid-answer',
      });
    }
    token = page.next;
  }
}

/** Whether a file bears this name, in either normal form. */
export function bearsName(facts: FileFacts, name: string): boolean {
  return fileNameIn(facts)?.normalize() === name.normalize();
}
