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

  constructor(file: PickedFile) {
    this.#file = file;
  }

  get replaces(): boolean {
    return this.#file.hadContent;
  }

  open(size: number | undefined): Promise<void> {
    return withSinkErrors(this.#file.name, async () => {
      this.#closed = false;
      this.#writable ??= await this.#file.createWritable();
      await this.#writable.truncate(size ?? 0);
    });
  }

  write(position: number, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    return withSinkErrors(this.#file.name, async () => {
      await this.#writable!.write({ type: 'write', position, data });
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

  async deliver(): Promise<string> {
    return this.#file.name;
  }

  async abort(): Promise<void> {
    try {
      await this.#writable?.abort();
    } catch {
      // It was broken already; the swap file is gone either way.
    }
    this.#writable = undefined;
    try {
      await this.#file.undo(this.#closed);
    } catch {
      // An empty file may stay behind: this browser cannot remove it, or the person has.
    }
    this.#closed = false;
  }
}
