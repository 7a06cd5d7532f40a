import type { DownloadSource } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm, Verification, VerificationLevel } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../job.js';
import { habitsOf } from '../link.js';
import { retrying } from '../retry.js';
import type { Flow } from '../scheduler.js';
import type { Sink } from '../sinks/sink.js';
import type { KeptContent } from '../sinks/staged-journal.js';
import { changedRemote, encodedRange, otherLength, type UrlSource, unnamedVersion } from './answers.js';
import {
  Conversation,
  type FirstAnswer,
  isStrong,
  namesVersion,
  noHabits,
  type SendingHabits,
} from './conversation.js';
import type { FetchedFile } from './fetched-file.js';
import { FileCheck, type Judgement } from './file-check.js';
import { aboutFile, type FileOutcome, proofOf } from './outcome.js';
import { fetchInParallel } from './parallel.js';
import { SegmentFetcher } from './segment-fetcher.js';
import { firstSegment, type Segment, SegmentTable } from './segments.js';
import { SourceKeeper } from './source-keeper.js';
import { ToldVersion } from './told-version.js';
import { isAtLeast, notAllWritten, requireLevel } from './verify.js';

/** Times a file may change, or arrive damaged, before it is given up. */
const mostRestarts = 3;
const mostConnections = 18;
/** Bytes. Thousands of small files that failed must not hold thousands of files open. */
const worthKeeping = 1024 * 1024;
/** Milliseconds for the storage to tell a checksum; the bytes do not wait longer for what only proves them better. */
const checksumWithin = 10_000;
/** Bytes that are read at once of what is in the browser already. */
const blobPiece = 4 * 1024 * 1024;

/** What was written can be read again before it takes the place of anything. */
const canReadBack = ({ facts, replaces, cannotReadBack }: Sink): boolean =>
  facts.seekable && replaces !== true && cannotReadBack !== true;

export interface FileDownloadOptions {
  readonly context: TransferContext;
  readonly entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  readonly flow: Flow;
  /** Knows where the bytes are. Default: one of its own. */
  readonly source?: SourceKeeper;
  /** The place for the bytes, when it is known already. */
  readonly sink?: Sink;
  /** What that place holds already of this version of the file. */
  readonly kept?: KeptContent;
  /** Told the size, and told again when the file changed meanwhile. */
  onSize?(size: number): void;
  /** Told what the storage answered first, once there is a place for the bytes. */
  onAnswer?(first: FirstAnswer): void;
  /** Finds the place for the bytes, once the size is known as far as it can be. */
  openSink(size: number | undefined, type: string): Promise<Sink>;
  /** Checksums wanted for purposes of the caller's; must be combinable. */
  readonly alsoCompute?: readonly ChecksumAlgorithm[];
  /** Weakest proof that is accepted. Default `none`. */
  readonly verify?: VerificationLevel;
  /** The size that the caller has promised to others; any other one is an error. */
  readonly promisedSize?: number;
}

/**
 * Brings one file to a sink. Keeps what it has between calls of {@link run}: a pause, a broken connection or an
 * expired URL costs no byte that is already written.
 */
export class FileDownload {
  readonly #options: FileDownloadOptions;
  readonly #context: TransferContext;
  readonly #path: string;
  readonly #source: SourceKeeper;
  readonly #check: FileCheck;
  readonly #fetcher: SegmentFetcher;
  #segments = new SegmentTable();
  #sink: Sink | undefined;
  #kept: KeptContent | undefined;
  readonly #habits: SendingHabits = noHabits();
  #talk: Conversation;
  readonly #told: ToldVersion;
  /** The sink is ready for the size that was learnt. */
  #opened = false;
  /** A write failed: what was hashed and what is written may differ. */
  #broken = false;
  #restarts = 0;
  #received = 0;
  /** All of it has come and is checked; what is left is to hand it over. */
  #whole: FileOutcome | undefined;
  /** Lets other requests join the first one. */
  #onKnown: (() => void) | undefined;

  constructor(options: FileDownloadOptions) {
    const { context, entry } = options;
    this.#options = options;
    this.#context = context;
    this.#path = entry.path;
    this.#sink = options.sink;
    this.#kept = options.kept;
    this.#source = options.source ?? new SourceKeeper(context, entry);
    this.#talk = this.#newTalk();
    this.#told = new ToldVersion(context, entry);
    this.#check = new FileCheck(
      context.hasher,
      habitsOf(context.adapter),
      entry.path,
      options.alsoCompute ?? [],
    );
    this.#fetcher = new SegmentFetcher(context, this.#source, options.flow, this.#asFetched());
  }

  #asFetched(): FetchedFile {
    const self = this;
    return {
      path: this.#path,
      habits: this.#habits,
      check: this.#check,
      get segments() {
        return self.#segments;
      },
      get talk() {
        return self.#talk;
      },
      get comparesSpeeds() {
        return self.#opened && self.#talk.first?.ranged === true;
      },
      begin: (source, first, control) => this.#begin(source, first, control),
      received: (bytes, control) => {
        this.#received += bytes;
        control.setSent(this.#received);
      },
      write: (segment, bytes, control) => this.#write(segment, bytes, control),
      ended: segment => this.#ended(segment),
    };
  }

  /** Rejects with the signal's reason when paused or cancelled; call again to go on. */
  async run(control: ItemControl): Promise<FileOutcome> {
    const stop = (): void => {
      // What takes no bytes, a browser that asks where to save them for one, would hold a cancel up for ever.
      if (control.stopped === 'cancel' && this.#sink?.facts.seekable === false) void this.#sink.abort();
    };
    control.signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#runOrRestart(control);
    } finally {
      control.signal.removeEventListener('abort', stop);
    }
  }

  async #runOrRestart(control: ItemControl): Promise<FileOutcome> {
    for (;;) {
      try {
        return await this.#runOnce(control);
      } catch (error) {
        if (control.signal.aborted) throw control.signal.reason;
        if (!(error instanceof TransferError) || error.kind !== 'restart') throw error;
        if (++this.#restarts > mostRestarts || (this.#opened && this.#sink?.facts.seekable === false)) {
          throw this.#final(error);
        }
        this.#forget();
        this.#source.forget();
        await this.#sink?.clear?.();
      }
    }
  }

  /** Going on with what is written saves more than it takes to fetch that again. */
  get isWorthKeeping(): boolean {
    // A browser that saves it while it comes would show it under way for as long as nobody tries again.
    const canWait = this.#sink?.facts.seekable !== false;
    return canWait && !this.#broken && this.#segments.written >= worthKeeping;
  }

  /** Nothing of it has to be fetched any more: what failed was to put it into its place. */
  get isWhole(): boolean {
    return this.#whole !== undefined;
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.#sink?.abort();
    this.#sink = undefined;
    this.#kept = undefined;
    this.#forget();
  }

  async #runOnce(control: ItemControl): Promise<FileOutcome> {
    this.#whole ??= await this.#fetchWhole(control);
    return this.#handOver(this.#whole, control);
  }

  async #fetchWhole(control: ItemControl): Promise<FileOutcome> {
    const { signal } = control;
    if (this.#broken) this.#forget();
    const source = await retrying(
      () => this.#source.current(signal),
      this.#fetcher.retryOptions(control, signal),
    );
    if (source.kind === 'blob') await this.#copyBlob(source, control);
    else {
      if (this.#kept !== undefined) await this.#takeUp(source, this.#kept, control);
      await this.#fetchAll(control);
    }
    try {
      return await this.#complete(control);
    } catch (error) {
      // What was hashed cannot be hashed on: whatever went wrong at the end, the next run begins anew.
      if (!(error instanceof TransferError) || error.kind !== 'restart') await this.discard();
      throw error;
    }
  }

  #final(error: TransferError): TransferError {
    return new TransferError(error.message, {
      kind: 'fatal',
      reason: error.reason,
      path: this.#path,
      cause: error,
    });
  }

  #newTalk(): Conversation {
    return new Conversation(this.#options.entry, this.#habits, () => this.#context.clock.now());
  }

  #forget(): void {
    this.#segments = new SegmentTable();
    this.#check.reset();
    this.#talk = this.#newTalk();
    this.#whole = undefined;
    this.#opened = false;
    this.#broken = false;
    this.#received = 0;
  }

  /** Goes on where an earlier page ended. */
  async #takeUp(source: UrlSource, kept: KeptContent, control: ItemControl): Promise<void> {
    if (source.ranges === 'no') {
      this.#kept = undefined;
      return;
    }
    const first = this.#talk.resumed(source, kept.size, kept.etag);
    await this.#learn(source, first, kept.etag, control);
    // Not before: a pause meanwhile must not cost what is there.
    this.#kept = undefined;
    const mayReadBack = this.#sink !== undefined && canReadBack(this.#sink);
    // What was written before cannot be hashed with the rest any more: all of it comes again.
    if (!mayReadBack && this.#check.needsOrder) return;
    await this.#check.prepare(false, mayReadBack);
    this.#alignToParts();
    this.#segments.restore(kept.size, kept.stretches);
    this.#talk.begin(first);
    this.#opened = true;
    this.#options.onSize?.(kept.size);
    this.#received = this.#segments.written;
    control.setAcknowledged(this.#segments.written);
  }

  // ── Fetching ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The first segment finds out how the storage answers; the others join it as soon as that is known. */
  async #fetchAll(control: ItemControl): Promise<void> {
    await fetchInParallel({
      segments: this.#segments,
      workers: () => this.#workers(),
      inOrder: () => this.#sink?.facts.seekable === false,
      ...(this.#opened ? {} : { whenKnown: join => (this.#onKnown = join) }),
      signal: control.signal,
      fetch: (segment, signal) => this.#fetcher.fetch(segment, control, signal),
    });
  }

  #workers(): number {
    const source = this.#source.known;
    if (this.#talk.first?.ranged !== true || this.#check.needsBytesInOrder || source?.kind !== 'url')
      return 1;
    return Math.max(
      1,
      Math.min(this.#context.scheduler.capacity(this.#source.origins(source)), mostConnections),
    );
  }

  #keepPromise(size: number | undefined): void {
    const { promisedSize } = this.#options;
    if (promisedSize === undefined || size === promisedSize) return;
    throw this.#final(this.#habits.encoded ? encodedRange(this.#path) : changedRemote(this.#path));
  }

  /** Makes ready for what the first answer said. */
  async #begin(source: UrlSource, first: FirstAnswer, control: ItemControl): Promise<void> {
    const { entry, onSize } = this.#options;
    const { total, headers, etag, ranged } = first;
    this.#keepPromise(total);
    if (total !== undefined) {
      this.#segments.setTotal(total);
      onSize?.(total);
    }
    await this.#learn(source, first, etag ?? source.etag ?? entry.etag, control);
    if (ranged) this.#alignToParts();
    const inOneGo = !ranged || this.#segments.inOrder()[0]!.end === total;
    // Before a byte is written: what was listed long ago may have changed since.
    if (!inOneGo && !namesVersion(first)) {
      await this.#told.compare(control.signal);
      if (!this.#told.namesVersion && this.#check.lacksChecksum) {
        this.#habits.unnamed = true;
        throw unnamedVersion(this.#path);
      }
    }
    await this.#open(total, source.type ?? headers['content-type'] ?? entry.type ?? '', inOneGo);
    this.#talk.begin(first);
    this.#options.onAnswer?.(first);
    this.#onKnown?.();
    this.#onKnown = undefined;
  }

  /** Finds out what to check against; the storage is asked for it only where that is worth a request. */
  async #learn(
    source: UrlSource,
    first: FirstAnswer,
    etag: string | undefined,
    control: ItemControl,
  ): Promise<void> {
    const { total } = first;
    await this.#check.learn({ ...first, etag });
    if (!this.#check.lacksChecksum || total === undefined || total <= firstSegment) return;
    if (this.#habits.encoded) return;
    const signal = AbortSignal.any([control.signal, AbortSignal.timeout(checksumWithin)]);
    const found = await source.wholeChecksums?.(total, { signal }).catch(() => undefined);
    control.signal.throwIfAborted();
    // Of another version they would be wrong.
    if (found === undefined || (found.etag ?? etag) !== etag) return;
    const said = [...first.said, ...found.checksums];
    const { partSize, confirmPartSize } = found;
    await this.#check.learn({ ...first, etag, said, partSize, confirmPartSize });
  }

  #alignToParts(): void {
    const { partSize } = this.#check;
    if (partSize !== undefined) this.#segments.alignTo(partSize);
  }

  async #open(total: number | undefined, type: string, inOneGo: boolean): Promise<void> {
    this.#sink ??= await this.#options.openSink(total, type);
    await this.#sink.open(total);
    if (!this.#sink.facts.seekable) this.#segments.inOrderOnly();
    const mayReadBack = canReadBack(this.#sink);
    await this.#check.prepare(inOneGo || !mayReadBack, mayReadBack);
    this.#opened = true;
  }

  async #write(
    segment: Segment,
    bytes: Uint8Array<ArrayBuffer>,
    control: ItemControl,
  ): Promise<ArrayBuffer | undefined> {
    const { length } = bytes;
    const position = segment.start + segment.written;
    // Hashed first: the sink takes the buffer away. After a failed write nothing can be hashed on.
    this.#check.update(segment, bytes);
    const spare = await this.#sink!.write(position, bytes).catch((error: unknown) => {
      this.#broken = true;
      throw error;
    });
    this.#segments.wrote(segment, length);
    this.#received = Math.max(this.#received, this.#segments.written);
    control.setAcknowledged(this.#segments.written);
    return spare;
  }

  #ended(segment: Segment): void {
    this.#check.endSegment(segment);
    const { first } = this.#talk;
    // Only a strong validator tells later whether these bytes are still part of the same file.
    if (first?.ranged !== true || first.total === undefined || !isStrong(first.etag)) return;
    this.#sink?.keep?.({ size: first.total, etag: first.etag!, stretches: this.#segments.finished() });
  }

  // ── Bytes that are in the browser already ───────────────────────────────────────────────────────────────────────

  async #copyBlob(source: Extract<DownloadSource, { kind: 'blob' }>, control: ItemControl): Promise<void> {
    const { blob, checksums = [], etag } = source;
    if (!this.#opened) {
      this.#keepPromise(blob.size);
      this.#segments.setTotal(blob.size);
      this.#options.onSize?.(blob.size);
      await this.#check.learn({ said: checksums, inHeaders: [], etag, total: blob.size });
      await this.#open(blob.size, blob.type, true);
      const segment = this.#segments.take(1)!;
      this.#segments.takeAllInOne(segment);
      await this.#check.beginSegment(segment);
    }
    control.setState('active');
    const segment = this.#segments.inOrder()[0]!;
    while (segment.written < blob.size) {
      control.signal.throwIfAborted();
      const isAll = segment.written === 0 && blob.size <= blobPiece;
      // Each slice is one more thing that the browser holds, and an archive may have a hundred thousand members.
      const piece = isAll ? blob : blob.slice(segment.written, segment.written + blobPiece);
      await this.#write(segment, new Uint8Array(await piece.arrayBuffer()), control);
    }
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async #complete(control: ItemControl): Promise<FileOutcome> {
    control.setState('finishing');
    const sink = this.#sink!;
    const size = this.#segments.written;
    // Nobody knew before, or what was known is the size of a compressed form.
    if (this.#talk.first?.total === undefined) this.#options.onSize?.(size);
    const checksums = await this.#check.computed(this.#segments.inOrder());
    let judgement = this.#check.judge(checksums);
    const isProven = typeof judgement === 'object' && isAtLeast(judgement, 'checksum');
    const isDoubtful = this.#talk.isUnproven || this.#isOfOtherSize(size);
    const told = isDoubtful && !isProven ? await this.#told.compare(control.signal) : undefined;
    if (told !== undefined && this.#isOfOtherSize(size) && told !== size) throw otherLength(this.#path);
    // Judged before the file gets its name, wherever that is possible.
    let verified =
      judgement === 'read-back' ? undefined : await this.#accept(judgement, checksums, size, control);
    const content = await sink.close();
    if (content !== undefined && content.size !== size) throw notAllWritten(this.#path);
    if (judgement === 'read-back' && content === undefined) judgement = 'weak';
    if (verified === undefined && content !== undefined) {
      checksums.push(await this.#check.readBack(content, control.signal));
      judgement = this.#check.judge(checksums);
    }
    verified ??= await this.#accept(judgement, checksums, size, control);
    const about = aboutFile(this.#talk, this.#source.known, this.#options.entry);
    return { size, checksums, verified, content, savedAs: undefined, ...about };
  }

  /** The one answer has told another size than the adapter: it may be cut, or what is known may be old. */
  #isOfOtherSize(size: number): boolean {
    const source = this.#source.known;
    if (source?.kind !== 'url' || this.#talk.first?.ranged !== false || this.#habits.encoded) return false;
    const known = this.#talk.knownSize(source);
    return known !== undefined && known !== size;
  }

  async #handOver(whole: FileOutcome, control: ItemControl): Promise<FileOutcome> {
    control.setState('finishing');
    const sink = this.#sink!;
    const savedAs = await sink.deliver(control.signal);
    return { ...whole, content: sink.delivered ?? whole.content, savedAs };
  }

  /** Throws when the bytes are wrong, or proven less well than the page demands. */
  async #accept(
    judgement: Judgement,
    checksums: readonly Checksum[],
    size: number,
    { signal }: ItemControl,
  ): Promise<Verification> {
    if (judgement === 'damaged') await this.#check.damaged(checksums, signal);
    const verified = proofOf(judgement, size, this.#talk, this.#source.known);
    requireLevel(verified, this.#options.verify ?? 'none', this.#path);
    return verified;
  }
}
