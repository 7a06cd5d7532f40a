/** Speed and time left: smoothed so that a person can read them. Pure; times in milliseconds are passed in. */

/** Time in which a change of speed has mostly shown, in milliseconds. */
const timeConstant = 6000;
/** Before this much time with bytes moving, any number would be a guess. */
const warmUp = 1500;
/** A gap this long without a sample (a sleeping laptop) says nothing about the speed before or after it. */
const longestGap = 15_000;

/** Exponentially smoothed rate of a counter that never falls. */
export class SpeedMeter {
  #rate = 0;
  #weight = 0;
  #lastTime: number | undefined;
  #lastCount = 0;
  #measured = 0;

  /** Tells the counter's value at a time. Samples closer than 100 ms are merged. */
  sample(count: number, now: number): void {
    if (this.#lastTime === undefined) {
      this.#lastTime = now;
      this.#lastCount = count;
      return;
    }
    const elapsed = now - this.#lastTime;
    if (elapsed < 0 || elapsed > longestGap) {
      this.#lastTime = now;
      this.#lastCount = count;
      return;
    }
    if (elapsed < 100) return;
    const keep = Math.exp(-elapsed / timeConstant);
    this.#rate = this.#rate * keep + (((count - this.#lastCount) * 1000) / elapsed) * (1 - keep);
    // The weight of the samples so far takes the pull towards zero out of the first seconds.
    this.#weight = this.#weight * keep + (1 - keep);
    this.#measured += elapsed;
    this.#lastTime = now;
    this.#lastCount = count;
  }

  /** Starts the clock anew after a pause, keeping what was learnt. */
  interrupt(): void {
    this.#lastTime = undefined;
  }

  /** Units per second; undefined until it means something. */
  get rate(): number | undefined {
    return this.#measured < warmUp || this.#weight === 0 ? undefined : this.#rate / this.#weight;
  }
}

/**
 * Time left that does not jump: it counts down by itself and moves towards a new estimate only when that differs
 * noticeably, and then not at once.
 */
export class CalmEstimate {
  #shown: number | undefined;
  #time = 0;

  /** `remaining / rate` in seconds as measured now → what to show. */
  update(estimate: number | undefined, now: number): number | undefined {
    if (estimate === undefined || !Number.isFinite(estimate)) {
      this.#shown = undefined;
      return undefined;
    }
    if (this.#shown === undefined) {
      this.#shown = estimate;
      this.#time = now;
      return estimate;
    }
    const elapsed = Math.max(0, (now - this.#time) / 1000);
    this.#time = now;
    const counted = Math.max(0, this.#shown - elapsed);
    const difference = estimate - counted;
    // Small differences are noise; close to the end every second is worth showing.
    const tolerance = Math.max(1, estimate * 0.1);
    const pull = Math.abs(difference) > tolerance ? 1 - Math.exp(-elapsed / 3) : 1 - Math.exp(-elapsed / 20);
    this.#shown = counted + difference * pull;
    return this.#shown;
  }

  get shown(): number | undefined {
    return this.#shown;
  }

  reset(): void {
    this.#shown = undefined;
  }
}
