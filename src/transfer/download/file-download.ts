import type { DownloadSource } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm, Verification, VerificationLevel } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../job.js';
import { habitsOf } from '../link.js';
import { type RetryOptions, retrying } from '../retry.js';
import type { Flow } from '../scheduler.js';
import type { Sink } from '../sinks/sink.js';
import { originOf } from '../transfer-errors.js';
import { changedRemote, type UrlSource } from './answers.js';
import { Conversation, type FirstAnswer } from './conversation.js';
import { FileCheck, type Judgement } from './file-check.js';
import { fetchInParallel } from './parallel.js';
import { pump } from './pump.js';
import { type OpenRequest, openRequest } from './request.js';
import { type Segment, SegmentTable } from './segments.js';
import { originsOf, SourceKeeper, urlsOf } from './source-keeper.js';
import { requireLevel } from './verify.js';

/** Times a file may change, or arrive damaged, before it is given up. */
const mostRestarts = 3;
const mostConnections = 18;
/** Losses that say something about the link. */
const linkReasons = new Set(['network', 'stalled', 'timeout', 'rate-limited']);

export interface FileDownloadOptions {
  readonly context: TransferContext;
  readonly entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  readonly flow: Flow;
  /** The place for the bytes, when it is known already. */
  readonly sink?: Sink;
  /** Told the size, and told again when the file changed meanwhile. */
  onSize?(size: number): void;
  /** Finds the place for the bytes, once the size is known as far as it can be. */
  openSink(size: number | undefined, type: string): Promise<Sink>;
  /** Checksums wanted for purposes of the caller's; must be combinable. */
  readonly alsoCompute?: readonly ChecksumAlgorithm[];
  /** Weakest proof that is accepted. Default `none`. */
  readonly verify?: VerificationLevel;
  /** The size that the caller has promised to others; any other one is an error. */
  readonly promisedSize?: number;
}

export interface FileOutcome {
  readonly size: number;
  readonly etag: string | undefined;
  readonly version: string | undefined;
  readonly checksums: readonly Checksum[];
  readonly verified: Verification;
  readonly response:
    | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
    | undefined;
  readonly content: Blob | undefined;
  readonly savedAs: string | undefined;
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
  #segments = new SegmentTable();
  #sink: Sink | undefined;
  #talk: Conversation;
  /** The sink is ready for the size that was learnt. */
  #opened = false;
  #broken = false;
  #restarts = 0;
  #received = 0;
  /** Requests under way. */
  #active = 0;

  constructor(options: FileDownloadOptions) {
    const { context, entry } = options;
    this.#options = options;
    this.#context = context;
    this.#path = entry.path;
    this.#sink = options.sink;
    this.#source = new SourceKeeper(context, entry);
    this.#talk = this.#newTalk();
    this.#check = new FileCheck(
      context.hasher,
      habitsOf(context.adapter),
      entry.path,
      options.alsoCompute ?? [],
    );
  }

  /** Rejects with the signal's reason when paused or cancelled; call again to go on. */
  async run(control: ItemControl): Promise<FileOutcome> {
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
      }
    }
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.#sink?.abort();
    this.#sink = undefined;
    this.#forget();
  }

  async #runOnce(control: ItemControl): Promise<FileOutcome> {
    const { signal } = control;
    if (this.#broken) this.#forget();
    const source = await retrying(() => this.#source.current(signal), this.#retryOptions(control, signal));
    if (source.kind === 'blob') await this.#copyBlob(source, control);
    else await this.#fetchAll(control);
    try {
      return await this.#finish(control);
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
    return new Conversation(this.#options.entry, () => this.#context.clock.now());
  }

  #forget(): void {
    this.#segments = new SegmentTable();
    this.#check.reset();
    this.#talk = this.#newTalk();
    this.#opened = false;
    this.#broken = false;
    this.#received = 0;
  }

  // ── Fetching ────────────────────────────────────────────────────────────────────────────────────────────────────

  #retryOptions(control: ItemControl, signal: AbortSignal, segment?: Segment): RetryOptions {
    const { clock, connectivity } = this.#context;
    return {
      signal,
      clock,
      connectivity,
      origin: () => {
        const source = this.#source.known;
        return source?.kind === 'url' ? originOf(source.url) : undefined;
      },
      ...(segment === undefined ? {} : { progressMark: () => segment.written }),
      onWaiting: (error, milliseconds) => {
        // While other ranges move, the file as a whole does not wait.
        if (this.#active === 0 && milliseconds > 0) control.setState('waiting', error);
      },
      onResumed: () => control.setState('active'),
    };
  }

  /** The first segment finds out how the storage answers; the others follow in parallel. */
  async #fetchAll(control: ItemControl): Promise<void> {
    if (!this.#opened) await this.#fetchSegment(this.#segments.take(1)!, control, control.signal);
    await fetchInParallel({
      segments: this.#segments,
      workers: this.#workers(),
      inOrder: this.#sink?.facts.seekable === false,
      signal: control.signal,
      fetch: (segment, signal) => this.#fetchSegment(segment, control, signal),
    });
  }

  #workers(): number {
    const source = this.#source.known;
    if (this.#talk.first?.ranged !== true || this.#check.needsBytesInOrder || source?.kind !== 'url')
      return 1;
    return Math.max(1, Math.min(this.#context.scheduler.capacity(originsOf(source)), mostConnections));
  }

  async #fetchSegment(segment: Segment, control: ItemControl, signal: AbortSignal): Promise<void> {
    try {
      await retrying(
        () => this.#attempt(segment, control, signal),
        this.#retryOptions(control, signal, segment),
      );
    } catch (error) {
      this.#segments.giveBack(segment);
      throw error;
    }
  }

  async #urlSource(signal: AbortSignal): Promise<UrlSource> {
    const source = await this.#source.current(signal);
    if (source.kind !== 'url') throw changedRemote(this.#path);
    return source;
  }

  async #attempt(segment: Segment, control: ItemControl, signal: AbortSignal): Promise<void> {
    const { scheduler, pacer, connectivity, connectionsPerOrigin } = this.#context;
    const size = segment.end - segment.start - segment.written;
    if (segment.written > 0 && size <= 0) return;
    const bytes = Number.isFinite(size) ? size : 0;
    const planned = await this.#urlSource(signal);
    await pacer.take(bytes, signal);
    const lease = await scheduler.acquire({
      origins: originsOf(planned),
      size: bytes,
      signal,
      flow: this.#options.flow,
      ...(connectionsPerOrigin === undefined ? {} : { ceiling: connectionsPerOrigin }),
    });
    const before = segment.written;
    let lost = false;
    this.#active += 1;
    try {
      // The wait for a connection may have outlived the signature.
      const source = await this.#urlSource(signal);
      try {
        await this.#transmit(segment, source, lease.origin, control, signal);
      } catch (error) {
        if (error instanceof TransferError && error.kind === 're-sign') this.#source.refused(source);
        throw error;
      }
    } catch (error) {
      if (error instanceof TransferError) {
        lost = linkReasons.has(error.reason) && !signal.aborted && connectivity.online;
        if (lost && error.retryAfter !== undefined) scheduler.brake(lease.origin, error.retryAfter);
      }
      throw error;
    } finally {
      this.#active -= 1;
      lease.release({ bytes: segment.written - before, lost });
    }
  }

  async #transmit(
    segment: Segment,
    source: UrlSource,
    origin: string,
    control: ItemControl,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, connectivity } = this.#context;
    const position = segment.start + segment.written;
    const began = clock.now();
    this.#source.used(source);
    control.setState('active');
    const request = await openRequest({
      url: urlsOf(source).find(url => originOf(url) === origin) ?? source.url,
      source,
      signal,
      clock,
      ...(this.#talk.asksForRange(source) ? { range: { start: position, end: segment.end } } : {}),
    });
    try {
      connectivity.prove(origin);
      const { skip, learnt, inHeaders } = await this.#talk.accept(
        request.response,
        source,
        position,
        segment.end,
      );
      if (learnt === undefined) this.#check.compare(inHeaders);
      else await this.#begin(source, learnt);
      if (learnt?.ranged === false) this.#segments.takeAllInOne(segment);
      const size = segment.end - position;
      await this.#receive(segment, request, skip, control);
      this.#segments.measured(size, clock.now() - began);
    } finally {
      request.close();
    }
  }

  /** Makes ready for what the first answer said. */
  async #begin(source: UrlSource, first: FirstAnswer): Promise<void> {
    const { promisedSize, entry, onSize } = this.#options;
    const { total, headers, etag, ranged } = first;
    if (promisedSize !== undefined && total !== undefined && total !== promisedSize) {
      throw this.#final(changedRemote(this.#path));
    }
    if (total !== undefined) {
      this.#segments.setTotal(total);
      onSize?.(total);
    }
    await this.#check.learn({ ...first, etag: etag ?? source.etag ?? entry.etag });
    const inOneGo = !ranged || this.#segments.inOrder()[0]!.end === total;
    await this.#open(total, source.type ?? headers['content-type'] ?? entry.type ?? '', inOneGo);
    this.#talk.begin(first);
  }

  async #open(total: number | undefined, type: string, inOneGo: boolean): Promise<void> {
    this.#sink ??= await this.#options.openSink(total, type);
    await this.#sink.open(total);
    await this.#check.prepare(inOneGo || !this.#sink.facts.seekable);
    this.#opened = true;
  }

  async #receive(segment: Segment, request: OpenRequest, skip: number, control: ItemControl): Promise<void> {
    const { response } = request;
    const limit = skip + segment.end - (segment.start + segment.written);
    if (segment.hashes.length === 0 && segment.written === 0) await this.#check.beginSegment(segment);
    if (limit === 0 || response.status === 416 || response.body === null) return;
    let passOver = skip;
    const { ended } = await request.guard(() =>
      pump(response.body as ReadableStream<Uint8Array<ArrayBuffer>>, {
        limit,
        onReceived: bytes => {
          request.alive();
          this.#received += bytes;
          control.setSent(this.#received);
        },
        write: async piece => {
          const wanted = piece.subarray(Math.min(passOver, piece.length));
          passOver -= piece.length - wanted.length;
          if (wanted.length === 0) return piece.buffer;
          request.pause();
          try {
            return await this.#write(segment, wanted, control);
          } finally {
            request.alive();
          }
        },
      }),
    );
    if (ended && segment.end === Number.POSITIVE_INFINITY) {
      this.#segments.setTotal(segment.start + segment.written);
    }
    if (segment.start + segment.written >= segment.end) return;
    // Counted by us: whatever the browser thinks, a body that is too short is no success.
    throw new TransferError('The connection ended before all bytes had come. The rest is fetched again.', {
      kind: 'retry',
      reason: 'incomplete',
      path: this.#path,
    });
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
    segment.written += length;
    this.#received = Math.max(this.#received, this.#segments.written);
    control.setAcknowledged(this.#segments.written);
    return spare;
  }

  // ── Bytes that are in the browser already ───────────────────────────────────────────────────────────────────────

  async #copyBlob(source: Extract<DownloadSource, { kind: 'blob' }>, control: ItemControl): Promise<void> {
    const { blob, checksums = [], etag } = source;
    if (!this.#opened) {
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
      const piece = blob.slice(segment.written, segment.written + 4 * 1024 * 1024);
      await this.#write(segment, new Uint8Array(await piece.arrayBuffer()), control);
    }
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async #finish(control: ItemControl): Promise<FileOutcome> {
    control.setState('finishing');
    const sink = this.#sink!;
    const size = this.#segments.written;
    const checksums = this.#check.computed(this.#segments.inOrder());
    let judgement = this.#check.judge(checksums);
    if (judgement === 'damaged') this.#check.damaged(checksums);
    const content = await sink.close();
    if (judgement === 'read-back' && content !== undefined) {
      checksums.push(await this.#check.readBack(content, control.signal));
      judgement = this.#check.judge(checksums);
      if (judgement === 'damaged') this.#check.damaged(checksums);
    }
    const verified = this.#proof(judgement, size);
    requireLevel(verified, this.#options.verify ?? 'none', this.#path);
    const savedAs = await sink.deliver();
    const source = this.#source.known;
    const version = source?.kind === 'url' ? source.version : undefined;
    const { first } = this.#talk;
    const etag = first?.etag ?? source?.etag ?? this.#options.entry.etag;
    const response = first && { status: first.status, headers: first.headers };
    return { size, etag, version, checksums, verified, response, content, savedAs };
  }

  #proof(judgement: Judgement, size: number): Verification {
    if (typeof judgement === 'object') return judgement;
    if (this.#talk.commonEtag !== undefined && this.#segments.total === size)
      return { level: 'etag', by: 'page' };
    const { first } = this.#talk;
    const source = this.#source.known;
    const said = source?.kind === 'url' ? this.#talk.knownSize(source) : size;
    const counted = first?.total !== undefined;
    return { level: counted || said === size ? 'size' : 'none', by: 'page' };
  }
}
