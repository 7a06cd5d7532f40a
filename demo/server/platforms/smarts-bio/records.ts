import { randomUUID } from 'node:crypto';
import type { StoredFiles } from '../shared/index.js';
import { openState, Refusal, type StateFile } from '../shared/index.js';
import type { FileRecord } from './options.js';

const ORGANISATION = 'o1';

/** The files the service knows of, and their bytes in the storage. A folder's record is that of its marker. */
export class Records {
  readonly #files: StoredFiles;
  readonly #state: StateFile<{ records: Record<string, FileRecord> }>;
  readonly #clock: () => number;

  constructor(files: StoredFiles, directory: string | undefined, clock: () => number) {
    this.#files = files;
    this.#clock = clock;
    this.#state = openState(directory, 'smarts-bio-files', { records: {} as Record<string, FileRecord> });
  }

  flush(): void {
    this.#state.flush();
  }

  rootOf(workspace: string): string {
    return `organizations/${ORGANISATION}/workspaces/${workspace}/files/`;
  }

  /** The storage key of a folder and a name. @throws Refusal 400 */
  keyOf(workspace: string, folder: string, name: string): string {
    const path = folder.replace(/^\/+/, '');
    const withSlash = path === '' || path.endsWith('/') ? path : `${path}/`;
    if (name === '' || name.includes('/')) throw invalid('The file name must not be empty or hold a slash');
    if (
      `${withSlash}${name}`.split('/').some(segment => segment === '..' || segment === '.' || segment === '')
    ) {
      throw invalid('The path is not valid');
    }
    const key = this.rootOf(workspace) + withSlash + name;
    if (Buffer.byteLength(key) > 1024) throw invalid('The path is too long');
    return key;
  }

  get(key: string): FileRecord | undefined {
    const { records } = this.#state.state;
    return Object.hasOwn(records, key) ? records[key] : undefined;
  }

  /** Keys below a prefix, sorted. */
  keys(prefix: string): string[] {
    return Object.keys(this.#state.state.records)
      .filter(key => key.startsWith(prefix))
      .sort((a, b) => (a < b ? -1 : 1));
  }

  /** Whether anything lies in a folder, or its marker does. */
  hasFolder(folder: string): boolean {
    return Object.keys(this.#state.state.records).some(key => key.startsWith(folder));
  }

  get used(): number {
    return Object.values(this.#state.state.records).reduce((sum, { size }) => sum + size, 0);
  }

  register(
    key: string,
    { size, contentType, description }: Pick<FileRecord, 'size' | 'contentType' | 'description'>,
  ) {
    const old = this.get(key);
    const record: FileRecord = {
      fileId: old?.fileId ?? `f_${randomUUID()}`,
      size,
      contentType,
      createdAt: old?.createdAt ?? this.#clock(),
      lastModified: this.#clock(),
      ...(description === undefined ? {} : { description }),
    };
    this.#state.state.records[key] = record;
    this.#state.save();
    return record;
  }

  setMetadata(key: string, metadata: Record<string, unknown>): FileRecord {
    const record = this.get(key)!;
    record.metadata = { ...record.metadata, ...metadata };
    this.#state.save();
    return record;
  }

  async createFolder(folder: string): Promise<void> {
    await this.#files.put(folder, '', 'application/x-directory');
    this.register(folder, { size: 0, contentType: 'application/x-directory' });
  }

  delete(keys: readonly string[]): void {
    for (const key of keys) {
      delete this.#state.state.records[key];
      this.#files.remove(key);
    }
    this.#state.save();
  }

  /** Moves a file, or a folder with all that is in it. @throws Refusal 404, 409 */
  async relocate(from: string, to: string): Promise<void> {
    const isFolder = from.endsWith('/');
    const keys = isFolder ? this.keys(from) : [from].filter(key => this.get(key));
    if (keys.length === 0) throw new Refusal(404, { message: 'File not found' });
    if (isFolder ? this.hasFolder(to) : this.get(to)) {
      throw new Refusal(409, { code: 'conflict', message: 'Something of this name is already there' });
    }
    if (isFolder && to.startsWith(from)) throw invalid('A folder cannot be moved into itself');
    for (const key of keys) {
      const target = to + key.slice(from.length);
      const record = this.get(key)!;
      await this.#files.put(target, this.#files.read(key), record.contentType);
      this.#state.state.records[target] = { ...record, lastModified: this.#clock() };
    }
    this.delete(keys);
  }
}

export function invalid(message: string, errors?: readonly unknown[]): Refusal {
  return new Refusal(400, { code: 'validation_error', message, ...(errors ? { details: { errors } } : {}) });
}
