/** Bytes that are confirmed, and bytes handed to connections (which include the former). */
export interface Handed {
  readonly acknowledged: number;
  readonly sent: number;
}

/** In its first milliseconds a link takes whatever its buffers hold: that is no speed. */
const timeToFillBuffers = 250;
/**
 * Handing over is looked at in pieces of at least so many milliseconds, or of this share of the time since: the longer
 * the surer. Two of them tell a speed.
 */
const stretch = 200;
const shareOfTime = 0.15;
const longestStretch = 1000;
/** Two that differ more than by this are buffers that still fill: then the slower one counts. */
const mostUneven = 1.5;
/** Once handing over rests so many times longer than it ever did, and so many milliseconds, buffers hold all there is. */
const longestRests = 3;
const longestRest = 500;
/** Share of a speed that was seen before such a rest, of which part was those buffers. */
const shareWhileResting = 0.5;
/** The engine's own measure sees the buffers fill too: it is believed so far beyond what is confirmed. */
const mostBeyond = 1.5;

/** How fast a link carries bytes, from what is confirmed and what is handed over; too low rather than too high. */
export class LinkRate {
  #first: { time: number; acknowledged: number } | undefined;
  #stretch: { time: number; sent: number } | undefined;
  /** Bytes per second of the last stretch, and of the one before. */
  #slopes: readonly number[] = [];
  #moved: { time: number; sent: number } | undefined;
  /** Longest time in which nothing was handed over, before something was again. Milliseconds. */
  #rest = 0;
  #isResting = false;

  /** Whether nothing was handed over for long: what was seen before says little about now. */
  get isResting(): boolean {
    return this.#isResting;
  }

  /** Bytes per second; undefined while nothing tells. */
  look({ acknowledged, sent }: Handed, speed: number | undefined, now: number): number | undefined {
    this.#first ??= { time: now, acknowledged };
    this.#watchRests(sent, now);
    const elapsed = now - this.#first.time;
    if (elapsed < timeToFillBuffers) return undefined;
    this.#measure(sent, now, Math.min(longestStretch, Math.max(stretch, elapsed * shareOfTime)));
    const confirmed = ((acknowledged - this.#first.acknowledged) * 1000) / elapsed;
    const even = this.#even() * (this.#isResting ? shareWhileResting : 1);
    if (confirmed === 0 && even === 0) return undefined;
    if (speed === undefined) return Math.max(confirmed, even);
    return Math.min(speed, Math.max(confirmed * mostBeyond, even));
  }

  #watchRests(sent: number, now: number): void {
    this.#moved ??= { time: now, sent };
    const rest = now - this.#moved.time;
    this.#isResting = sent === this.#moved.sent && rest > Math.max(longestRest, this.#rest * longestRests);
    if (sent === this.#moved.sent) return;
    this.#rest = Math.max(this.#rest, rest);
    this.#moved = { time: now, sent };
  }

  #even(): number {
    const [before, last] = this.#slopes;
    if (before === undefined || last === undefined) return 0;
    const slower = Math.min(before, last);
    return Math.max(before, last) > slower * mostUneven ? slower : (before + last) / 2;
  }

  #measure(sent: number, now: number, least: number): void {
    const began = this.#stretch;
    // Until something is handed over again, a stretch goes on: large buffers take bytes in steps, seconds apart.
    if (began && (now - began.time < least || sent === began.sent)) return;
    this.#stretch = { time: now, sent };
    // What is sent again counts anew: that says nothing about the link.
    if (!began || sent < began.sent) return;
    this.#slopes = [...this.#slopes.slice(-1), ((sent - began.sent) * 1000) / (now - began.time)];
  }
}
