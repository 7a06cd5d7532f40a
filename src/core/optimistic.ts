import type { Entry } from './entry.js';

/** A change the person asked for and the storage has not confirmed yet. */
export type PendingChange =
  | { readonly kind: 'remove'; readonly ids: ReadonlySet<string> }
  /** Being worked on for a while (a folder that is deleted): shown until that is over, marked as such. */
  | { readonly kind: 'mark'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'put'; readonly entry: Entry; readonly replaces?: string };

/**
 * Pending changes laid over a listing: what the person did shows at once, and disappears again if the storage
 * refuses.
 */
export class OptimisticLayer {
  readonly #changes = new Set<PendingChange>();
  #version = 0;

  get version(): number {
    return this.#version;
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  /** Lays a change on top. The returned function takes it off again, whether confirmed or refused. */
  add(change: PendingChange): () => void {
    this.#changes.add(change);
    this.#version++;
    return () => {
      if (this.#changes.delete(change)) this.#version++;
    };
  }

  /** Ids that the changes hide, and entries that they put in. */
  effect(): { readonly hidden: ReadonlySet<string>; readonly put: readonly Entry[] } {
    const hidden = new Set<string>();
    const put = new Map<string, Entry>();
    for (const change of this.#changes) {
      if (change.kind === 'remove') {
        for (const id of change.ids) {
          hidden.add(id);
          put.delete(id);
        }
      } else if (change.kind === 'put') {
        if (change.replaces !== undefined) {
          hidden.add(change.replaces);
          put.delete(change.replaces);
        }
        hidden.add(change.entry.id);
        put.set(change.entry.id, change.entry);
      }
    }
    return { hidden, put: [...put.values()] };
  }

  /** Whether an entry shown is a wish rather than a fact, or is being worked on. */
  isPending(id: string): boolean {
    for (const change of this.#changes) {
      if (change.kind === 'put' ? change.entry.id === id : change.kind === 'mark' && change.ids.has(id))
        return true;
    }
    return false;
  }
}
