import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Adapter } from '../adapters/adapter.js';
import { getBackend, managerFor, whenBackend } from '../transfer/backends.js';
import type { TransferManager } from '../transfer/manager.js';

/** An element that works on one storage: named by `backend`, given as `adapter`, or by its own `manager`. */
export interface ManagerHost extends ReactiveControllerHost {
  readonly isConnected: boolean;
  /** Name given to `registerBackend`. */
  backend?: string | undefined;
  /** Wins over `backend`. */
  adapter?: Adapter | undefined;
  /** Wins over both: a manager the page made itself. */
  manager?: TransferManager | undefined;
}

/**
 * Finds the transfer manager of an element. Elements that name the same backend, or hold the same adapter, get the
 * same one. A backend that is registered later than the element is shown is waited for.
 */
export class ManagerController implements ReactiveController {
  readonly #host: ManagerHost;
  readonly #onChange: ((manager: TransferManager | undefined) => void) | undefined;
  #manager: TransferManager | undefined;
  #awaited: string | undefined;

  /** `onChange` is called, during the host's update, when another manager has taken the place of the last one. */
  constructor(host: ManagerHost, onChange?: (manager: TransferManager | undefined) => void) {
    this.#host = host;
    this.#onChange = onChange;
    host.addController(this);
  }

  get manager(): TransferManager | undefined {
    return this.#manager;
  }

  get adapter(): Adapter | undefined {
    return this.#manager?.adapter;
  }

  /** Name of a backend that nobody has registered so far. */
  get missingBackend(): string | undefined {
    return this.#manager ? undefined : this.#awaited;
  }

  hostConnected(): void {
    this.resolve();
  }

  hostUpdate(): void {
    this.resolve();
  }

  /** Looks again; also before the host's first update, for methods called at once. */
  resolve(): TransferManager | undefined {
    const next = this.#find();
    if (next !== this.#manager) {
      this.#manager = next;
      this.#onChange?.(next);
    }
    return next;
  }

  #find(): TransferManager | undefined {
    const { manager, adapter, backend } = this.#host;
    if (manager) return manager;
    if (adapter) return managerFor(adapter);
    if (!backend) return undefined;
    const registered = getBackend(backend);
    if (registered) return managerFor(registered);
    if (this.#awaited !== backend) {
      this.#awaited = backend;
      void whenBackend(backend).then(() => {
        if (this.#awaited === backend) this.#awaited = undefined;
        if (this.#host.backend === backend) this.#host.requestUpdate();
      });
    }
    return undefined;
  }
}
