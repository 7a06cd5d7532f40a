import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { TransferManager } from '../transfer/manager.js';

/** Managers whose transfers a list on the page shows, and by how many lists. */
const listed = new Map<TransferManager, number>();
const watchers = new Set<() => void>();

function count(manager: TransferManager, by: 1 | -1): void {
  const lists = (listed.get(manager) ?? 0) + by;
  if (lists > 0) listed.set(manager, lists);
  else listed.delete(manager);
  for (const watcher of [...watchers]) watcher();
}

/** A list shows all transfers of this manager from now on, until the returned function is called. */
export function listManager(manager: TransferManager): () => void {
  count(manager, 1);
  return () => count(manager, -1);
}

/** Whether some list on the page shows the transfers of a storage, so that its host need not do so as well. */
export class ListedController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #manager: () => TransferManager | undefined;
  #was = false;

  constructor(host: ReactiveControllerHost, manager: () => TransferManager | undefined) {
    this.#host = host;
    this.#manager = manager;
    host.addController(this);
  }

  get isListed(): boolean {
    const manager = this.#manager();
    return manager !== undefined && listed.has(manager);
  }

  readonly #look = (): void => {
    if (this.isListed !== this.#was) this.#host.requestUpdate();
  };

  hostConnected(): void {
    watchers.add(this.#look);
    this.#look();
  }

  hostDisconnected(): void {
    watchers.delete(this.#look);
  }

  hostUpdated(): void {
    this.#was = this.isListed;
  }
}
