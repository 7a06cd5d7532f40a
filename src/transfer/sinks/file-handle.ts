import { withSinkErrors } from './errors.js';
import type { Sink, SinkFacts } from './sink.js';

type RemovableHandle = FileSystemFileHandle & { remove?(): Promise<void> };

export interface FileHandleOptions {
  /** Removes the file when the download is given up; default: `handle.remove` where the file was empty before. */
  readonly remove?: () => Promise<void>;
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
  #writable: FileSystemWritableFileStream | undefined;
  #wasEmpty: boolean | undefined;

  constructor(handle: FileSystemFileHandle, { remove }: FileHandleOptions = {}) {
    this.#handle = handle;
    this.#remove = remove;
  }

  open(size: number | undefined): Promise<void> {
    return withSinkErrors(this.#handle.name, async () => {
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
      if (this.#remove) await this.#remove();
      else if (this.#wasEmpty) await this.#handle.remove?.();
    } catch {
      // An empty file may stay behind: this browser cannot remove it, or the person has.
    }
  }
}
