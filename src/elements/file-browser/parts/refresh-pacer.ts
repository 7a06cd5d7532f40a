/**
 * Refreshes soon after a change, and not for every one of many: a stored folder of 2,000 files reports 2,000 changes.
 * The pause after a refresh is as long as it took, so that reading the folder never takes more than half of the time.
 */
export class RefreshPacer {
  readonly #refresh: () => Promise<void>;
  readonly #isHeld: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #again = false;

  /** @param isHeld whether rows must stay where they are at the moment (a name is being typed into one) */
  constructor(refresh: () => Promise<void>, isHeld: () => boolean) {
    this.#refresh = refresh;
    this.#isHeld = isHeld;
  }

  request(after = 200): void {
    if (this.#running) this.#again = true;
    else this.#timer ??= setTimeout(() => void this.#run(), after);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    if (this.#isHeld()) {
      this.request(500);
      return;
    }
    this.#running = true;
    const began = performance.now();
    try {
      await this.#refresh();
    } finally {
      this.#running = false;
    }
    if (!this.#again) return;
    this.#again = false;
    this.request(Math.max(500, performance.now() - began));
  }
}
