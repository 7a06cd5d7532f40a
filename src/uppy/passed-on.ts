/** A file on its way: bytes that are confirmed, and bytes handed to connections (which include the former). */
export interface OnItsWay {
  readonly index: number;
  readonly acknowledged: number;
  readonly sent: number;
}

/** In its first milliseconds a link takes whatever its buffers hold: that is no speed. */
const timeToFillBuffers = 2000;
/** Longer steps are a sleep, a pause or a hidden page: nobody knows what the link did. Milliseconds. */
const longestStep = 2000;
/** Share of the unconfirmed bytes that may count at most: they may yet have to be sent again. */
const mostUnconfirmed = 0.9;

/**
 * How many bytes of each file have gone over the link, as far as a page can know. Browsers count a byte once a buffer
 * has taken it, and megabytes wait there on a slow link; storages confirm whole parts, minutes apart. So confirmed bytes
 * count at once, and those handed over at the speed that the link was seen to have, in proportion to what each file has
 * on its way. While no speed was seen yet, none of them count. Never falls.
 */
export class PassedOn {
  readonly #passed = new Map<number, number>();
  #first: { time: number; acknowledged: number } | undefined;
  /** When the buffers should have been full. */
  #settled: { time: number; sent: number } | undefined;
  #last = 0;
  /** Milliseconds of moving that no speed was known for: made up for as soon as there is one. */
  #unpaid = 0;

  /** `speed`: bytes per second as the engine measures it, where it does; `all`: bytes of all files, ended ones too. */
  update(
    files: readonly OnItsWay[],
    all: { readonly acknowledged: number; readonly sent: number },
    speed: number | undefined,
    now: number,
  ): void {
    if (!this.#first) {
      this.#first = { time: now, acknowledged: all.acknowledged };
      this.#last = now;
    }
    this.#unpaid += Math.min(longestStep, Math.max(0, now - this.#last));
    this.#last = now;
    const rate = speed ?? this.#ownRate(all, now);
    const carried = ((rate ?? 0) * this.#unpaid) / 1000;
    if (rate !== undefined) this.#unpaid = 0;
    let waiting = 0;
    for (const file of files) waiting += this.#waiting(file);
    for (const file of files) {
      const { index, acknowledged, sent } = file;
      const share = waiting === 0 ? 0 : Math.min(1, carried / waiting);
      const most = acknowledged + (sent - acknowledged) * mostUnconfirmed;
      const passed = Math.min(most, this.of(index) + this.#waiting(file) * share);
      this.#passed.set(index, Math.max(this.of(index), acknowledged, passed));
    }
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

  /** The first seconds of an upload, of which the engine says nothing yet; too low rather than too high. */
  #ownRate(all: { readonly acknowledged: number; readonly sent: number }, now: number): number | undefined {
    const first = this.#first!;
    const elapsed = now - first.time;
    if (elapsed < timeToFillBuffers) return undefined;
    this.#settled ??= { time: now, sent: all.sent };
    const since = now - this.#settled.time;
    const confirmed = ((all.acknowledged - first.acknowledged) * 1000) / elapsed;
    const left = since === 0 ? 0 : ((all.sent - this.#settled.sent) * 1000) / since;
    const rate = Math.max(confirmed, left);
    return rate > 0 ? rate : undefined;
  }
}
