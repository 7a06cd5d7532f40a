import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import { withSinkErrors } from './errors.js';
import type { Sink, SinkFacts } from './sink.js';

/** The stream may write to a disk, but only the page knows what. */
const target = 'this download';

/** The bytes that went into a stream cannot be taken back, so a file cannot begin again in it. */
const cannotGoBack = () =>
  new TransferError(
    'What was written cannot be written again to this target, so the download cannot go on. Start it anew.',
    { kind: 'fatal', reason: 'incomplete' },
  );

export const streamFacts: SinkFacts = {
  seekable: false,
  canResume: true,
  canVerify: true,
  survivesReload: false,
  survivesTabClose: false,
  needsClick: false,
  copiesTwice: false,
};

/**
 * The same bytes in a buffer that nothing else refers to. Firefox's readers hold on to the one that they have filled
 * until it looks for what the page and the engine hold of each other, seconds later: 500 MiB on a fast link.
 */
function letGo(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { byteOffset, length } = bytes;
  const buffer: ArrayBuffer & { transfer?(): ArrayBuffer } = bytes.buffer;
  // Safari before 17.4 has no way to do it.
  return buffer.transfer ? new Uint8Array(buffer.transfer(), byteOffset, length) : bytes;
}

/**
 * A `WritableStream` of the page's. Takes bytes in order and at its own pace: who writes what comes next waits for
 * the stream; pieces that come before their turn are kept (the engine limits how far ahead it fetches).
 */
export class StreamSink implements Sink {
  readonly facts = streamFacts;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Bytes before this position were handed to the stream. */
  #frontier = 0;
  readonly #early = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #givenUp = new AbortController();

  readonly #passOn: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

  /** @param isOwn the stream gives the buffers away by itself; else nothing may refer to what the page gets */
  constructor(stream: WritableStream<Uint8Array>, isOwn = false) {
    this.#passOn = isOwn ? bytes => bytes : letGo;
    this.#writer = stream.getWriter();
    this.#writer.closed.catch(() => {});
  }

  async open(): Promise<void> {}

  async write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<undefined> {
    if (position < this.#frontier) throw cannotGoBack();
    this.#early.set(position, bytes);
    for (
      let next = this.#early.get(this.#frontier);
      next !== undefined;
      next = this.#early.get(this.#frontier)
    ) {
      this.#early.delete(this.#frontier);
      this.#frontier += next.length;
      const bytes = this.#passOn(next);
      await withSinkErrors(target, async () => {
        await abortable(this.#writer.ready, this.#givenUp.signal);
        await abortable(this.#writer.write(bytes), this.#givenUp.signal);
      });
    }
    return undefined;
  }

  async close(): Promise<undefined> {
    if (this.#early.size > 0) throw cannotGoBack();
    await withSinkErrors(target, () => this.#writer.close());
    return undefined;
  }

  async deliver(): Promise<undefined> {
    return undefined;
  }

  async abort(): Promise<void> {
    this.#early.clear();
    const reason = new DOMException('The download was given up.', 'AbortError');
    // A page's stream that does not heed its signal holds nobody up; it learns of the end when its write is over.
    this.#writer.abort(reason).catch(() => {});
    this.#givenUp.abort(reason);
  }
}
