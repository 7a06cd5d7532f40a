/** The storage behind the memory adapter: files by path, folders, unfinished uploads, a quota. */
import type { Checksum } from '../../core/checksum.js';
import type { Entry, EntryMetadata } from '../../core/entry.js';
import { type ErrorReason, TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import type { MemoryFile, MemoryOptions } from './options.js';

export interface StoredFile {
  readonly blob: Blob;
  readonly type: string;
  readonly modified: number;
  readonly created: number;
  readonly etag: string;
  readonly checksums: readonly Checksum[];
  readonly metadata: EntryMetadata;
}

export interface StoredPart {
  readonly blob: Blob;
  readonly etag: string;
  readonly checksum?: Checksum;
}

export interface OpenUpload {
  readonly path: string;
  readonly started: number;
  readonly parts: Map<number, StoredPart>;
}

export class MemoryStore {
  /** Counts the changes of what a listing shows. */
  changes = 0;
  readonly #files = new Map<string, StoredFile>();
  /** Folders that were made, by path with the slash at the end. */
  readonly #folders = new Set<string>();
  readonly uploads = new Map<string, OpenUpload>();
  readonly native: boolean;
  readonly #quota: number;
  readonly #now: () => number;
  #serial = 0;

  constructor(options: MemoryOptions) {
    this.native = options.folders === 'native';
    this.#quota = options.quota ?? Number.POSITIVE_INFINITY;
    this.#now = options.now ?? Date.now;
    for (const [path, file] of Object.entries(options.files ?? {})) {
      if (path.endsWith('/')) this.addFolder(path);
      else this.put(path, ...described(file));
    }
  }

  now(): number {
    return this.#now();
  }

  /** A value that no other content ever had. */
  serial(): string {
    this.#serial += 1;
    return `${this.#serial}`;
  }

  get bytes(): number {
    let sum = 0;
    for (const { blob } of this.#files.values()) sum += blob.size;
    for (const { parts } of this.uploads.values()) {
      for (const { blob } of parts.values()) sum += blob.size;
    }
    return sum;
  }

  /** @throws TransferError when the bytes do not fit. `freed`: bytes that go away for them. */
  requireRoom(size: number, freed: number, path: string): void {
    if (this.#quota === Number.POSITIVE_INFINITY || this.bytes + size - freed <= this.#quota) return;
    throw problem(
      'storage-full',
      'The storage is full. What is stored is safe; free some space there, then try again.',
      path,
    );
  }

  put(
    path: string,
    blob: Blob,
    about: Partial<Pick<StoredFile, 'type' | 'modified' | 'etag' | 'checksums' | 'metadata'>> = {},
  ): StoredFile {
    const before = this.#files.get(path);
    this.requireRoom(blob.size, before?.blob.size ?? 0, path);
    const file: StoredFile = {
      blob,
      type: about.type || blob.type || 'application/octet-stream',
      modified: about.modified ?? this.now(),
      created: before?.created ?? this.now(),
      etag: about.etag ?? this.serial(),
      checksums: about.checksums ?? [],
      metadata: about.metadata ?? {},
    };
    this.#files.set(path, file);
    this.changes += 1;
    return file;
  }

  deleteFile(path: string): void {
    if (this.#files.delete(path)) this.changes += 1;
  }

  addFolder(path: string): void {
    this.#folders.add(path);
    this.changes += 1;
  }

  deleteFolder(path: string): void {
    if (this.#folders.delete(path)) this.changes += 1;
  }

  hasFile(path: string): boolean {
    return this.#files.has(path);
  }

  /** @throws TransferError (`not-found`) */
  get(path: string): StoredFile {
    const file = this.#files.get(path);
    if (!file) throw problem('not-found', 'The file is no longer there. Reload the listing.', path);
    return file;
  }

  /** Everything below a folder, files and made folders, without the folder itself. */
  below(folder: string): string[] {
    const paths = [...this.#files.keys(), ...this.#folders];
    return paths.filter(path => path.startsWith(folder) && path !== folder);
  }

  /** Whether the folder itself was made. */
  hasMarker(folder: string): boolean {
    return this.#folders.has(folder);
  }

  hasFolder(folder: string): boolean {
    return folder === '' || this.#folders.has(folder) || this.below(folder).length > 0;
  }

  fileEntry(path: string): Entry {
    const { blob, type, modified, created, etag, checksums } = this.get(path);
    return {
      id: path,
      path,
      name: nameOf(path),
      kind: 'file',
      size: blob.size,
      type,
      modified,
      created,
      etag,
      ...(checksums.length > 0 ? { checksums } : {}),
    };
  }
}

export function folderEntry(path: string): Entry {
  return { id: path, path, name: nameOf(path), kind: 'folder' };
}

export function problem(reason: ErrorReason, text: string, path: string): TransferError {
  return new TransferError(text, { kind: 'fatal', reason, path });
}

function described(file: MemoryFile): [Blob, { type?: string; modified?: number; metadata?: EntryMetadata }] {
  if (file instanceof Blob) return [file, {}];
  if (typeof file === 'string' || file instanceof Uint8Array) return [new Blob([file]), {}];
  const { content, ...about } = file;
  return [content instanceof Blob ? content : new Blob([content]), about];
}
