/** Bytes that are confirmed, and bytes handed to connections (which include the former). */
export interface Handed {
  readonly acknowledged: number;
  readonly sent: number;
}

/** In its first milliseconds a link takes whatever its buffers hold: that is no speed. */
const timeToFillBuffers = 2000;
/** Buffers grow while they fill: handing over counts as speed once it has been even for two of these. Milliseconds. */
const stretch = 1000;
/** The engine's own measure sees the buffers fill too: it is believed so far beyond what was seen here. */
const mostBeyond = 1.5;

/** How fast a link carries bytes, from what is confirmed and what is handed over; too low rather than too high. */
export class LinkRate {
  #first: { time: number; acknowledged: number } | undefined;
  #stretch: { time: number; sent: number } | undefined;
  /** Bytes per second of the last stretch, and of the one before. */
  #slopes: readonly number[] = [];

  /** Bytes per second; undefined while nothing tells. */
  look({ acknowledged, sent }: Handed, speed: number | undefined, now: number): number | undefined {
    this.#first ??= { time: now, acknowledged };
    const elapsed = now - this.#first.time;
    if (elapsed < timeToFillBuffers) return undefined;
    this.#measure(sent, now);
    const confirmed = ((acknowledged - this.#first.acknowledged) * 1000) / elapsed;
    const even = this.#slopes.length < 2 ? 0 : Math.min(...this.#slopes);
    const seen = Math.max(confirmed, even);
    if (seen === 0) return undefined;
    return speed === undefined ? seen : Math.min(speed, seen * mostBeyond);
  }

  #measure(sent: number, now: number): void {
    const began = this.#stretch;
    if (began && now - began.time < stretch) return;
    this.#stretch = { time: now, sent };
    // Nothing was left to hand over, or it was held up: that says nothing about the link.
    if (!began || sent <= began.sent) return;
    this.#slopes = [...this.#slopes.slice(-1), ((sent - began.sent) * 1000) / (now - began.time)];
  }
}
