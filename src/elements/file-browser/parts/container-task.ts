/** One call to the storage at a time that the person waits for in the dialog, and how it failed. */
export class ContainerTask {
  readonly #onChange: () => void;
  #running = new AbortController();
  isBusy = false;
  error: unknown;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  async run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#running;
    this.isBusy = true;
    this.error = undefined;
    this.#onChange();
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) this.error = error;
    }
    if (signal.aborted) return;
    this.isBusy = false;
    this.#onChange();
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#running.abort();
    this.#running = new AbortController();
    this.isBusy = false;
  }
}
