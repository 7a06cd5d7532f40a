import type { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import type { KeptUpload } from '../journal.js';
import type { UploadInput } from '../types.js';
import { removeEarlier } from './earlier-upload.js';
import { canBeReopened, earlierOf, type FileInput, inPlaceOf, isExtra } from './inputs.js';

/**
 * What the items of an upload job are made of, and what earlier pages have begun of it. An item may be tried again, or
 * sent again from another file, for as long as its input is here.
 */
export class JobInputs {
  readonly #context: TransferContext;
  /** By item; undefined: it cannot be stored. */
  readonly #inputs: (UploadInput | undefined)[] = [];
  /** Uploads of an earlier page that nobody has gone on with yet. */
  readonly #untouched = new Set<number>();
  /** What an earlier page asked for, where another file goes up in the place of the one it was asked for. */
  readonly #askedThen = new Map<number, KeptUpload>();

  constructor(context: TransferContext) {
    this.#context = context;
  }

  get length(): number {
    return this.#inputs.length;
  }

  at(index: number): UploadInput | undefined {
    return this.#inputs[index];
  }

  /** For the next item; undefined: it cannot be stored. Returns whether an earlier page has begun it. */
  add(input: UploadInput | undefined): boolean {
    this.#inputs.push(input);
    const begun = input !== undefined && !isExtra(input) && earlierOf(input) !== undefined;
    if (begun) this.#untouched.add(this.#inputs.length - 1);
    return begun;
  }

  #earlier(index: number): KeptUpload | undefined {
    const input = this.#inputs[index];
    return input && !isExtra(input) ? earlierOf(input) : undefined;
  }

  /** What an earlier page asked for, of the item's file or of the one whose place it has taken. */
  askedThen(index: number): KeptUpload | undefined {
    return this.#earlier(index) ?? this.#askedThen.get(index);
  }

  /** The item looks after what an earlier page left of it from now on. */
  takenUp(index: number): void {
    this.#untouched.delete(index);
  }

  /** Whether trying the item again can mean anything. `error`: why it failed. */
  canRetry(index: number, error: TransferError | undefined): boolean {
    const input = this.#inputs[index];
    if (input === undefined) return false;
    // What the browser holds of a changed file is its old version, which cannot be read any more.
    const isChanged = error?.reason === 'changed-local';
    return isExtra(input) || !isChanged || earlierOf(input) !== undefined || canBeReopened(input);
  }

  /** Puts another file in the item's place; what was wanted for the first one is wanted for this one too. */
  replace(index: number, instead: FileInput): void {
    const before = this.#inputs[index];
    const earlier = this.#earlier(index);
    if (earlier) this.#askedThen.set(index, earlier);
    void this.discard(index);
    this.#inputs[index] = before && !isExtra(before) ? inPlaceOf(before, instead) : instead;
  }

  /** Removes what an earlier page left of an item that nobody has gone on with. */
  async discard(index: number): Promise<void> {
    const earlier = this.#earlier(index);
    if (this.#untouched.delete(index) && earlier) await removeEarlier(this.#context, earlier);
  }

  /** Uploads that nobody has gone on with are offered again, of the items that `isMeant`. */
  release(isMeant: (index: number) => boolean): void {
    for (const index of this.#untouched)
      if (isMeant(index)) this.#context.journal.release(this.#earlier(index)!.id);
  }

  /** The same for those of `source` that did not become items. */
  offerOthers(source: readonly UploadInput[]): void {
    for (const input of source) {
      const earlier = isExtra(input) ? undefined : earlierOf(input);
      if (earlier && !this.#inputs.includes(input)) this.#context.journal.release(earlier.id);
    }
  }
}
