import type { Adapter, ListOptions } from '../../adapters/adapter.js';
import type { Entry, ListPage } from '../../core/entry.js';
import { repeatedToken } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import { abortable } from '../clock.js';
import { isMissingFolder } from '../operations/tree.js';

interface Folder {
  /** Files of this job that go here and have not been looked up. */
  expected: number;
  listing: Promise<Map<string, Entry> | undefined> | undefined;
  abort: AbortController;
}

/** From this many files in one folder on, its listing costs less than a question for each. */
const listFrom = 4;

/**
 * What is at the target paths of an upload. Asks for the listing of a folder when several files go there, and for a
 * single entry otherwise: ten thousand files into one folder are ten requests, not ten thousand.
 */
export class TargetNames {
  readonly #adapter: Adapter;
  readonly #folders = new Map<string, Folder>();
  readonly #claimed = new Set<string>();
  readonly #numbers = new Map<string, number>();
  #named: Promise<Map<string, Entry>> | undefined;

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  #folder(path: string): Folder {
    let folder = this.#folders.get(path);
    if (!folder) {
      folder = { expected: 0, listing: undefined, abort: new AbortController() };
      this.#folders.set(path, folder);
    }
    return folder;
  }

  /** A file of this job will go to `path`. */
  expect(path: string): void {
    this.#folder(parentPath(path)).expected += 1;
  }

  isClaimed(path: string): boolean {
    return this.#claimed.has(path);
  }

  /** Takes a path for this job; false when another file of the job has it. */
  claim(path: string): boolean {
    if (this.#claimed.has(path)) return false;
    this.#claimed.add(path);
    return true;
  }

  /** What the storage has at `path`; undefined when nothing. `fresh`: whatever a listing said before. */
  async find(path: string, signal: AbortSignal, fresh = false): Promise<Entry | undefined> {
    if (this.#adapter.capabilities.overwrite === 'new-identity') return this.#findNamed(path, signal, fresh);
    if (fresh) this.#folders.delete(parentPath(path));
    if (fresh && this.#canAsk) return this.#ask(path, signal);
    const folder = this.#folder(parentPath(path));
    const pages = folder.expected;
    if (folder.listing === undefined && (pages >= listFrom || !this.#canAsk)) {
      folder.listing = this.#list(parentPath(path), this.#canAsk ? pages : Number.POSITIVE_INFINITY, folder);
      // A listing that failed is asked for again by whoever needs it next.
      folder.listing.catch(() => {
        folder.listing = undefined;
      });
    }
    const listing = folder.listing && (await abortable(folder.listing, signal));
    if (listing) return listing.get(path);
    return this.#canAsk ? this.#ask(path, signal) : undefined;
  }

  /**
   * Where files are known by ids, a path takes nobody's place; what a person means by "there already" is a file of the
   * same name.
   */
  async #findNamed(path: string, signal: AbortSignal, fresh: boolean): Promise<Entry | undefined> {
    if (fresh) this.#named = undefined;
    this.#named ??= this.#listNamed();
    // A listing that failed is asked for again by whoever needs it next.
    this.#named.catch(() => {
      this.#named = undefined;
    });
    return (await abortable(this.#named, signal)).get(nameOf(path));
  }

  async #listNamed(): Promise<Map<string, Entry>> {
    const all = await this.#list('', Number.POSITIVE_INFINITY, this.#folder(''));
    return new Map([...all!.values()].map(entry => [entry.name, entry]));
  }

  get #canAsk(): boolean {
    return this.#adapter.capabilities.filtersNames === true || this.#adapter.stat !== undefined;
  }

  /**
   * One name alone. Rather by a listing of that name than by `stat`: a HEAD of a free path is a 404, which browsers
   * write into the console, signed URL and all.
   */
  async #ask(path: string, signal: AbortSignal): Promise<Entry | undefined> {
    if (!this.#adapter.capabilities.filtersNames) return this.#adapter.stat?.(path, { signal });
    const folder = parentPath(path);
    const namePrefix = path.slice(folder.length);
    const { entries } = await this.#page(folder, { signal, namePrefix, limit: 2 });
    return entries.find(entry => entry.kind === 'file' && entry.path === path);
  }

  /** Resolves to undefined when the folder turned out to be so large that single questions are cheaper. */
  async #list(path: string, mostPages: number, folder: Folder): Promise<Map<string, Entry> | undefined> {
    const found = new Map<string, Entry>();
    const { signal } = folder.abort;
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      signal.throwIfAborted();
      const answer = await this.#page(path, { signal, ...(token === undefined ? {} : { token }) });
      for (const entry of answer.entries) if (entry.kind === 'file') found.set(entry.path, entry);
      if (answer.next !== undefined && answer.next === token) throw repeatedToken();
      token = answer.next;
      if (token === undefined) return found;
    }
    return undefined;
  }

  /** Where folders exist by themselves, one that does not has nothing in it yet: the upload makes it. */
  async #page(folder: string, options: ListOptions): Promise<ListPage> {
    try {
      return await this.#adapter.list(folder, options);
    } catch (error) {
      if (isMissingFolder(this.#adapter, error)) return { entries: [] };
      throw error;
    }
  }

  /** Nobody asks any more. */
  dispose(): void {
    for (const { abort } of this.#folders.values()) abort.abort();
    this.#folders.clear();
  }

  /** Where to go on counting for a free name beside a taken one. */
  nextNumber(path: string): number {
    return this.#numbers.get(path) ?? 2;
  }

  /** All numbers below this one are taken. */
  numberedUpTo(path: string, number: number): void {
    this.#numbers.set(path, number);
  }

  /** A file of this job has been looked up: its folder's listing is let go with the last one. */
  settled(path: string): void {
    const name = parentPath(path);
    const folder = this.#folders.get(name);
    if (folder && --folder.expected <= 0) this.#folders.delete(name);
  }
}
