/**
 * Remembers which version of a remote file each local file is. Then seeing that both are the same takes no reading,
 * and is possible where a storage tells no checksum of the whole.
 */
import type { DBSchema } from 'idb';
import { KeptDatabase } from '../kept-database.js';

/** By what a version of a remote file is known again. */
export interface KnownVersion {
  /** A strong one. */
  readonly etag?: string | undefined;
  /** Time of its last change at the storage, milliseconds since 1970. */
  readonly modified?: number | undefined;
}

/** A weak validator does not say that the bytes are the same. */
export const isWeak = (etag: string): boolean => etag.startsWith('W/');

/** A local file, as it was when it had come. */
interface Copy {
  readonly etag?: string | undefined;
  /** As {@link KnownVersion.modified}. */
  readonly changed?: number | undefined;
  readonly size: number;
  /** Time of its last change on this disk, milliseconds since 1970. */
  readonly modified: number;
}

const versionIn = ({ etag, changed }: Copy): KnownVersion => ({ etag, modified: changed });

interface CopiesRow {
  readonly storage: string;
  readonly path: string;
  /** Newest first: the same file may lie in several folders. */
  readonly copies: readonly Copy[];
  /** Milliseconds since 1970. */
  readonly noted: number;
}

interface CopiesSchema extends DBSchema {
  copies: { key: [string, string]; value: CopiesRow; indexes: { noted: number } };
}

const mostCopies = 4;
/** Milliseconds; written down together, since thousands of small files may come in a second. */
const writeAfter = 500;
const forgetAfter = 365 * 24 * 60 * 60 * 1000;

const database = new KeptDatabase<CopiesSchema>({
  name: 'file-transfer-elements.copies',
  version: 1,
  upgrade(made) {
    made.createObjectStore('copies', { keyPath: ['storage', 'path'] }).createIndex('noted', 'noted');
  },
  async opened(db) {
    const change = db.transaction('copies', 'readwrite');
    const old = await change.store
      .index('noted')
      .getAllKeys(IDBKeyRange.upperBound(Date.now() - forgetAfter));
    await Promise.all([...old.map(key => change.store.delete(key)), change.done]);
  },
});

const sameFile = (one: Copy, other: Pick<Copy, 'size' | 'modified'>): boolean =>
  one.size === other.size && one.modified === other.modified;

/** The copies of one storage's files. Where the browser keeps nothing, none is known. */
export class KnownCopies {
  readonly #storage: string;
  readonly #pending = new Map<string, Copy>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: string) {
    this.#storage = storage;
  }

  /** The version that `local` is, if it is as it had come. */
  async versionOf(path: string, local: File): Promise<KnownVersion | undefined> {
    const { size, lastModified: modified } = local;
    const pending = this.#pending.get(path);
    if (pending !== undefined && sameFile(pending, { size, modified })) return versionIn(pending);
    try {
      const row = await (await database.open()).get('copies', [this.#storage, path]);
      const copy = row?.copies.find(each => sameFile(each, { size, modified }));
      return copy && versionIn(copy);
    } catch {
      return undefined;
    }
  }

  /** `local` is that version of the file. */
  note(path: string, { etag: told, modified: changed }: KnownVersion, local: Blob | undefined): void {
    const etag = told === undefined || isWeak(told) ? undefined : told;
    if ((etag === undefined && changed === undefined) || !(local instanceof File)) return;
    this.#pending.set(path, { etag, changed, size: local.size, modified: local.lastModified });
    this.#timer ??= setTimeout(() => void this.flush(), writeAfter);
  }

  /** Writes down what was noted. Never rejects: then the files are compared as if nothing were known. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const noted = [...this.#pending];
    if (noted.length === 0) return;
    try {
      const change = (await database.open()).transaction('copies', 'readwrite');
      await Promise.all([...noted.map(([path, copy]) => this.#add(change.store, path, copy)), change.done]);
    } catch {
      // Nothing can be kept here.
    }
    for (const [path, copy] of noted) if (this.#pending.get(path) === copy) this.#pending.delete(path);
  }

  async #add(
    store: {
      get(key: [string, string]): Promise<CopiesRow | undefined>;
      put(row: CopiesRow): Promise<unknown>;
    },
    path: string,
    copy: Copy,
  ): Promise<void> {
    const storage = this.#storage;
    const before = (await store.get([storage, path]))?.copies ?? [];
    const copies = [copy, ...before.filter(each => !sameFile(each, copy))].slice(0, mostCopies);
    await store.put({ storage, path, copies, noted: Date.now() });
  }
}
