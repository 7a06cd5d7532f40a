import { type Handed, LinkRate } from './link-rate.js';

/** A file on its way: bytes that are confirmed, and bytes handed to connections (which include the former). */
export interface OnItsWay extends Handed {
  readonly index: number;
}

/** Longer steps are a sleep, a pause or a hidden page: nobody knows what the link did. Milliseconds. */
const longestStep = 2000;
/** Share of the unconfirmed bytes that may count at most: they may yet have to be sent again. */
const mostUnconfirmed = 0.9;
/** Share of them that may count at most while nothing tells how fast the link is. */
const mostGuessed = 0.4;
/** Milliseconds after which half of that counts: early enough to look alive, late enough not to run ahead. */
const timeToGuessHalf = 8000;

/**
 * How many bytes of each file have gone over the link, as far as a page can know. Browsers count a byte once a buffer
 * has taken it, and megabytes wait there on a slow link; storages confirm whole parts, minutes apart. So confirmed bytes
 * count at once, and those handed over at the speed that the link was seen to have, in proportion to what each file has
 * on its way. Where all of it fits into buffers no speed is to be seen before the first confirmation; then they count
 * ever more slowly, up to two fifths. Never falls.
 */
export class PassedOn {
  readonly #passed = new Map<number, number>();
  readonly #rate = new LinkRate();
  #last: number | undefined;
  /** Milliseconds of moving that no speed was known for: made up for as soon as there is one. */
  #unpaid = 0;
  /** Bytes that were counted on no better ground than time; they are not counted again. */
  #guessed = 0;

  /** `speed`: bytes per second as the engine measures it, where it does; `all`: bytes of all files, ended ones too. */
  update(files: readonly OnItsWay[], all: Handed, speed: number | undefined, now: number): void {
    this.#unpaid += Math.min(longestStep, Math.max(0, now - (this.#last ?? now)));
    this.#last = now;
    const rate = this.#rate.look(all, speed, now);
    if (rate === undefined) this.#guess(files);
    else {
      const carried = (rate * this.#unpaid) / 1000;
      this.#unpaid = 0;
      const fresh = Math.max(0, carried - this.#guessed);
      this.#guessed = Math.max(0, this.#guessed - carried);
      this.#share(files, fresh);
    }
  }

  #share(files: readonly OnItsWay[], carried: number): void {
    let waiting = 0;
    for (const file of files) waiting += this.#waiting(file);
    const share = waiting === 0 ? 0 : Math.min(1, carried / waiting);
    for (const file of files)
      this.#raise(file, this.of(file.index) + this.#waiting(file) * share, mostUnconfirmed);
  }

  #guess(files: readonly OnItsWay[]): void {
    const share = (mostGuessed * this.#unpaid) / (this.#unpaid + timeToGuessHalf);
    for (const file of files) {
      const before = this.of(file.index);
      this.#raise(file, file.acknowledged + (file.sent - file.acknowledged) * share, mostGuessed);
      this.#guessed += Math.max(0, this.of(file.index) - Math.max(before, file.acknowledged));
    }
  }

  #raise({ index, acknowledged, sent }: OnItsWay, passed: number, most: number): void {
    const limit = acknowledged + (sent - acknowledged) * most;
    this.#passed.set(index, Math.max(this.of(index), acknowledged, Math.min(limit, passed)));
  }

  /** Bytes. */
  of(index: number): number {
    return this.#passed.get(index) ?? 0;
  }

  forget(index: number): void {
    this.#passed.delete(index);
  }

  #waiting({ index, acknowledged, sent }: OnItsWay): number {
    return Math.max(0, sent - Math.max(acknowledged, this.of(index)));
  }
}
