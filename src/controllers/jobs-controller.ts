import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { onManagerAdded, registeredManagers } from '../transfer/backends.js';
import type { TransferManager } from '../transfer/manager.js';
import type { JobEvent, TransferJob } from '../transfer/types.js';
import { listManager } from './listed-managers.js';

export interface JobsOptions {
  /** Managers whose jobs are wanted; undefined: all of the page. */
  readonly managers: () => readonly TransferManager[] | undefined;
  /** A job has come in; `begun`: it was there before the element was. */
  readonly added: (job: TransferJob, begun: boolean) => void;
  readonly removed: (job: TransferJob) => void;
}

/** The jobs of one or more managers, oldest first, for an element that shows them all. */
export class JobsController implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly isConnected: boolean };
  readonly #options: JobsOptions;
  readonly #managers = new Map<TransferManager, AbortController>();
  readonly #jobs = new Map<TransferJob, TransferManager>();
  #stop: (() => void) | undefined;

  constructor(host: ReactiveControllerHost & { readonly isConnected: boolean }, options: JobsOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get list(): readonly TransferJob[] {
    return [...this.#jobs.keys()];
  }

  hostConnected(): void {
    this.#stop = onManagerAdded(() => this.#host.requestUpdate());
    // Managers are joined with the next update; Lit itself does not update an element that comes back.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#stop?.();
    for (const manager of [...this.#managers.keys()]) this.#leave(manager);
  }

  hostUpdate(): void {
    if (!this.#host.isConnected) return;
    const wanted = new Set(this.#options.managers() ?? registeredManagers());
    for (const manager of [...this.#managers.keys()]) if (!wanted.has(manager)) this.#leave(manager);
    for (const manager of wanted) if (!this.#managers.has(manager)) this.#join(manager);
  }

  /** Takes an ended job out of its manager's list. */
  dismiss(job: TransferJob): void {
    this.#jobs.get(job)?.dismiss(job);
  }

  #join(manager: TransferManager): void {
    const stop = new AbortController();
    this.#managers.set(manager, stop);
    const jobs = [...manager.jobs].sort((one, other) => one.snapshot.startedAt - other.snapshot.startedAt);
    for (const job of jobs) this.#add(job, manager, true);
    const { signal } = stop;
    signal.addEventListener('abort', listManager(manager));
    manager.addEventListener('jobadd', event => this.#add((event as JobEvent).job, manager, false), {
      signal,
    });
    manager.addEventListener('jobremove', event => this.#remove((event as JobEvent).job), { signal });
  }

  #leave(manager: TransferManager): void {
    this.#managers.get(manager)?.abort();
    this.#managers.delete(manager);
    for (const [job, owner] of [...this.#jobs]) if (owner === manager) this.#remove(job);
  }

  #add(job: TransferJob, manager: TransferManager, begun: boolean): void {
    if (this.#jobs.has(job)) return;
    this.#jobs.set(job, manager);
    this.#options.added(job, begun);
    this.#host.requestUpdate();
  }

  #remove(job: TransferJob): void {
    if (!this.#jobs.delete(job)) return;
    this.#options.removed(job);
    this.#host.requestUpdate();
  }
}
