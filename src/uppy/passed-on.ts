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
/** Milliseconds until a speed counts in full: at first it may yet be buffers that fill. */
const timeToBelieve = 2000;
/** Milliseconds for which a better speed corrects all that went before. */
const timeToCorrect = 4000;

/**
 * How many bytes of each file have gone over the link, as far as a page can know. Browsers count a byte once a buffer
 * has taken it, and megabytes wait there on a slow link; storages confirm whole parts, minutes apart. So confirmed bytes
 * count at once, and those handed over at the speed that the link was seen to have, in proportion to what each file has
 * on its way. On an ordinary link that speed shows within a second. Where all fits into buffers at once, none is to be
 * seen before the first confirmation; then bytes count ever more slowly, up to two fifths. Never falls.
 */
export class PassedOn {
  readonly #passed = new Map<number, number>();
  readonly #rate = new LinkRate();
  #last: number | undefined;
  /** Milliseconds for which something was on its way. */
  #moved = 0;
  /** Bytes that the link can be taken to have carried, confirmed ones included. What is shown may be more and waits. */
  #carried: number | undefined;
  /** Confirmed before anything was on its way. */
  #before: number | undefined;

  /** `speed`: bytes per second as the engine measures it, where it does; `all`: bytes of all files, ended ones too. */
  update(files: readonly OnItsWay[], all: Handed, speed: number | undefined, now: number): void {
    // Until a connection takes the first byte, no time of the link's passes.
    if (this.#last === undefined && all.sent <= all.acknowledged) return;
    const step = Math.min(longestStep, Math.max(0, now - (this.#last ?? now)));
    this.#moved += step;
    this.#last = now;
    this.#before ??= all.acknowledged;
    const rate = this.#rate.look(all, speed, now);
    if (rate === undefined) this.#guess(files);
    else this.#share(files, this.#fresh(files, all, rate, step, this.#before));
  }

  /** Bytes to be shown beyond those that are. */
  #fresh(files: readonly OnItsWay[], all: Handed, rate: number, step: number, before: number): number {
    const believed = Math.min(1, this.#moved / timeToBelieve);
    const isEarly = this.#carried === undefined || (this.#moved < timeToCorrect && !this.#rate.isResting);
    const carried = isEarly
      ? before + (rate * this.#moved * believed) / 1000
      : (this.#carried ?? 0) + (rate * step) / 1000;
    this.#carried = Math.max(all.acknowledged, carried);
    let shown = all.acknowledged;
    for (const { index, acknowledged } of files) shown += Math.max(0, this.of(index) - acknowledged);
    return Math.max(0, this.#carried - shown);
  }

  #share(files: readonly OnItsWay[], carried: number): void {
    let waiting = 0;
    for (const file of files) waiting += this.#waiting(file);
    const share = waiting === 0 ? 0 : Math.min(1, carried / waiting);
    for (const file of files) {
      const shown = Math.max(file.acknowledged, this.of(file.index));
      this.#raise(file, shown + this.#waiting(file) * share, mostUnconfirmed);
    }
  }

  #guess(files: readonly OnItsWay[]): void {
    const share = (mostGuessed * this.#moved) / (this.#moved + timeToGuessHalf);
    for (const file of files)
      this.#raise(file, file.acknowledged + (file.sent - file.acknowledged) * share, mostGuessed);
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
