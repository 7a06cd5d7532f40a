import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { isCombinable } from '../checksum/index.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import {
  Conversation,
  type FirstAnswer,
  namesVersion,
  noHabits,
  type SendingHabits,
} from '../download/conversation.js';
import type { FetchedFile } from '../download/fetched-file.js';
import { FileCheck } from '../download/file-check.js';
import { SegmentFetcher } from '../download/segment-fetcher.js';
import { type Segment, SegmentTable } from '../download/segments.js';
import { SourceKeeper } from '../download/source-keeper.js';
import { ToldVersion } from '../download/told-version.js';
import type { ItemControl } from '../item-run.js';
import { habitsOf } from '../link.js';
import type { Flow } from '../scheduler.js';

/** The storage sends the whole or nothing: then this file goes by another way. */
export class NoRanges extends TransferError {
  constructor(path: string) {
    super(`${path} does not come in ranges.`, { kind: 'fatal', reason: 'not-supported', path });
  }
}

/** The sums of the parts will show whether they are of one version. */
const isProvenByParts = ({ said }: FirstAnswer): boolean =>
  said.some(({ algorithm, scope }) => scope === 'full' && isCombinable(algorithm));

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
  readonly #told: ToldVersion;
  #talk: Conversation;
  /** The first answer is waited for by all: it tells whether ranges come at all. */
  #asking: Promise<unknown> | undefined;
  #withoutRanges: NoRanges | undefined;

  constructor(context: TransferContext, entry: RangeReader['entry'], size: number, flow: Flow) {
    this.#context = context;
    this.#entry = entry;
    this.#size = size;
    this.#flow = flow;
    this.#source = new SourceKeeper(context, entry);
    this.#check = new FileCheck(context.hasher, habitsOf(context.adapter), entry.path, []);
    this.#told = new ToldVersion(context, entry);
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
      if (this.#withoutRanges !== undefined) throw this.#withoutRanges;
    }
    return this.#fetch(start, end, control, signal);
  }

  /**
   * To be asked when all is read. Where no answer says which version it spoke of, the adapter is asked for what it tells
   * of the file, and another version than before throws with kind `restart`.
   */
  async proveVersion(signal: AbortSignal): Promise<void> {
    const talk = this.#talk;
    if (talk.isUnproven) await this.#unlessGone(talk, () => this.#told.compare(signal));
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
        if (!first.ranged) throw this.#noRanges();
        if (first.total !== undefined && first.total !== this.#size) throw new OtherSize(this.#entry.path);
        // Before a byte is passed on: what was listed long ago may have changed since.
        if (end - start < this.#size && !namesVersion(first)) {
          await this.#told.compare(signal);
          // Nothing would tell a range of another version: what comes in one go is of one.
          if (!this.#told.namesVersion && !isProvenByParts(first)) throw this.#noRanges();
        }
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
    await this.#unlessGone(talk, () => fetcher.fetch(segment, control, signal));
    return new Blob([bytes]);
  }

  /** All that wait for the first answer are told the same. */
  #noRanges(): NoRanges {
    return (this.#withoutRanges = new NoRanges(this.#entry.path));
  }

  /** Forgets what was said of a version that turns out to be gone. */
  async #unlessGone(talk: Conversation, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (error instanceof TransferError && error.kind === 'restart' && this.#talk === talk) this.#forget();
      throw error;
    }
  }

  #forget(): void {
    this.#talk = this.#newTalk();
    this.#source.forget();
  }

  #newTalk(): Conversation {
    return new Conversation(this.#entry, this.#habits, () => this.#context.clock.now());
  }
}
