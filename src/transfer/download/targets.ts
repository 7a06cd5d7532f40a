import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import type { TransferContext } from '../context.js';
import { habitsOf } from '../link.js';
import { LocalNames, localName } from '../names.js';
import { sinkForBrowser, unfinishedSink } from '../sinks/choose.js';
import { DirectoryTarget } from '../sinks/directory.js';
import { MemorySink } from '../sinks/memory.js';
import type { Sink } from '../sinks/sink.js';
import type { StagedOrigin } from '../sinks/staged-journal.js';
import { throughWorker } from '../sinks/worker-stream.js';
import { KnownCopies } from './known-copies.js';
import type { FileOutcome } from './outcome.js';
import { isSameFile } from './same-file.js';
import type { Conflict, FilePlace, FileRequest, Target } from './target.js';
import type { WantedFile } from './wanted.js';

/** A storage as {@link StagedOrigin} names it. */
export const storageOf = ({ adapter }: TransferContext): string => `${adapter.name}:${adapter.label}`;

/** A folder of the person's: the tree is kept. */
export class FolderTarget implements Target {
  readonly placesEarly = true;
  readonly maySkip: boolean;
  readonly #directory: DirectoryTarget;
  readonly #names = new LocalNames();
  readonly #context: TransferContext;
  readonly #conflict: Conflict;
  readonly #copies: KnownCopies;
  /** Paths of the files that come. */
  readonly #coming = new Map<number, string>();

  constructor(handle: FileSystemDirectoryHandle, context: TransferContext, conflict: Conflict) {
    this.#directory = new DirectoryTarget(handle);
    this.#context = context;
    this.#conflict = conflict;
    this.#copies = new KnownCopies(context.storage);
    this.maySkip = conflict !== 'replace' && conflict !== 'rename';
  }

  /** Fixes the local name; called in the order of the files, so that another run finds the same names. */
  reserve({ relative, place, entry }: WantedFile): readonly string[] {
    return place ?? this.#names.place(relative, entry.path);
  }

  async place({ index, file, size, signal }: FileRequest): Promise<FilePlace> {
    const { adapter, hasher } = this.#context;
    const entry = size === undefined ? file.entry : { ...file.entry, size };
    const placement = await this.#directory.place(
      this.reserve(file),
      this.#conflict,
      async local => {
        const version = await this.#copies.versionOf(entry.path, local);
        return isSameFile({ file: local, version }, entry, hasher, habitsOf(adapter).md5Etags, signal);
      },
      (entry.size ?? 0) > 0,
    );
    if ('sink' in placement) {
      this.#coming.set(index, entry.path);
      return { sink: placement.sink };
    }
    return { skipped: placement.skipped, size: placement.existing.size };
  }

  async afterFile(index: number, { etag, content }: FileOutcome): Promise<void> {
    const path = this.#coming.get(index);
    this.#coming.delete(index);
    if (path !== undefined) this.#copies.note(path, etag, content);
  }

  finish(): Promise<void> {
    return this.#copies.flush();
  }

  abort(): Promise<void> {
    return this.#copies.flush();
  }
}

/** Blobs in the results. */
export class MemoryTarget implements Target {
  async place({ type }: FileRequest): Promise<FilePlace> {
    return { sink: new MemorySink(type) };
  }
}

/** The browser's download list, file by file. */
export class BrowserTarget implements Target {
  readonly #saveAs: string | undefined;
  readonly #storage: string;

  /** @param saveAs name for a single file */
  constructor(saveAs: string | undefined, context: TransferContext) {
    this.#saveAs = saveAs;
    this.#storage = storageOf(context);
  }

  /** The browser puts the file into one folder and numbers what is taken; only the name matters. */
  #nameOf({ relative }: WantedFile): string {
    return localName(this.#saveAs ?? nameOf(relative));
  }

  #originOf({ entry }: WantedFile): StagedOrigin {
    return { storage: this.#storage, path: entry.path };
  }

  async takeUp({ file, size }: FileRequest) {
    const { etag } = file.entry;
    if (size === undefined || etag === undefined) return undefined;
    return unfinishedSink(this.#nameOf(file), size, etag, this.#originOf(file));
  }

  async place({ file, size, type }: FileRequest): Promise<FilePlace> {
    const name = this.#nameOf(file);
    const sink = await sinkForBrowser(name, size, type, this.#originOf(file));
    return sink === undefined ? { navigate: name } : { sink };
  }
}

/** The browser's download list, through the download worker: nothing is kept by the page. */
export class StreamedTarget implements Target {
  readonly #saveAs: string | undefined;

  /** @param saveAs name for a single file */
  constructor(saveAs: string | undefined) {
    this.#saveAs = saveAs;
  }

  async place({ file }: FileRequest): Promise<FilePlace> {
    const sink = await throughWorker(localName(this.#saveAs ?? nameOf(file.relative)));
    if (sink) return { sink };
    throw new TransferError(
      'This page has no download worker that runs. Call registerDownloadWorker first, or download to “files”.',
      { kind: 'fatal', reason: 'not-supported', path: file.entry.path },
    );
  }
}

/** The browser's download list, by the browser alone: no byte passes through the page. */
export class UnaidedTarget implements Target {
  readonly placesEarly = true;
  /** Its URL is asked for once the name is known. */
  readonly maySkip = true;
  readonly #saveAs: string | undefined;

  /** @param saveAs name for a single file */
  constructor(saveAs: string | undefined) {
    this.#saveAs = saveAs;
  }

  async place({ file }: FileRequest): Promise<FilePlace> {
    return { navigate: localName(this.#saveAs ?? nameOf(file.relative)) };
  }
}

/** One file to one place: a picked file or a stream of the page's. */
export class SingleTarget implements Target {
  readonly #sink: Sink;
  #delivered = false;
  readonly onlyOnce: boolean;

  constructor(sink: Sink) {
    this.#sink = sink;
    this.onlyOnce = !sink.facts.seekable;
  }

  async place(): Promise<FilePlace> {
    return { sink: this.#sink };
  }

  async afterFile(): Promise<void> {
    this.#delivered = true;
  }

  async abort(): Promise<void> {
    if (!this.#delivered) await this.#sink.abort();
  }
}
