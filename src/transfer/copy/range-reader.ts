import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import { Conversation, noHabits, type SendingHabits } from '../download/conversation.js';
import type { FetchedFile } from '../download/fetched-file.js';
import { FileCheck } from '../download/file-check.js';
import { SegmentFetcher } from '../download/segment-fetcher.js';
import { type Segment, SegmentTable } from '../download/segments.js';
import { SourceKeeper } from '../download/source-keeper.js';
import type { ItemControl } from '../item-run.js';
import { habitsOf } from '../link.js';
import type { Flow } from '../scheduler.js';

/** The storage sends the whole or nothing: then this file goes by another way. */
export class NoRanges extends TransferError {
  constructor(path: string) {
    super(`${path} does not come in ranges.`, { kind: 'fatal', reason: 'not-supported', path });
  }
}

/** The upload was begun for another size: it cannot go on with this one. */
export class OtherSize extends TransferError {
  constructor(path: string) {
    super(
      `${path} has another size by now than when it was looked for, so nothing of it was stored. Try it again: then it goes as it is now.`,
      { kind: 'fatal', reason: 'changed-remote', path },
    );
  }
}

/**
 * Reads stretches of one remote file into memory, in any order and as often as wanted. All answers have to speak of the
 * version that the first one spoke of; another one throws with kind `restart`, and what is read next is read anew.
 */
export class RangeReader {
  readonly #context: TransferContext;
  readonly #entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  readonly #size: number;
  readonly #flow: Flow;
  readonly #source: SourceKeeper;
  readonly #habits: SendingHabits = noHabits();
  readonly #check: FileCheck;
  #talk: Conversation;
  /** The first answer is waited for by all: it tells whether ranges come at all. */
  #asking: Promise<unknown> | undefined;

  constructor(context: TransferContext, entry: RangeReader['entry'], size: number, flow: Flow) {
    this.#context = context;
    this.#entry = entry;
    this.#size = size;
    this.#flow = flow;
    this.#source = new SourceKeeper(context, entry);
    this.#check = new FileCheck(context.hasher, habitsOf(context.adapter), entry.path, []);
    this.#talk = this.#newTalk();
  }

  get entry(): Pick<Entry, 'path' | 'id'> & Partial<Entry> {
    return this.#entry;
  }

  get source(): SourceKeeper {
    return this.#source;
  }

  /** What the storage has said about the version that is read. */
  get first() {
    return this.#talk.first;
  }

  /** Bytes `start` to `end`. Rejects with the signal's reason, or with `TransferError`. */
  async read(start: number, end: number, control: ItemControl, signal: AbortSignal): Promise<Blob> {
    while (this.#talk.first === undefined) {
      if (this.#asking === undefined) {
        const first = this.#fetch(start, end, control, signal);
        this.#asking = first.catch(() => {}).finally(() => (this.#asking = undefined));
        return first;
      }
      await abortable(this.#asking, signal);
    }
    return this.#fetch(start, end, control, signal);
  }

  async #fetch(start: number, end: number, control: ItemControl, signal: AbortSignal): Promise<Blob> {
    const talk = this.#talk;
    const bytes = new Uint8Array(end - start);
    const segment: Segment = { start, end, written: 0, hashes: [] };
    const file: FetchedFile = {
      path: this.#entry.path,
      segments: new SegmentTable(),
      talk,
      habits: this.#habits,
      check: this.#check,
      comparesSpeeds: false,
      begin: async (_source, first) => {
        if (!first.ranged) throw new NoRanges(this.#entry.path);
        if (first.total !== undefined && first.total !== this.#size) throw new OtherSize(this.#entry.path);
        talk.begin(first);
      },
      received: () => {},
      write: async (_segment, piece) => {
        bytes.set(piece, segment.written);
        segment.written += piece.length;
        return piece.buffer;
      },
      ended: () => {},
    };
    const fetcher = new SegmentFetcher(this.#context, this.#source, this.#flow, file);
    try {
      await fetcher.fetch(segment, control, signal);
    } catch (error) {
      if (error instanceof TransferError && error.kind === 'restart' && this.#talk === talk) this.#forget();
      throw error;
    }
    return new Blob([bytes]);
  }

  #forget(): void {
    this.#talk = this.#newTalk();
    this.#source.forget();
  }

  #newTalk(): Conversation {
    return new Conversation(this.#entry, this.#habits, () => this.#context.clock.now());
  }
}
