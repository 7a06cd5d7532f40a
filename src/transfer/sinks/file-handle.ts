import { withSinkErrors } from './errors.js';
import type { PickedFile } from './picked-file.js';
import type { Sink, SinkFacts } from './sink.js';

/** Straight into a picked file: a broken download never replaces what was there. */
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
  readonly #file: PickedFile;
  #writable: FileSystemWritableFileStream | undefined;
  /** What was written stands under its name. */
  #closed = false;
  #isBroken = false;

  constructor(file: PickedFile) {
    this.#file = file;
  }

  /** A browser's stream that has failed once takes nothing any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  get replaces(): boolean {
    return this.#file.hadContent;
  }

  open(size: number | undefined): Promise<void> {
    return withSinkErrors(this.#file.name, async () => {
      if (this.#isBroken) await this.#letGo();
      this.#isBroken = false;
      this.#writable ??= await this.#file.createWritable();
      await this.#writable.truncate(size ?? 0);
    });
  }

  write(position: number, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    return withSinkErrors(this.#file.name, async () => {
      try {
        await this.#writable!.write({ type: 'write', position, data });
      } catch (error) {
        this.#isBroken = true;
        throw error;
      }
      return data.buffer;
    });
  }

  close(): Promise<Blob> {
    return withSinkErrors(this.#file.name, async () => {
      await this.#writable!.close();
      this.#writable = undefined;
      this.#closed = true;
      return this.#file.getFile();
    });
  }

  clear(): Promise<void> {
    return withSinkErrors(this.#file.name, async () => {
      if (this.#closed) await this.#file.empty();
      this.#closed = false;
    });
  }

  async deliver(): Promise<string> {
    return this.#file.name;
  }

  async #letGo(): Promise<void> {
    try {
      await this.#writable?.abort();
    } catch {
      // It was broken already; the swap file is gone either way.
    }
    this.#writable = undefined;
  }

  async abort(): Promise<void> {
    await this.#letGo();
    try {
      await this.#file.undo(this.#closed);
    } catch {
      // An empty file may stay behind: this browser cannot remove it, or the person has.
    }
    this.#closed = false;
  }
}
