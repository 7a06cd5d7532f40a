/** A handle may belong to a place that cannot remove files. */
type RemovableHandle = FileSystemFileHandle & { remove?(): Promise<void> };

export interface PickedFileOptions {
  /** Removes a file made for this download when it is given up; default: `handle.remove`. */
  readonly remove?: () => Promise<void>;
  /** The file was there before, be it empty: it is never removed. Default: it was when it has content. */
  readonly existed?: boolean;
}

/** A file that the person picked, or one in a folder they picked: how it is written, and how it is left as it was. */
export class PickedFile {
  readonly #handle: RemovableHandle;
  readonly #remove: (() => Promise<void>) | undefined;
  readonly #existed: boolean;
  #wasEmpty: boolean | undefined;

  constructor(handle: FileSystemFileHandle, { remove, existed = false }: PickedFileOptions = {}) {
    this.#handle = handle;
    this.#existed = existed;
    this.#remove = remove;
  }

  get name(): string {
    return this.#handle.name;
  }

  /** What is written takes the place of other content. Known once it was opened for writing. */
  get hadContent(): boolean {
    return this.#wasEmpty === false;
  }

  getFile(): Promise<File> {
    return this.#handle.getFile();
  }

  /** The browser keeps what is written in a file beside it and swaps both on `close`. */
  async createWritable(): Promise<FileSystemWritableFileStream> {
    this.#wasEmpty ??= (await this.#handle.getFile()).size === 0;
    return this.#handle.createWritable();
  }

  /** Rejects where this page may not write, or cannot: to be asked before hours are spent on the bytes. */
  async prove(): Promise<void> {
    await (await this.createWritable()).abort();
  }

  async empty(): Promise<void> {
    await (await this.#handle.createWritable()).close();
  }

  /**
   * The download is given up. `written`: something of it stands under the name. Rejects where that cannot be mended.
   */
  async undo(written: boolean): Promise<void> {
    // Never opened: what has content is none of this download's.
    this.#wasEmpty ??= (await this.#handle.getFile()).size === 0;
    // What was there before is gone once it was swapped; it is swapped for checked bytes only.
    if (this.hadContent) return;
    if (!this.#existed) {
      if (this.#remove) return this.#remove();
      if (this.#handle.remove) return this.#handle.remove();
    }
    // Not removable, but what failed its check must not look like the file.
    if (written) await this.empty();
  }
}
