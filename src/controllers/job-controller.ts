import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { TransferJob, TransferSnapshot } from '../transfer/types.js';

const endStates = new Set<TransferSnapshot['state']>(['done', 'incomplete', 'cancelled']);

/** Whether a job in this state has ended. */
export const hasEnded = (snapshot: TransferSnapshot): boolean => endStates.has(snapshot.state);

/** Whether there was no file to save: an empty folder, or one of which everything is there already. */
export const foundNothing = ({ state, kind, movesBytes, files }: TransferSnapshot): boolean =>
  state === 'done' && files.total === 0 && movesBytes && (kind === 'download' || kind === 'all');

export interface JobListener {
  progress?(job: TransferJob): void;
  statechange?(job: TransferJob): void;
  itemchange?(job: TransferJob): void;
}

/**
 * Watches jobs for an element and asks for an update when one of them moved: at once when a state changed, else a few
 * times a second, because numbers that change with every frame cannot be read and cost the engine its time.
 */
export class JobController implements ReactiveController {
  /** Milliseconds between two updates for progress alone. */
  static readonly interval = 160;

  readonly #host: ReactiveControllerHost;
  readonly #listener: JobListener;
  readonly #jobs = new Map<TransferJob, AbortController | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;
  #connected = false;

  constructor(host: ReactiveControllerHost, listener: JobListener = {}) {
    this.#host = host;
    this.#listener = listener;
    host.addController(this);
  }

  /** The jobs watched, in the order they were given. */
  get jobs(): readonly TransferJob[] {
    return [...this.#jobs.keys()];
  }

  has(job: TransferJob): boolean {
    return this.#jobs.has(job);
  }

  watch(job: TransferJob): void {
    if (this.#jobs.has(job)) return;
    this.#jobs.set(job, this.#connected ? this.#listen(job) : undefined);
    this.#host.requestUpdate();
  }

  unwatch(job: TransferJob): void {
    this.#jobs.get(job)?.abort();
    if (this.#jobs.delete(job)) this.#host.requestUpdate();
  }

  clear(): void {
    for (const job of this.jobs) this.unwatch(job);
  }

  hostConnected(): void {
    this.#connected = true;
    for (const job of this.jobs) this.#jobs.set(job, this.#listen(job));
    // What became of them while nobody listened; Lit itself does not update an element that comes back.
    if (this.#jobs.size > 0) this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#connected = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [job, stop] of this.#jobs) {
      stop?.abort();
      this.#jobs.set(job, undefined);
    }
  }

  #listen(job: TransferJob): AbortController {
    const stop = new AbortController();
    const { signal } = stop;
    job.addEventListener(
      'progress',
      () => {
        this.#listener.progress?.(job);
        this.#soon();
      },
      { signal },
    );
    job.addEventListener(
      'itemchange',
      () => {
        this.#listener.itemchange?.(job);
        this.#soon();
      },
      { signal },
    );
    job.addEventListener(
      'statechange',
      () => {
        this.#listener.statechange?.(job);
        this.#host.requestUpdate();
      },
      { signal },
    );
    return stop;
  }

  #soon(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#last + JobController.interval - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#last = performance.now();
      this.#host.requestUpdate();
    }, wait);
  }
}
