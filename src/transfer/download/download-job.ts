import { type ErrorKind, TransferError } from '../../core/errors.js';
import { sleep } from '../clock.js';
import type { TransferContext } from '../context.js';
import { BaseJob, deferred, type ItemControl, type Lane, type LaneWindow } from '../job.js';
import type { Flow } from '../scheduler.js';
import { navigationFacts } from '../sinks/choose.js';
import { bothFacts, type Sink, type SinkFacts } from '../sinks/sink.js';
import { asTransferError } from '../transfer-errors.js';
import type { DownloadOptions, ItemState, TransferJob, TransferResult } from '../types.js';
import { Turns } from '../upload/turns.js';
import { askPerson } from './ask-person.js';
import { saveByBrowser } from './by-browser.js';
import { chooseTarget } from './choose-target.js';
import { type FirstAnswer, isStrong } from './conversation.js';
import { FileDownload } from './file-download.js';
import { findFiles, lookUp } from './find-files.js';
import { JobRecord } from './job-record.js';
import type { KeptDownload } from './kept-downloads.js';
import { contextFor, metadataFile } from './other-files.js';
import { firstSegment } from './segments.js';
import { SourceKeeper } from './source-keeper.js';
import type { Target } from './target.js';
import { FolderTarget } from './targets.js';
import { isAtLeast } from './verify.js';
import { labelOf, type Wanted, type WantedFile } from './wanted.js';

/** Thrown through `FileDownload` when its target needs no bytes. */
class NoBytes extends TransferError {
  readonly place: { skipped: 'same' | 'exists'; size: number } | { navigate: string };

  constructor(place: NoBytes['place']) {
    super('Nothing has to be fetched.', { kind: 'fatal', reason: 'exists' });
    this.place = place;
  }
}

/** Files that go into an archive one after another and are under way at once: small ones are held in memory. */
const mostAhead = 16;

const roomTaken = (path: string): TransferError =>
  new TransferError('There is no room yet: the browser is still saving earlier files.', {
    kind: 'retry',
    reason: 'quota',
    path,
  });

/** Failures after which a file can only begin anew. */
const isFinal: ReadonlySet<ErrorKind> = new Set(['fatal', 'restart']);

/** An outage ends, and an access is renewed. */
function canPass(error: TransferError | undefined): boolean {
  const isRefused = error?.reason === 'forbidden' || error?.reason === 'not-found-or-forbidden';
  return error !== undefined && (!isFinal.has(error.kind) || isRefused);
}

/** Longest that a cancelled job waits for what it had begun to look up, in milliseconds. */
const beginsWithin = 5000;

/** Until it is known where the files go, and when what the page has named is no such place. */
const undecided: Target = { place: () => Promise.reject(new Error('There is no place for the files.')) };

class DownloadJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #options: DownloadOptions;
  readonly #paths: readonly Wanted[];
  readonly #files: WantedFile[] = [];
  readonly #running = new Map<number, FileDownload>();
  /** Small files share one turn among the page's transfers; each large one has its own. */
  readonly #smallFlow: Flow = {};
  readonly #questions = new Turns();
  readonly #begun: Promise<void>;
  readonly #record: JobRecord | undefined;
  #target: Target = undecided;
  #released = false;
  /** Why not all files could be found, though there is something to go on with. */
  #notFound: TransferError | undefined;
  #facts: SinkFacts | undefined;

  constructor(
    context: TransferContext,
    paths: readonly Wanted[],
    options: DownloadOptions,
    earlier: KeptDownload | undefined,
  ) {
    super('download', earlier?.label ?? labelOf(paths));
    this.#context = context;
    this.#options = options;
    this.#paths = paths;
    this.#record = JobRecord.of(context, { paths, options, earlier, snapshot: () => this.snapshot });
    this.#begun = this.#begin(earlier);
  }

  /** Files that go one after another wait for each other, so one of them cannot be paused alone. */
  override pause(index?: number): void {
    super.pause(this.#target.oneByOne ? undefined : index);
  }

  override resume(index?: number): void {
    super.resume(this.#target.oneByOne ? undefined : index);
  }

  get facts(): SinkFacts | undefined {
    return this.#facts;
  }

  #learnt(facts: SinkFacts): void {
    this.#facts = this.#facts === undefined ? facts : bothFacts(this.#facts, facts);
  }

  /** However well a place keeps what is written: a storage may have no way to go on from there. */
  #answered({ ranged, etag, total }: FirstAnswer): void {
    // What comes in one request is no loss.
    if (this.#facts === undefined || (total !== undefined && total <= firstSegment)) return;
    const { canResume, survivesReload } = this.#facts;
    this.#facts = {
      ...this.#facts,
      canResume: canResume && ranged,
      survivesReload: survivesReload && ranged && isStrong(etag),
    };
  }

  // ── Finding the files ───────────────────────────────────────────────────────────────────────────────────────────

  async #begin(earlier: KeptDownload | undefined): Promise<void> {
    try {
      this.#target = chooseTarget(this.#context, this.#paths, this.#options, this.#record?.id);
      if (earlier) await this.#record?.load();
      await this.#find();
      if (this.#target.needsAll) await this.#addAll();
      this.closeItems();
      this.#record?.learnt();
    } catch (error) {
      const reason = this.stopSignal.aborted ? undefined : asTransferError(error, undefined);
      // Of what was there before, or found so far, there is something to go on with.
      if (earlier !== undefined || this.table.length > 0) this.#notFound = reason;
      this.closeItems(reason);
    }
  }

  async #find(): Promise<void> {
    const made: WantedFile[] = [];
    try {
      for await (const file of findFiles(this.#context, this.#paths, this.#options, this.stopSignal)) {
        this.#want(file);
        if (this.#options.metadata === true) made.push(metadataFile(file, this.#context.adapter));
      }
    } finally {
      // After all others: where both want one name, the storage's own file has it.
      for (const file of made) this.#want(file);
    }
  }

  #want(file: WantedFile): void {
    // Also of what is there already: the others get the same names as before.
    if (this.#target instanceof FolderTarget) this.#target.reserve(file);
    if (!this.#target.needsAll && this.#record?.isDone(file)) return;
    this.#files.push(file);
    if (!this.#target.needsAll) this.addItem(file.entry.path, file.entry.size);
  }

  async #addAll(): Promise<void> {
    const signal = this.stopSignal;
    for (const [index, file] of this.#files.entries()) {
      this.#files[index] = await lookUp(this.#context, file, signal);
    }
    await this.#target.prepare?.(this.#files, signal);
    signal.throwIfAborted();
    for (const { entry } of this.#files) this.addItem(entry.path, entry.size);
  }

  // ── One file ────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override laneOf(index: number): Lane {
    if (this.#target.oneByOne) return 'small';
    return (this.table.size(index) ?? 0) > firstSegment ? 'large' : 'small';
  }

  protected override laneWindow(lane: Lane): LaneWindow {
    if (this.#target.oneByOne) return { most: mostAhead };
    if (lane === 'large') return { most: 2 };
    // Half of them are begun in one turn, so that what signs for the storage is asked for all of these at once. The
    // other half keeps the connections busy meanwhile, or is being completed, which takes some disks their time.
    return { most: 48, refillAt: 24 };
  }

  protected override onItemEnd(index: number, state: ItemState): void {
    if (state === 'failed' || state === 'cancelled') this.#target.lost?.(index);
  }

  /** Into the line of files of its size. */
  protected override onDeferred(index: number): void {
    this.wake(index);
  }

  protected override async runItem(
    index: number,
    control: ItemControl,
  ): Promise<TransferResult | typeof deferred> {
    const { signal } = control;
    const file = this.#files[index]!;
    if (!this.#running.has(index)) {
      const lane = this.laneOf(index);
      const found = await lookUp(this.#context, file, signal);
      this.#files[index] = found;
      if (found.entry.size !== undefined) this.#learntSize(index, found.entry.size);
      // It stood among the small ones because nobody knew its size.
      if (this.laneOf(index) !== lane) return deferred;
    }
    const before = this.#target.finishedBefore?.(index);
    if (before && isAtLeast(before.verified, this.#options.verify ?? 'none')) {
      return this.#resultOf(index, before);
    }
    const stop = (): void => {
      // An archive that goes out from front to back is lost with each of its files, and may wait for a person for ever.
      if (control.stopped === 'cancel' && this.#target.oneByOne) void this.#target.abort?.();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const download = this.#running.get(index) ?? (await this.#newDownload(index, control));
      this.#running.set(index, download);
      await this.#target.beforeFile?.(index, signal);
      const outcome = await download.run(control);
      await this.#target.afterFile?.(index, outcome);
      this.#running.delete(index);
      this.#isDone(index, outcome.size);
      return this.#resultOf(index, outcome);
    } catch (error) {
      if (!(error instanceof NoBytes)) throw error;
      this.#running.delete(index);
      return this.#withoutBytes(index, error.place, signal);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #learntSize(index: number, size: number): void {
    this.setSize(index, size);
    this.#record?.learnt();
  }

  /** The file is where it belongs; those of an archive never are before all of it is. */
  #isDone(index: number, size: number): void {
    const { content: _, ...file } = this.#files[index]!;
    if (!this.#target.needsAll) this.#record?.done(index, file, size);
    // Wanted once more, what this page writes itself is written again.
    this.#files[index] = file;
  }

  async #newDownload(index: number, control: ItemControl): Promise<FileDownload> {
    const { signal } = control;
    const file = this.#files[index]!;
    const ask = (existing: File) =>
      askPerson(
        {
          onConflict: this.#options.onConflict,
          turns: this.#questions,
          control,
          item: () => this.items.at(index)!,
          modified: file.entry.modified,
        },
        existing,
      );
    const promisedSize = this.#target.promisedSize?.(index);
    const openSink = async (size: number | undefined, type: string): Promise<Sink> => {
      const waitsForRoom = (): void => control.setState('waiting', roomTaken(file.entry.path));
      const place = await this.#target.place({ index, file, size, type, signal, ask, waitsForRoom });
      if ('navigate' in place) this.#learnt(navigationFacts);
      if (!('sink' in place)) throw new NoBytes(place);
      this.#learnt(place.facts ?? place.sink.facts);
      return place.sink;
    };
    const own = contextFor(file, this.#context);
    const source = new SourceKeeper(own, file.entry);
    // Before a place is looked for: places take different times, and requests for signatures are joined turn by turn.
    if (this.#target.maySkip !== true) source.current(signal).catch(() => {});
    const { size } = file.entry;
    // What is there already need not be asked for.
    const taken = await this.#target.takeUp?.({ index, file, size, type: '', signal, ask });
    if (taken) this.#learnt(taken.sink.facts);
    const { placesEarly, placesEarlyFrom = Number.POSITIVE_INFINITY } = this.#target;
    const isEarly = placesEarly === true || (size ?? 0) >= placesEarlyFrom;
    const sink = taken?.sink ?? (isEarly ? await openSink(size, '') : undefined);
    return new FileDownload({
      context: own,
      entry: file.entry,
      source,
      flow: this.laneOf(index) === 'large' ? {} : this.#smallFlow,
      openSink,
      onSize: size => this.#learntSize(index, size),
      onAnswer: first => this.#answered(first),
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
    if ('skipped' in place) {
      this.#isDone(index, place.size);
      return { ...nothing, size: place.size, skipped: place.skipped };
    }
    await saveByBrowser(this.#context, file, { name: place.navigate, options: this.#options, signal });
    this.#isDone(index, entry.size ?? 0);
    return { ...nothing, size: entry.size ?? 0, savedAs: place.navigate };
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override async discardItem(index: number): Promise<void> {
    await this.#running.get(index)?.discard();
    this.#running.delete(index);
  }

  protected override canRetry(): boolean {
    return !this.#released && this.#target.onlyOnce !== true;
  }

  /** An archive that is whole, and could not be put into its place. */
  protected override canEndAgain(): boolean {
    return !this.#released && !this.stopSignal.aborted && this.#target.canFinishAgain === true;
  }

  /** A file that was left out after all: an archive is not whole without it. */
  protected override canSendAgainFrom(): boolean {
    return this.canRetry();
  }

  /** Whatever failed files keep for another try; nobody will try again. */
  override async release(): Promise<void> {
    this.#released = true;
    this.#record?.ended();
    for (const index of [...this.#running.keys()]) await this.discardItem(index);
    await this.#target.abort?.();
  }

  protected override async beforeEnd(): Promise<void> {
    try {
      await this.#end();
    } finally {
      if (this.stopSignal.aborted) await this.#record?.givenUp();
      else if (canPass(this.#notFound)) this.#record?.left();
      else if (!this.#isWorthRecord()) this.#record?.ended();
    }
  }

  async #end(): Promise<void> {
    if (this.stopSignal.aborted) {
      // A place that is being made has to be there before it can be taken away.
      await Promise.race([
        this.#begun,
        sleep(this.#context.clock, beginsWithin, new AbortController().signal),
      ]);
      await this.#target.abort?.();
      return;
    }
    for (const index of this.table.inState(['failed'])) {
      if (!this.#isKeptForRetry(index)) await this.discardItem(index);
    }
    const failed = this.table.count('failed') + this.table.count('cancelled');
    try {
      const firstError = this.table.firstError();
      if (this.table.length > 0) await this.#target.finish?.(failed, firstError, this.stopSignal);
    } catch (error) {
      // No file could be tried again, so nobody would ever take away what there is.
      if (failed === 0 && !this.canEndAgain()) await this.#target.abort?.();
      throw error;
    } finally {
      // Whoever reads the page's stream must learn that no more will come.
      if (failed > 0 && this.#target.onlyOnce === true) await this.#target.abort?.();
    }
  }

  /** A later page may get what this one could not. */
  #isWorthRecord(): boolean {
    return this.canEndAgain() || this.table.inState(['failed']).some(index => this.#mayGoOn(index));
  }

  #mayGoOn(index: number): boolean {
    if (this.#running.get(index)?.isWhole === true && this.#target.onlyOnce !== true) return true;
    return canPass(this.table.error(index));
  }

  /**
   * What a storage that is down, or an access that has lapsed, has interrupted goes on where it was. What can never
   * become the file leaves no half file behind, and neither does what is fetched anew in no time.
   */
  #isKeptForRetry(index: number): boolean {
    return this.#mayGoOn(index) && this.canRetry() && this.#running.get(index)?.isWorthKeeping === true;
  }
}

/**
 * Downloads files and folders (paths that end in `/`, with everything below them). The job begins at once; see
 * `DownloadOptions.to` for where the bytes go. One file handle or stream for several files, or for a folder, gets a
 * zip. `earlier`: the record of an earlier page, which this one has claimed; what it has brought to its end is left out.
 */
export function startDownload(
  context: TransferContext,
  paths: readonly Wanted[],
  options: DownloadOptions = {},
  earlier?: KeptDownload,
): TransferJob {
  return new DownloadJob(context, paths, options, earlier);
}
