/** Speed and time left: smoothed so that a person can read them. Pure; times in milliseconds are passed in. */

/** Time in which a change of speed has mostly shown, in milliseconds. */
const timeConstant = 6000;
/** …and no less than this many steps: where a step is a part of a minute, one of them says little. */
const stepsToRemember = 3;
/** Before this much time with something moving, any number would be a guess. */
const warmUp = 1500;
/** A gap this long without a sample (a sleeping laptop) says nothing about the speed before or after it. */
const longestGap = 65_000;
/** Shortest step, in milliseconds. */
const shortestStep = 250;
/** Standing still this long is no hesitation any more, if steps are not longer anyway. */
const patience = 3000;

/**
 * Rate of a counter that moves in steps: a storage confirms a part of a file at once, and then nothing for a minute.
 * A step lasts from the end of one burst of growth to the end of the next, so its bytes and its time belong together
 * and the rate is right from the first step on; steps are averaged, the latest ones counting most. While the counter
 * stands still for longer than its steps explain, the rate sinks.
 */
export class SpeedMeter {
  /** End of the last step. */
  #from: { time: number; count: number } | undefined;
  /** Growth that belongs to the step under way. */
  #burst: { readonly start: number; end: number; count: number; readonly gap: number } | undefined;
  #lastTime = 0;
  #lastCount = 0;
  #counted = 0;
  #time = 0;
  #typicalStep = 0;
  #measured = 0;

  /** Tells the counter's value at a time. */
  sample(count: number, now: number): void {
    const elapsed = now - this.#lastTime;
    const broken = elapsed < 0 || elapsed > longestGap;
    if (this.#from === undefined || broken || count < this.#lastCount) {
      this.#from = { time: now, count };
      this.#burst = undefined;
    }
    this.#closeStep(now);
    if (count > this.#lastCount && count > this.#from.count) {
      this.#burst ??= { start: now, end: now, count, gap: now - this.#from.time };
      this.#burst.end = now;
      this.#burst.count = count;
    }
    this.#lastTime = now;
    this.#lastCount = count;
  }

  #closeStep(now: number): void {
    const from = this.#from!;
    const burst = this.#burst;
    if (!burst) return;
    const isQuiet = now - burst.end > Math.max(100, burst.gap / 10);
    const isLong = now - burst.start > Math.max(shortestStep, burst.gap / 4);
    const time = burst.end - from.time;
    if (!(isQuiet || isLong) || time < Math.min(100, shortestStep)) return;
    this.#typicalStep = this.#typicalStep === 0 ? time : this.#typicalStep * 0.7 + time * 0.3;
    const keep = Math.exp(-time / Math.max(timeConstant, this.#typicalStep * stepsToRemember));
    this.#counted = this.#counted * keep + (burst.count - from.count);
    this.#time = this.#time * keep + time;
    this.#measured += time;
    this.#from = { time: burst.end, count: burst.count };
    this.#burst = undefined;
  }

  /** Starts the clock anew after a pause, keeping what was learnt. */
  interrupt(): void {
    this.#from = undefined;
  }

  /** Units per second; undefined until it means something. */
  get rate(): number | undefined {
    if (this.#measured < warmUp || this.#counted <= 0) return undefined;
    const still = this.#from && !this.#burst ? this.#lastTime - this.#from.time : 0;
    const unexplained = Math.max(0, still - Math.max(patience, this.#typicalStep * 2));
    return (this.#counted * 1000) / (this.#time + unexplained);
  }
}

/** Time in which the buffers on the way have filled, in milliseconds. */
const timeToFillBuffers = 5000;

/**
 * Rate of bytes handed to connections, for the time before the first are confirmed: minutes, when large parts go over a
 * slow link. The first seconds fill the buffers of the machine and of whatever stands between, and a dead connection
 * swallows bytes too, so they are left out; afterwards the buffers take only
 * what the link carries away.
 */
export class SendingMeter {
  readonly #speed = new SpeedMeter();
  #began: number | undefined;

  /** Tells how many bytes were handed over so far, at a time. */
  sample(sent: number, now: number): void {
    if (sent === 0) return;
    this.#began ??= now;
    if (now - this.#began >= timeToFillBuffers) this.#speed.sample(sent, now);
  }

  /** After a pause the buffers are empty again. */
  interrupt(): void {
    this.#began = undefined;
    this.#speed.interrupt();
  }

  /** Bytes per second; undefined until it means something. */
  get rate(): number | undefined {
    return this.#speed.rate;
  }
}

/** Longer than this, in seconds, nobody is helped by a number. */
const longestTimeLeft = 30 * 24 * 3600;

/** From this many files left on, the number of them may decide about the time, and not their bytes. */
export const manyFiles = 20;

/** What is left to do, and how fast that goes. */
export interface WorkLeft {
  readonly bytes: number;
  /** Bytes per second. */
  readonly byteRate: number | undefined;
  readonly files?: number;
  readonly fileRate?: number | undefined;
}

/** Seconds that the rest takes at this rate; undefined while nothing can be said. */
export function secondsFor({ bytes, byteRate, files = 0, fileRate }: WorkLeft): number | undefined {
  if (bytes > 0 && !byteRate) return undefined;
  const byBytes = bytes > 0 ? bytes / byteRate! : 0;
  // Many small files are limited by round trips, not by bytes.
  const byFiles = fileRate && files >= manyFiles ? files / fileRate : 0;
  const seconds = Math.max(byBytes, byFiles);
  // Nothing left to move: how long the storage takes to complete it, nobody knows.
  return seconds > 0 && seconds <= longestTimeLeft ? seconds : undefined;
}

/** So long after its beginning an estimate may still be far off, in milliseconds. */
const uncertainTime = 10_000;

/**
 * Time left that does not jump: it counts down by itself and moves towards a new estimate only when that differs
 * noticeably, and then not at once.
 */
export class CalmEstimate {
  #shown: number | undefined;
  /** When the first number was shown. */
  #since = 0;
  #time = 0;

  /** `remaining / rate` in seconds as measured now → what to show. */
  update(estimate: number | undefined, now: number): number | undefined {
    if (estimate === undefined || !Number.isFinite(estimate)) {
      this.#shown = undefined;
      return undefined;
    }
    if (this.#shown === undefined) {
      this.#shown = estimate;
      this.#since = this.#time = now;
      return estimate;
    }
    const elapsed = Math.max(0, (now - this.#time) / 1000);
    this.#time = now;
    const counted = Math.max(0, this.#shown - elapsed);
    const difference = estimate - counted;
    // The first numbers come from little: a wrong one is better dropped than left to glide to the truth.
    const isOff = estimate > counted * 1.5 || counted > estimate * 1.5;
    if (now - this.#since < uncertainTime && isOff) {
      this.#shown = estimate;
      return estimate;
    }
    // Small differences are noise; close to the end every second is worth showing.
    const tolerance = Math.max(1, estimate * 0.1);
    const pull = Math.abs(difference) > tolerance ? 1 - Math.exp(-elapsed / 3) : 1 - Math.exp(-elapsed / 20);
    this.#shown = counted + difference * pull;
    return this.#shown;
  }

  get shown(): number | undefined {
    return this.#shown;
  }
}
