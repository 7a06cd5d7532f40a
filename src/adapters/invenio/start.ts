/** The first step of every upload: telling the record that a file is coming. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, UploadIntent } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { isTaken } from './errors.js';
import { metadataFor } from './metadata.js';
import type { FileJson, FilesJson, Json } from './wire.js';

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
  #started: FileJson | undefined;
  /** A request went out whose answer never came: what is there now may be ours. */
  #uncertain = false;

  constructor(client: InvenioClient, file: NewFile) {
    this.#client = client;
    this.#file = file;
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

  async #announce({ signal }: CallOptions): Promise<FileJson> {
    const { path, createOnly } = this.#file;
    // Browsers send a request again by themselves when a kept connection breaks, POST too, and do not say so.
    const { names } = this.#client;
    const wasFree = names !== undefined && !names.has(path);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#post({ signal });
      } catch (error) {
        // A full record says so before it looks whether the name is one that it holds already.
        const isFull = error instanceof TransferError && error.reason === 'too-many';
        if (!(error instanceof TransferError) || !(isTaken(error) || isFull)) throw error;
        const existing = await this.#client.file(path, { signal });
        if (isFull && !existing) throw error;
        if (existing && (this.#uncertain || wasFree) && this.#looksOurs(existing)) return existing;
        if (createOnly || attempt > 2) throw error;
        if (existing) await removeFile(this.#client, path, { signal });
      }
    }
  }

  #looksOurs({ status, transfer, size }: FileJson): boolean {
    const { type, parts, part_size: partSize } = this.#file.transfer;
    return (
      status === 'pending' &&
      (size === undefined || this.#file.size === undefined || Number(size) === this.#file.size) &&
      transfer?.type === type &&
      (parts === undefined || transfer.parts === parts) &&
      (partSize === undefined || transfer.part_size === partSize)
    );
  }

  async #post({ signal }: CallOptions): Promise<FileJson> {
    const { path, size, checksum, metadata, transfer } = this.#file;
    const client = this.#client;
    const entry = {
      key: path,
      ...(metadata ? { metadata } : {}),
      ...(size === undefined ? {} : { size }),
      ...(checksum === undefined ? {} : { checksum }),
      // L is what is meant without it, and before version 13 the field did not exist.
      ...(transfer.type === 'L' ? {} : { transfer }),
    };
    try {
      const files = await client.json<FilesJson>('POST', client.filesUrl, { signal, json: [entry], path });
      client.noteFiles(files);
      const started = files.entries?.find(({ key }) => key === path);
      if (started) return started;
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
