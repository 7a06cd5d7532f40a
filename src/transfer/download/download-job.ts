import { type ErrorKind, TransferError } from '../../core/errors.js';
import { sleep } from '../clock.js';
import type { TransferContext } from '../context.js';
import { BaseJob, type ItemControl, type Lane, type LaneWindow } from '../job.js';
import { retrying } from '../retry.js';
import type { Flow } from '../scheduler.js';
import { saveUrl } from '../sinks/browser-save.js';
import { navigationFacts } from '../sinks/choose.js';
import { bothFacts, type Sink, type SinkFacts } from '../sinks/sink.js';
import { asTransferError } from '../transfer-errors.js';
import type { DownloadOptions, TransferJob, TransferResult } from '../types.js';
import { chooseTarget, isPacked, noRoom, notUnaided } from './choose-target.js';
import { FileDownload } from './file-download.js';
import { archiveOf, contextFor, metadataFile } from './other-files.js';
import { firstSegment } from './segments.js';
import { SourceKeeper } from './source-keeper.js';
import type { Target } from './target.js';
import { FolderTarget } from './targets.js';
import { isAtLeast } from './verify.js';
import { described, type Lister, labelOf, type Wanted, type WantedFile, wantedFiles } from './wanted.js';

/** Thrown through `FileDownload` when its target needs no bytes. */
class NoBytes extends TransferError {
  readonly place: { skipped: 'same' | 'exists'; size: number } | { navigate: string };

  constructor(place: NoBytes['place']) {
    super('Nothing has to be fetched.', { kind: 'fatal', reason: 'exists' });
    this.place = place;
  }
}

/** Failures after which a file can only begin anew. */
const isFinal: ReadonlySet<ErrorKind> = new Set(['fatal', 'restart']);

/** Longest that a cancelled job waits for what it had begun to look up, in milliseconds. */
const beginsWithin = 5000;

class DownloadJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #options: DownloadOptions;
  readonly #paths: readonly Wanted[];
  readonly #files: WantedFile[] = [];
  readonly #running = new Map<number, FileDownload>();
  /** Small files share one turn among the page's transfers; each large one has its own. */
  readonly #smallFlow: Flow = {};
  readonly #begun: Promise<void>;
  #target!: Target;
  #released = false;
  #facts: SinkFacts | undefined;

  constructor(context: TransferContext, paths: readonly Wanted[], options: DownloadOptions) {
    super('download', labelOf(paths));
    this.#context = context;
    this.#options = options;
    this.#paths = paths;
    this.#begun = this.#begin();
  }

  /** Files that go one after another wait for each other, so one of them cannot be paused alone. */
  override pause(index?: number): void {
    super.pause(this.#target?.oneByOne ? undefined : index);
  }

  override resume(index?: number): void {
    super.resume(this.#target?.oneByOne ? undefined : index);
  }

  get facts(): SinkFacts | undefined {
    return this.#facts;
  }

  #learnt(facts: SinkFacts): void {
    this.#facts = this.#facts === undefined ? facts : bothFacts(this.#facts, facts);
  }

  // ── Finding the files ───────────────────────────────────────────────────────────────────────────────────────────

  async #begin(): Promise<void> {
    try {
      this.#target = chooseTarget(this.#context, this.#paths, this.#options);
      for await (const file of this.#wanted()) {
        this.#want(file);
        if (this.#options.metadata === true) this.#want(metadataFile(file, this.#context.adapter));
      }
      if (this.#target.needsAll) await this.#addAll();
      this.closeItems();
    } catch (error) {
      this.closeItems(this.stopSignal.aborted ? undefined : asTransferError(error, undefined));
    }
  }

  async *#wanted(): AsyncGenerator<WantedFile> {
    const listed: Wanted[] = [];
    for (const wanted of this.#paths) {
      if (isPacked(wanted, this.#options)) yield archiveOf(wanted, this.#context.adapter);
      else listed.push(wanted);
    }
    yield* wantedFiles(this.#patientLister(), listed, this.stopSignal);
  }

  #want(file: WantedFile): void {
    this.#files.push(file);
    if (this.#target instanceof FolderTarget) this.#target.reserve(file);
    if (!this.#target.needsAll) this.addItem(file.entry.path, file.entry.size);
  }

  /** One lost page of a listing is no reason to give a folder up. */
  #patientLister(): Lister {
    const { adapter } = this.#context;
    return {
      capabilities: adapter.capabilities,
      list: (path, options) => this.#patiently(this.stopSignal, () => adapter.list(path, options)),
    };
  }

  async #addAll(): Promise<void> {
    const { adapter } = this.#context;
    const signal = this.stopSignal;
    for (const [index, file] of this.#files.entries()) {
      this.#files[index] = await this.#patiently(signal, () => described(adapter, file, signal));
    }
    await this.#target.prepare?.(this.#files);
    signal.throwIfAborted();
    for (const { entry } of this.#files) this.addItem(entry.path, entry.size);
  }

  #patiently<Value>(signal: AbortSignal, ask: () => Promise<Value>): Promise<Value> {
    const { clock, connectivity } = this.#context;
    return retrying(ask, { signal, clock, connectivity });
  }

  // ── One file ────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override laneOf(index: number): Lane {
    if (this.#target.oneByOne) return 'small';
    return (this.table.size(index) ?? 0) > firstSegment ? 'large' : 'small';
  }

  protected override laneWindow(lane: Lane): LaneWindow {
    if (this.#target.oneByOne) return { most: 1 };
    if (lane === 'large') return { most: 2 };
    // Half of them are begun in one turn, so that what signs for the storage is asked for all of these at once. The
    // other half keeps the connections busy meanwhile, or is being completed, which takes some disks their time.
    return { most: 48, refillAt: 24 };
  }

  protected override async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const { signal } = control;
    const file = this.#files[index]!;
    if (!this.#running.has(index)) {
      const found = await this.#patiently(signal, () => described(this.#context.adapter, file, signal));
      this.#files[index] = found;
      if (found.entry.size !== undefined) this.setSize(index, found.entry.size);
    }
    const before = this.#target.finishedBefore?.(index);
    if (before && isAtLeast(before.verified, this.#options.verify ?? 'none')) {
      return this.#resultOf(index, before);
    }
    try {
      const download = this.#running.get(index) ?? (await this.#newDownload(index, signal));
      this.#running.set(index, download);
      await this.#target.beforeFile?.(index);
      const outcome = await download.run(control);
      await this.#target.afterFile?.(index, outcome);
      this.#running.delete(index);
      return this.#resultOf(index, outcome);
    } catch (error) {
      if (!(error instanceof NoBytes)) throw error;
      this.#running.delete(index);
      return this.#withoutBytes(index, error.place, signal);
    }
  }

  async #newDownload(index: number, signal: AbortSignal): Promise<FileDownload> {
    const file = this.#files[index]!;
    const promisedSize = this.#target.promisedSize?.(index);
    const openSink = async (size: number | undefined, type: string): Promise<Sink> => {
      const place = await this.#target.place({ index, file, size, type, signal });
      if ('navigate' in place) this.#learnt(navigationFacts);
      if (!('sink' in place)) throw new NoBytes(place);
      this.#learnt(place.sink.facts);
      return place.sink;
    };
    const own = contextFor(file, this.#context);
    const source = new SourceKeeper(own, file.entry);
    // Before a place is looked for: places take different times, and requests for signatures are joined turn by turn.
    if (this.#target.maySkip !== true) source.current(signal).catch(() => {});
    const { size } = file.entry;
    // What is there already need not be asked for.
    const taken = await this.#target.takeUp?.({ index, file, size, type: '', signal });
    if (taken) this.#learnt(taken.sink.facts);
    const sink = taken?.sink ?? (this.#target.placesEarly === true ? await openSink(size, '') : undefined);
    return new FileDownload({
      context: own,
      entry: file.entry,
      source,
      flow: this.laneOf(index) === 'large' ? {} : this.#smallFlow,
      openSink,
      onSize: size => this.setSize(index, size),
      ...(sink === undefined ? {} : { sink }),
      ...(taken === undefined ? {} : { kept: taken.kept }),
      verify: this.#options.verify ?? 'none',
      ...(this.#target.alsoCompute === undefined ? {} : { alsoCompute: this.#target.alsoCompute }),
      ...(promisedSize === undefined ? {} : { promisedSize }),
    });
  }

  #resultOf(index: number, outcome: Awaited<ReturnType<FileDownload['run']>>): TransferResult {
    const { size, etag, version, checksums, verified, response, content, savedAs } = outcome;
    const { entry, relative } = this.#files[index]!;
    const renamed = savedAs !== undefined && savedAs !== relative.split('/').at(-1);
    return {
      path: entry.path,
      size,
      checksums,
      verified,
      ...(entry.id === undefined || entry.id === entry.path ? {} : { id: entry.id }),
      ...(etag === undefined ? {} : { etag }),
      ...(version === undefined ? {} : { version }),
      ...(response === undefined ? {} : { response }),
      ...(this.#options.to === 'memory' && content !== undefined ? { blob: content } : {}),
      ...(renamed ? { savedAs } : {}),
    };
  }

  async #withoutBytes(index: number, place: NoBytes['place'], signal: AbortSignal): Promise<TransferResult> {
    const file = this.#files[index]!;
    const { entry } = file;
    const nothing = { path: entry.path, checksums: [], verified: { level: 'none', by: 'page' } as const };
    if ('skipped' in place) return { ...nothing, size: place.size, skipped: place.skipped };
    await this.#navigate(file, place.navigate, signal);
    return { ...nothing, size: entry.size ?? 0, savedAs: place.navigate };
  }

  /** Asked for, or the last resort: the browser saves by itself, and nobody can say whether all of it arrived. */
  async #navigate({ entry, write, archive }: WantedFile, name: string, signal: AbortSignal): Promise<void> {
    const refusal = this.#options.to === 'browser' ? notUnaided : noRoom;
    if (this.#options.verify !== undefined || write !== undefined || archive === true) throw refusal(name);
    const { path, id, version } = entry;
    const source = await this.#patiently(signal, async () =>
      this.#context.adapter.resolveDownload?.(
        { path, id, ...(version === undefined ? {} : { version }) },
        { signal, saveAs: name },
      ),
    );
    const isReachable = source?.kind === 'url' && Object.keys(source.headers ?? {}).length === 0;
    // What it might show in its frame instead would never be saved.
    if (!isReachable || source.isAttachment !== true) throw refusal(name);
    saveUrl(source.url, name);
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override async discardItem(index: number): Promise<void> {
    await this.#running.get(index)?.discard();
    this.#running.delete(index);
  }

  protected override canRetry(): boolean {
    return !this.#released && this.#target.onlyOnce !== true;
  }

  /** A file that was left out after all: an archive is not whole without it. */
  protected override canSendAgainFrom(): boolean {
    return this.canRetry();
  }

  /** Whatever failed files keep for another try; nobody will try again. */
  override async release(): Promise<void> {
    this.#released = true;
    for (const index of [...this.#running.keys()]) await this.discardItem(index);
    await this.#target?.abort?.();
  }

  protected override async beforeEnd(): Promise<void> {
    if (this.stopSignal.aborted) {
      // A place that is being made has to be there before it can be taken away.
      await Promise.race([
        this.#begun,
        sleep(this.#context.clock, beginsWithin, new AbortController().signal),
      ]);
      await this.#target?.abort?.();
      return;
    }
    for (const index of this.table.inState(['failed'])) {
      if (!this.#isKeptForRetry(index)) await this.discardItem(index);
    }
    const failed = this.table.count('failed') + this.table.count('cancelled');
    try {
      if (this.table.length > 0) await this.#target.finish?.(failed, this.table.firstError());
    } catch (error) {
      // No file could be tried again, so nobody would ever take away what there is.
      if (failed === 0) await this.#target.abort?.();
      throw error;
    } finally {
      // Whoever reads the page's stream must learn that no more will come.
      if (failed > 0 && this.#target.onlyOnce === true) await this.#target.abort?.();
    }
  }

  /**
   * What a storage that is down, or an access that has lapsed, has interrupted goes on where it was. What can never
   * become the file leaves no half file behind, and neither does what is fetched anew in no time.
   */
  #isKeptForRetry(index: number): boolean {
    const error = this.table.error(index);
    const isRefused = error?.reason === 'forbidden' || error?.reason === 'not-found-or-forbidden';
    const mayGoOn = error !== undefined && (!isFinal.has(error.kind) || isRefused);
    return mayGoOn && this.canRetry() && this.#running.get(index)?.isWorthKeeping === true;
  }
}

/**
 * Downloads files and folders (paths that end in `/`, with everything below them). The job begins at once; see
 * `DownloadOptions.to` for where the bytes go. One file handle or stream for several files, or for a folder, gets a
 * zip.
 */
export function startDownload(
  context: TransferContext,
  paths: readonly Wanted[],
  options: DownloadOptions = {},
): TransferJob {
  return new DownloadJob(context, paths, options);
}
