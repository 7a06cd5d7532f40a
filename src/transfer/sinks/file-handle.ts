import { withSinkErrors } from './errors.js';
import type { Sink, SinkFacts } from './sink.js';

type RemovableHandle = FileSystemFileHandle & { remove?(): Promise<void> };

export interface FileHandleOptions {
  /** Removes a file made for this download when it is given up; default: `handle.remove`. */
  readonly remove?: () => Promise<void>;
  /** The file was there before, be it empty: it is never removed. Default: it was when it has content. */
  readonly existed?: boolean;
}

/**
 * A file that the person picked, or one in a folder they picked. The browser keeps what is written in a file beside it
 * and swaps both on `close`, so a broken download never replaces what was there.
 */
export class FileHandleSink implements Sink {
  readonly facts: SinkFacts = {
    seekable: true,
    canResume: true,
    canVerify: true,
    survivesReload: false,
    survivesTabClose: false,
    needsClick: true,
    copiesTwice: false,
  };
  readonly #handle: RemovableHandle;
  readonly #remove: (() => Promise<void>) | undefined;
  readonly #existed: boolean;
  #writable: FileSystemWritableFileStream | undefined;
  #wasEmpty: boolean | undefined;
  /** What was written stands under its name. */
  #closed = false;

  constructor(handle: FileSystemFileHandle, { remove, existed = false }: FileHandleOptions = {}) {
    this.#handle = handle;
    this.#existed = existed;
    this.#remove = remove;
  }

  get replaces(): boolean {
    return this.#wasEmpty === false;
  }

  open(size: number | undefined): Promise<void> {
    return withSinkErrors(this.#handle.name, async () => {
      this.#closed = false;
      if (this.#writable === undefined) {
        this.#wasEmpty ??= (await this.#handle.getFile()).size === 0;
        this.#writable = await this.#handle.createWritable();
      }
      await this.#writable.truncate(size ?? 0);
    });
  }

  write(position: number, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    return withSinkErrors(this.#handle.name, async () => {
      await this.#writable!.write({ type: 'write', position, data });
      return data.buffer;
    });
  }

  close(): Promise<Blob> {
    return withSinkErrors(this.#handle.name, async () => {
      await this.#writable!.close();
      this.#writable = undefined;
      this.#closed = true;
      return this.#handle.getFile();
    });
  }

  async deliver(): Promise<string> {
    return this.#handle.name;
  }

  async abort(): Promise<void> {
    try {
      await this.#writable?.abort();
    } catch {
      // It was broken already; the swap file is gone either way.
    }
    this.#writable = undefined;
    try {
      await this.#undo();
    } catch {
      // An empty file may stay behind: this browser cannot remove it, or the person has.
    }
    this.#closed = false;
  }

  async #undo(): Promise<void> {
    // What was there before is gone once it was swapped; it is swapped for checked bytes only.
    if (this.replaces) return;
    if (!this.#existed) {
      if (this.#remove) return this.#remove();
      if (this.#handle.remove) return this.#handle.remove();
    }
    if (!this.#closed) return;
    // Not removable, but what failed its check must not look like the file.
    const writable = await this.#handle.createWritable();
    await writable.close();
  }
}
