/** The first step of every upload: telling the record that a file is coming. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, UploadIntent } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { isTaken } from './errors.js';
import { metadataFor } from './metadata.js';
import type { FileJson, FilesJson, Json } from './wire.js';

/** Key of the metadata that an announcement is known by until it was answered. */
const MARK = 'upload';

function randomMark(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), word => word.toString(36)).join('');
}

export interface NewFile {
  readonly path: string;
  readonly size?: number;
  readonly checksum?: string;
  readonly metadata?: Json;
  readonly transfer: Readonly<Record<string, string | number>> & { readonly type: string };
  /** Refuse when the name is taken. */
  readonly createOnly: boolean;
}

export function newFileOf(intent: UploadIntent, transfer: NewFile['transfer']): NewFile {
  const { path, size, metadata, createOnly = false } = intent;
  return {
    path,
    size,
    transfer,
    createOnly: Boolean(createOnly),
    ...(metadata ? { metadata: metadataFor(metadata) } : {}),
  };
}

/**
 * Announces one file, once: asking again returns what the first call made, also when its answer was lost. A file of
 * the same name goes first, unless `createOnly` forbids that: the repository has no way to replace.
 */
export class UploadStart {
  readonly #client: InvenioClient;
  readonly #file: NewFile;
  readonly #ownMark: string | undefined;
  #started: FileJson | undefined;
  /** A request went out whose answer never came: what is there now may be ours. */
  #uncertain = false;

  constructor(client: InvenioClient, file: NewFile) {
    this.#client = client;
    this.#file = file;
    this.#ownMark = file.createOnly ? randomMark() : undefined;
  }

  /**
   * Goes out with a file that must not replace another. Answers get lost, and browsers send a request again by
   * themselves when a kept connection breaks, POST too, unseen by the page: then it tells whose entry holds the name.
   */
  get #mark(): string | undefined {
    return this.#client.learned.noMarks ? undefined : this.#ownMark;
  }

  /** Something of this upload may be at the repository. */
  get touched(): boolean {
    return this.#started !== undefined || this.#uncertain;
  }

  /** The entry is gone: the next call begins anew. */
  forget(): void {
    this.#started = undefined;
    this.#uncertain = false;
  }

  async run(options: CallOptions): Promise<FileJson> {
    this.#started ??= await this.#announce(options);
    return this.#started;
  }

  /** Takes away what this upload began, and nothing that somebody else has begun in its place. */
  async discard(options: CallOptions & { attempts?: number }): Promise<void> {
    if (!this.touched) return;
    const client = this.#client;
    const { path } = this.#file;
    if (this.#started) return removeOwn(client, path, this.#started.created, options);
    const file = await client.file(path, options);
    const own = this.#mark === undefined ? file?.status === 'pending' : file && this.#isOurs(file);
    if (own) await removeFile(client, path, options);
  }

  async #announce({ signal }: CallOptions): Promise<FileJson> {
    const { path, createOnly, transfer } = this.#file;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#post({ signal });
      } catch (error) {
        // A full record says so before it looks whether the name is one that it holds already.
        const isFull = error instanceof TransferError && error.reason === 'too-many';
        if (!(error instanceof TransferError)) throw error;
        if (this.#mark !== undefined && isMetadataRefused(error)) {
          this.#client.learned.noMarks = true;
          continue;
        }
        if (!isTaken(error) && !isFull) throw error;
        const existing = await this.#client.file(path, { signal });
        if (isFull && !existing) throw error;
        if (existing && this.#isOurs(existing)) return this.#took(existing, { signal });
        // What the repository fetches by itself cannot become a mixture, so there a likeness will do.
        const fetched = transfer.type === 'F' || transfer.type === 'R';
        if (existing && fetched && this.#uncertain && existing.transfer?.type === transfer.type)
          return existing;
        if (createOnly || attempt > 2) throw error;
        if (existing) await removeFile(this.#client, path, { signal });
      }
    }
  }

  /** Proven by the mark: another page's entry of this name looks the same, and two that send into one mix it. */
  #isOurs({ status, metadata }: FileJson): boolean {
    return status === 'pending' && this.#mark !== undefined && metadata?.[MARK] === this.#mark;
  }

  /** The mark has done its work, and a person would see it in the metadata. One that stays does no harm. */
  async #took(file: FileJson, { signal }: CallOptions): Promise<FileJson> {
    this.#started = file;
    if (this.#mark === undefined) return file;
    const { path, metadata = {} } = this.#file;
    try {
      await this.#client.send('PUT', this.#client.fileUrl(path), { signal, json: { metadata }, path });
    } catch (error) {
      if (signal.aborted) throw error;
    }
    return file;
  }

  get #marked(): Json {
    return this.#mark === undefined ? {} : { [MARK]: this.#mark };
  }

  async #post({ signal }: CallOptions): Promise<FileJson> {
    const { path, size, checksum, metadata, transfer } = this.#file;
    const client = this.#client;
    const entry = {
      key: path,
      ...(metadata || this.#mark ? { metadata: { ...metadata, ...this.#marked } } : {}),
      ...(size === undefined ? {} : { size }),
      ...(checksum === undefined ? {} : { checksum }),
      // L is what is meant without it, and before version 13 the field did not exist.
      ...(transfer.type === 'L' ? {} : { transfer }),
    };
    try {
      const files = await client.json<FilesJson>('POST', client.filesUrl, { signal, json: [entry], path });
      client.noteFiles(files);
      const started = files.entries?.find(({ key }) => key === path);
      if (started) return await this.#took(started, { signal });
    } catch (error) {
      if (error instanceof TransferError && (error.kind === 'retry' || error.reason === 'aborted')) {
        this.#uncertain = true;
      }
      throw error;
    }
    throw new TransferError('The repository took the announcement of the file but does not list it.', {
      kind: 'fatal',
      reason: 'invalid-answer',
      path,
    });
  }
}

/**
 * Whether an entry is the one that was begun at that time. Its name says nothing: another page may have deleted the
 * entry and begun its own. The time has microseconds; where a server tells none, nothing can be compared.
 */
export function isSameEntry({ created }: FileJson, begun: string | undefined): boolean {
  return created === undefined || begun === undefined || created === begun;
}

/** @throws TransferError (`conflict`) when the entry is not the one that was begun. */
export function requireSameEntry(file: FileJson, begun: string | undefined): void {
  if (isSameEntry(file, begun)) return;
  throw new TransferError(
    'Somebody else has begun to upload a file of this name meanwhile, which replaced this upload. Look at the file that is there, then upload again if it is not the right one.',
    { kind: 'fatal', reason: 'conflict', path: file.key },
  );
}

/** A repository whose files have metadata of a fixed form. */
function isMetadataRefused({ reason, message, serverMessage = '' }: TransferError): boolean {
  return reason === 'invalid-input' && /metadata/i.test(`${message} ${serverMessage}`);
}

/** Deletes the entry that was begun at that time, and no other of its name. */
export async function removeOwn(
  client: InvenioClient,
  path: string,
  begun: string | undefined,
  options: CallOptions & { attempts?: number },
): Promise<void> {
  const file = begun === undefined ? undefined : await client.file(path, options);
  if (file && !isSameEntry(file, begun)) return;
  await removeFile(client, path, options);
}

/** Deletes one file. One that is not there is deleted already. */
export async function removeFile(
  client: InvenioClient,
  path: string,
  { signal, attempts = 1 }: CallOptions & { attempts?: number },
): Promise<void> {
  const response = await client.send('DELETE', client.fileUrl(path), {
    signal,
    attempts,
    path,
    accept: [404],
  });
  // A missing record is told; a missing file is what was wanted.
  if (response.status === 404) await client.file(path, { signal, attempts });
  client.names = client.names && new Set([...client.names].filter(name => name !== path));
}
