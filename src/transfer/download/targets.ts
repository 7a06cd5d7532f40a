import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import type { TransferContext } from '../context.js';
import { habitsOf } from '../link.js';
import { LocalNames, localName } from '../names.js';
import { patiently } from '../patiently.js';
import { sinkForBrowser, smallEnoughForMemory, type Unfinished, unfinishedSink } from '../sinks/choose.js';
import {
  isUnfinished,
  type LastingVersion,
  lastingVersion,
  sinkForPicked,
  unfinishedPicked,
} from '../sinks/choose-picked.js';
import { DirectoryTarget } from '../sinks/directory.js';
import { MemorySink } from '../sinks/memory.js';
import { MemoryRoom } from '../sinks/memory-room.js';
import type { Sink } from '../sinks/sink.js';
import type { StagedOrigin } from '../sinks/staged-journal.js';
import { throughWorker } from '../sinks/worker-stream.js';
import { KnownCopies } from './known-copies.js';
import { madeFile } from './other-files.js';
import type { FileOutcome } from './outcome.js';
import { isSameContent, isSameFile } from './same-file.js';
import type { Conflict, FilePlace, FileRequest, Target } from './target.js';
import { sourceOf, type WantedFile } from './wanted.js';

/** Under what staged files are found again. Undefined: by no other page. */
export type StagedUnder = Omit<StagedOrigin, 'path'> | undefined;

/** A folder of the person's: the tree is kept. */
export class FolderTarget implements Target {
  readonly placesEarly = true;
  readonly maySkip: boolean;
  readonly #directory: DirectoryTarget;
  readonly #names = new LocalNames();
  readonly #context: TransferContext;
  readonly #conflict: Conflict;
  readonly #copies: KnownCopies;
  /** Files that come. */
  readonly #coming = new Map<number, WantedFile['entry']>();
  /** Undefined: what comes goes straight into the folder. */
  readonly #under: StagedUnder;
  /** Found while looking for what an earlier page has left. */
  readonly #places = new Map<number, FilePlace>();

  /** @param under stages large files first, so that they survive the page */
  constructor(
    handle: FileSystemDirectoryHandle,
    context: TransferContext,
    conflict: Conflict,
    under?: StagedUnder,
  ) {
    this.#under = under;
    this.#directory = new DirectoryTarget(handle);
    this.#context = context;
    this.#conflict = conflict;
    this.#copies = new KnownCopies(context.storage);
    this.maySkip = conflict !== 'replace' && conflict !== 'rename';
  }

  /** Fixes the local name; called in the order of the files, so that another run finds the same names. */
  reserve(file: WantedFile): readonly string[] {
    return file.place ?? this.#names.place(file.relative, sourceOf(file));
  }

  async takeUp(request: FileRequest) {
    const version = this.#version(request);
    if (version === undefined || !(await isUnfinished(version))) return undefined;
    const place = await this.#find(request, version, true);
    if ('kept' in place) return place;
    this.#places.set(request.index, place);
    return undefined;
  }

  async place(request: FileRequest): Promise<FilePlace> {
    const found = this.#places.get(request.index);
    this.#places.delete(request.index);
    return found ?? this.#find(request, this.#version(request), false);
  }

  #version({ file: { entry }, size }: FileRequest): LastingVersion | undefined {
    return lastingVersion(size, entry.etag, this.#under && { ...this.#under, path: entry.path });
  }

  /** @param wasBegun an earlier page has left something of that version */
  async #find(
    { index, file, size, signal, ask }: FileRequest,
    version: LastingVersion | undefined,
    wasBegun: boolean,
  ): Promise<FilePlace | Unfinished> {
    const { adapter, hasher } = this.#context;
    const entry = size === undefined ? file.entry : { ...file.entry, size };
    const placement = await this.#directory.place(
      this.reserve(file),
      this.#conflict,
      {
        isSame: async local => {
          if (file.content !== undefined) return isSameContent(local, madeFile(file.content));
          const version = await this.#copies.versionOf(entry.path, local);
          const etagsAreMd5 = habitsOf(adapter).md5Etags;
          const by = { hasher, etagsAreMd5, signal, ask: this.#asking(file, signal) };
          return (await isSameFile({ file: local, version }, entry, by)) === true;
        },
        ask,
      },
      (entry.size ?? 0) > 0,
      wasBegun,
    );
    if ('skipped' in placement) return { skipped: placement.skipped, size: placement.existing.size };
    this.#coming.set(index, entry);
    const { file: local } = placement;
    try {
      const unfinished = wasBegun ? await unfinishedPicked(local, version) : undefined;
      return unfinished ?? { sink: await sinkForPicked(local, version) };
    } catch (error) {
      // It cannot be written after all.
      await local.undo(false).catch(() => {});
      throw error;
    }
  }

  /** Listings seldom tell checksums. Nothing can be asked about what is made or packed for this download. */
  #asking({ entry, write, archive }: WantedFile, signal: AbortSignal) {
    const { adapter } = this.#context;
    if (!adapter.stat || write || archive === true || entry.checksums !== undefined) return undefined;
    return () => patiently(this.#context, { signal }, () => adapter.stat!(entry.path, { signal }));
  }

  async afterFile(index: number, { etag, content }: FileOutcome): Promise<void> {
    const entry = this.#coming.get(index);
    this.#coming.delete(index);
    if (entry !== undefined) this.#copies.note(entry.path, { etag, modified: entry.modified }, content);
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
  readonly #room: MemoryRoom;

  /** @param most bytes that all files may take together */
  constructor(most: number | undefined) {
    this.#room = new MemoryRoom(most);
  }

  async place({ type }: FileRequest): Promise<FilePlace> {
    return { sink: new MemorySink(type, { room: this.#room }) };
  }
}

/** The browser's download list, file by file. */
export class BrowserTarget implements Target {
  readonly placesEarlyFrom = smallEnoughForMemory + 1;
  readonly #saveAs: string | undefined;
  readonly #under: StagedUnder;

  /** @param saveAs name for a single file */
  constructor(saveAs: string | undefined, under: StagedUnder) {
    this.#saveAs = saveAs;
    this.#under = under;
  }

  /** The browser puts the file into one folder and numbers what is taken; only the name matters. */
  #nameOf({ relative }: WantedFile): string {
    return localName(this.#saveAs ?? nameOf(relative));
  }

  #originOf({ entry }: WantedFile): StagedOrigin | undefined {
    return this.#under && { ...this.#under, path: entry.path };
  }

  async takeUp({ file, size }: FileRequest) {
    const { etag } = file.entry;
    const origin = this.#originOf(file);
    if (size === undefined || etag === undefined || origin === undefined) return undefined;
    return unfinishedSink(this.#nameOf(file), size, etag, origin);
  }

  async place({ file, size, type, signal, waitsForRoom }: FileRequest): Promise<FilePlace> {
    const name = this.#nameOf(file);
    const patience = { signal, onWaiting: () => waitsForRoom?.() };
    const sink = await sinkForBrowser(name, size, type, this.#originOf(file), patience);
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
