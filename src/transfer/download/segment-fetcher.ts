import { TransferError } from '../../core/errors.js';
import { within } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../job.js';
import { type RetryOptions, retrying } from '../retry.js';
import type { Flow } from '../scheduler.js';
import { originOf, signingKey, signWithin, unreachableError } from '../transfer-errors.js';
import { changedRemote, type UrlSource } from './answers.js';
import type { Accepted, FirstAnswer } from './conversation.js';
import type { FetchedFile } from './fetched-file.js';
import { PieceBuffers } from './piece-buffers.js';
import { receiveBody, type WatchedReceipt } from './receive.js';
import { type OpenRequest, openRequest } from './request.js';
import type { Segment } from './segments.js';
import { SlowConnections } from './slow-connections.js';
import type { SourceKeeper } from './source-keeper.js';

/** Losses that say something about the link. */
const linkReasons = new Set(['network', 'incomplete', 'stalled', 'timeout', 'rate-limited']);

/** Bytes that are written at once where connections break off before a usual piece is full. */
const smallPiece = 16 * 1024;

/** Times one segment may move to another connection. A link may simply be uneven. */
const mostReplacements = 3;

/** Then the adapter is asked whether the network is there at all. */
const mostUnanswered = 6;

const isNetworkLoss = (error: unknown): boolean =>
  error instanceof TransferError && error.reason === 'network';

/** Fetches the segments of one file, each over one connection at a time, as often as it takes. */
export class SegmentFetcher {
  readonly #context: TransferContext;
  readonly #source: SourceKeeper;
  readonly #flow: Flow;
  readonly #file: FetchedFile;
  readonly #connections: SlowConnections;
  readonly #buffers = new PieceBuffers();
  readonly #replacements = new WeakMap<Segment, number>();
  /** Nothing of what a connection had brought was written when it broke off. */
  readonly #barren = new WeakSet<Segment>();
  /** Requests under way. */
  #active = 0;
  /** First requests for a range that brought no answer, while the whole could be asked for. */
  #rangesUnanswered = 0;
  /** Requests that were lost before any was answered. */
  #unanswered = 0;

  constructor(context: TransferContext, source: SourceKeeper, flow: Flow, file: FetchedFile) {
    this.#context = context;
    this.#source = source;
    this.#flow = flow;
    this.#file = file;
    this.#connections = new SlowConnections(context.clock);
  }

  /** How failures of requests for this file, and for its URL, are met. */
  retryOptions(control: ItemControl, signal: AbortSignal, segment?: Segment): RetryOptions {
    const { adapter, clock, connectivity } = this.#context;
    let failed: string | undefined;
    return {
      signal,
      clock,
      connectivity,
      inspect: async error => {
        const source = this.#source.known;
        if (this.#source.brokeOff(error)) failed = signingKey(adapter);
        else failed = source?.kind === 'url' ? originOf(source.url) : undefined;
        if (!(await this.#isShut(error, signal))) return error;
        const { message, reason } = unreachableError(failed, error);
        return new TransferError(message, { kind: 'fatal', reason, cause: error, path: this.#file.path });
      },
      origin: () => failed,
      ...(segment === undefined ? {} : { progressMark: () => segment.written }),
      onWaiting: (error, nextTry) => {
        // While other ranges move, the file as a whole does not wait.
        if (this.#active === 0) control.setState('waiting', error, nextTry);
      },
      onResumed: () => control.setState('active'),
    };
  }

  /**
   * Whether what looks like a lost connection is an answer that this page may not read, as behind a redirect into a
   * storage that does not know this site: no request ever got one, while the adapter's own calls do.
   */
  async #isShut(error: TransferError, signal: AbortSignal): Promise<boolean> {
    const { adapter, connectivity } = this.#context;
    const { talk, path } = this.#file;
    if (!isNetworkLoss(error) || this.#source.brokeOff(error)) return false;
    if (talk.first !== undefined || !connectivity.online) return false;
    this.#unanswered += 1;
    if (this.#unanswered < mostUnanswered || adapter.stat === undefined) return false;
    const asking = adapter.stat(path, { signal });
    const late = (): Error => new Error('late');
    return within(asking, signWithin, late).then(
      () => true,
      () => false,
    );
  }

  /** Resolves when all of `segment` is written. Whatever it rejects with, the segment can be fetched on. */
  async fetch(segment: Segment, control: ItemControl, signal: AbortSignal): Promise<void> {
    const options = this.retryOptions(control, signal, segment);
    try {
      while (!(await retrying(() => this.#attempt(segment, control, signal), options)));
    } catch (error) {
      this.#file.segments.giveBack(segment);
      throw error;
    }
  }

  async #urlSource(signal: AbortSignal): Promise<UrlSource> {
    const source = await this.#source.current(signal);
    if (source.kind !== 'url') throw changedRemote(this.#file.path);
    return source;
  }

  /** Resolves to false when the connection was given up for another one. */
  async #attempt(segment: Segment, control: ItemControl, signal: AbortSignal): Promise<boolean> {
    const { scheduler, pacer, connectivity, connectionsPerOrigin } = this.#context;
    const size = segment.end - segment.start - segment.written;
    if (segment.written > 0 && size <= 0) return true;
    const bytes = Number.isFinite(size) ? size : 0;
    const planned = await this.#urlSource(signal);
    const turn = await pacer.take(bytes, signal);
    const before = segment.written;
    const lease = await scheduler
      .acquire({
        origins: this.#source.origins(planned),
        signal,
        flow: this.#flow,
        ...(connectionsPerOrigin === undefined ? {} : { ceiling: connectionsPerOrigin }),
      })
      .catch(error => {
        turn.giveBack(bytes);
        throw error;
      });
    let lost = false;
    this.#active += 1;
    try {
      // The wait for a connection may have outlived the signature.
      const source = await this.#urlSource(signal);
      try {
        return await this.#replaceable(segment, source, lease.origin, control, signal);
      } catch (error) {
        if (isNetworkLoss(error) && this.#file.talk.first === undefined) {
          await this.#tryWithoutRange(source, lease.origin, signal);
        }
        throw error;
      }
    } catch (error) {
      if (error instanceof TransferError) {
        if (error.reason === 'incomplete' && segment.written === before) this.#barren.add(segment);
        lost = linkReasons.has(error.reason) && !signal.aborted && connectivity.online;
        if (lost && error.retryAfter !== undefined) scheduler.brake(lease.origin, error.retryAfter);
      }
      throw error;
    } finally {
      this.#active -= 1;
      turn.giveBack(bytes - (segment.written - before));
      lease.release({ bytes: segment.written - before, lost });
    }
  }

  /**
   * Chromium calls it a lost connection when an encoded form comes in ranges, because it cannot decode them. Where the
   * whole is answered and a range is not, twice, that is the reason.
   */
  async #tryWithoutRange(source: UrlSource, origin: string, signal: AbortSignal): Promise<void> {
    const { clock, connectivity } = this.#context;
    if (!connectivity.online || !this.#file.talk.asksForRange(source)) return;
    try {
      const url = this.#source.urlAt(origin, source);
      const request = await openRequest({ url, source, signal, clock });
      const { ok } = request.response;
      request.close();
      if (!ok) return;
      connectivity.prove(origin);
      this.#rangesUnanswered += 1;
      if (this.#rangesUnanswered > 1) this.#file.habits.encoded = true;
    } catch {
      // The connection is lost, as was said.
    }
  }

  /** Sends the request; ends it when it turns out much slower than the others of this file. */
  async #replaceable(
    segment: Segment,
    source: UrlSource,
    origin: string,
    control: ItemControl,
    signal: AbortSignal,
  ): Promise<boolean> {
    const own = new AbortController();
    const stop = (): void => own.abort(signal.reason);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const replaced = this.#replacements.get(segment) ?? 0;
    let slow = false;
    const connection = this.#connections.begin(
      () => segment.end - segment.start - segment.written,
      () => {
        if (!this.#file.comparesSpeeds || replaced >= mostReplacements) return;
        slow = true;
        this.#replacements.set(segment, replaced + 1);
        own.abort();
      },
    );
    let well = false;
    try {
      await this.#transmit(segment, source, origin, control, own.signal, {
        received: bytes => this.#connections.received(connection, bytes),
        waits: () => this.#connections.waits(connection),
      });
      well = true;
      return true;
    } catch (error) {
      if (!slow || signal.aborted || !own.signal.aborted || error !== own.signal.reason) throw error;
      return false;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#connections.end(connection, well);
    }
  }

  /** A place for the bytes may have to be waited for, which is no silence of the connection's. */
  async #begin(
    request: OpenRequest,
    source: UrlSource,
    learnt: FirstAnswer,
    control: ItemControl,
  ): Promise<void> {
    const goOn = request.pause();
    try {
      await this.#file.begin(source, learnt, control);
    } finally {
      goOn();
    }
  }

  /** Asks for what is missing of `segment`, and resolves when an answer of use begins. */
  async #ask(
    segment: Segment,
    source: UrlSource,
    origin: string,
    signal: AbortSignal,
  ): Promise<Accepted & { readonly request: OpenRequest; readonly url: string }> {
    const { clock, connectivity } = this.#context;
    const { talk } = this.#file;
    const url = this.#source.urlAt(origin, source);
    const { end } = segment;
    const start = segment.start + segment.written;
    let request: OpenRequest | undefined;
    try {
      const range = talk.asksForRange(source) ? { range: { start, end } } : {};
      request = await openRequest({ url, source, signal, clock, ...range });
      connectivity.prove(origin);
      const accepted = await talk.accept(request.response, source, start, end);
      this.#source.answered(url, request.response);
      return { request, url, ...accepted };
    } catch (error) {
      request?.close();
      throw signal.aborted ? error : this.#source.failed(error, url, source);
    }
  }

  async #transmit(
    segment: Segment,
    source: UrlSource,
    origin: string,
    control: ItemControl,
    signal: AbortSignal,
    watched: WatchedReceipt,
  ): Promise<void> {
    const { clock } = this.#context;
    const { segments, check } = this.#file;
    const position = segment.start + segment.written;
    const asked = segment.end;
    const began = clock.now();
    this.#source.used(source);
    control.setState('active');
    const { request, url, skip, learnt, inHeaders } = await this.#ask(segment, source, origin, signal);
    try {
      if (learnt === undefined) check.compare(inHeaders);
      else await this.#begin(request, source, learnt, control);
      if (learnt?.ranged === false) segments.takeAllInOne(segment);
      const size = segment.end - position;
      // Then what comes after its end was asked for, and says nothing.
      const isCut = segment.end < Math.min(asked, segments.total);
      await receiveBody({
        file: this.#file,
        buffers: this.#buffers,
        segment,
        request,
        skip,
        piece: this.#barren.has(segment) ? smallPiece : undefined,
        isFirst: learnt !== undefined && !isCut,
        control,
        watched,
      });
      segments.measured(size, clock.now() - began);
    } catch (error) {
      if (error instanceof TransferError && linkReasons.has(error.reason)) this.#source.brokeOffAt(url);
      throw error;
    } finally {
      request.close();
    }
  }
}
