import type { Adapter } from '../adapters/adapter.js';
import { TransferManager } from './manager.js';

const registered = new Map<string, Adapter>();
const waiting = new Map<string, Set<(adapter: Adapter) => void>>();
const managers = new WeakMap<Adapter, TransferManager>();
/** For elements that show the transfers of the whole page. A page has a handful of storages, for its whole life. */
const known = new Set<TransferManager>();
const watchers = new Set<(manager: TransferManager) => void>();

function adopt(manager: TransferManager): TransferManager {
  managers.set(manager.adapter, manager);
  if (!known.has(manager)) {
    known.add(manager);
    for (const watcher of [...watchers]) watcher(manager);
  }
  return manager;
}

/** The one manager of an adapter object; made at the first call and shared by every element of the page. */
export function managerFor(adapter: Adapter): TransferManager {
  return managers.get(adapter) ?? adopt(new TransferManager({ adapter }));
}

/**
 * Gives a storage a name for the `backend` attribute of elements; those that are in the page already and wait for the
 * name are told. A manager may be given instead of an adapter, to choose its options. A name that is registered again
 * stands for the new storage from then on.
 */
export function registerBackend(name: string, storage: Adapter | TransferManager): void {
  const { adapter } = storage instanceof TransferManager ? adopt(storage) : managerFor(storage);
  registered.set(name, adapter);
  const waiters = waiting.get(name);
  waiting.delete(name);
  for (const tell of waiters ?? []) tell(adapter);
}

/** The storage registered under a name; undefined when there is none (yet). */
export function getBackend(name: string): Adapter | undefined {
  return registered.get(name);
}

/** Resolves once a name is registered; at once when it is. Rejects with the signal's reason. */
export function whenBackend(name: string, { signal }: { signal?: AbortSignal } = {}): Promise<Adapter> {
  const adapter = registered.get(name);
  if (adapter) return Promise.resolve(adapter);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const waiters = waiting.get(name) ?? new Set();
    waiting.set(name, waiters);
    const tell = (found: Adapter): void => {
      signal?.removeEventListener('abort', stop);
      resolve(found);
    };
    const stop = (): void => {
      waiters.delete(tell);
      reject(signal!.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
    waiters.add(tell);
  });
}

/** All managers that {@link registerBackend} and {@link managerFor} have made or been given. */
export function registeredManagers(): readonly TransferManager[] {
  return [...known];
}

/** Calls `watcher` for each manager that comes in later. Returns what ends it. */
export function onManagerAdded(watcher: (manager: TransferManager) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
