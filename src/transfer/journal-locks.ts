/**
 * Keeps tabs apart: a transfer on record has one owner, by a lock that the browser takes back when its page ends, however
 * it ends.
 */
import { OwnersByMessage } from './journal-owners.js';

export class JournalLocks {
  /** What gives the lock back, by transfer; without Web Locks there is nothing to give back. */
  readonly #held = new Map<string, () => void>();
  readonly #asked = new Map<string, Promise<boolean>>();
  readonly #watched = new Set<string>();
  readonly #locks: LockManager | undefined;
  readonly #prefix: string;
  /** Without Web Locks. */
  readonly #owners: OwnersByMessage;

  /** `locks`: absent on pages that are not served safely; then pages ask each other. */
  constructor(kind: 'upload' | 'download', locks: LockManager | undefined = globalThis.navigator?.locks) {
    this.#locks = locks;
    this.#prefix = `file-transfer-elements.${kind}.`;
    this.#owners = new OwnersByMessage(kind, () => this.#held.keys());
  }

  owns(id: string): boolean {
    return this.#held.has(id);
  }

  /** For a transfer that this page has begun: nobody else knows of it yet. */
  take(id: string): void {
    if (this.#locks) void this.claim(id);
    else this.#hold(id);
  }

  /** False: another page has it, or this one has it already. */
  claim(id: string): Promise<boolean> {
    if (this.#held.has(id) || this.#asked.has(id)) return Promise.resolve(false);
    const asked = this.#claim(id).finally(() => this.#asked.delete(id));
    this.#asked.set(id, asked);
    return asked;
  }

  /** Those of `ids` that were asked for are had, or somebody else has them; undefined: nothing is to be waited for. */
  settled(ids: Iterable<string>): Promise<unknown> | undefined {
    const asked = [...ids].flatMap(id => this.#asked.get(id) ?? []);
    return asked.length > 0 ? Promise.all(asked) : undefined;
  }

  #hold(id: string): void {
    this.#held.set(id, () => {});
    this.#owners.listen();
  }

  async #claimByAsking(id: string): Promise<boolean> {
    if ((await this.#owners.elsewhere(id)).has(id)) return false;
    this.#hold(id);
    return true;
  }

  async #claim(id: string): Promise<boolean> {
    const locks = this.#locks;
    if (!locks) return this.#claimByAsking(id);
    // Those that watch have the lock for a moment once its owner lets go of it, and want nothing of the transfer.
    do {
      if (await this.#claimNow(locks, id)) return true;
    } while (!(await this.#isOwned(locks, id)));
    return false;
  }

  async #isOwned(locks: LockManager, id: string): Promise<boolean> {
    const owned = await ownedNames(locks).catch(() => undefined);
    return owned?.includes(this.#prefix + id) ?? true;
  }

  #claimNow(locks: LockManager, id: string): Promise<boolean> {
    return new Promise(resolve => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (!lock) {
          resolve(false);
          return undefined;
        }
        const held = new Promise<void>(release => this.#held.set(id, release));
        resolve(true);
        return held;
      };
      // Where locks are refused (an opaque origin) a page cannot be told from another one.
      locks.request(this.#prefix + id, { ifAvailable: true }, hold).catch(() => {
        this.#hold(id);
        resolve(true);
      });
    });
  }

  async release(id: string): Promise<void> {
    await this.#asked.get(id);
    const give = this.#held.get(id);
    this.#held.delete(id);
    give?.();
  }

  /** Calls `then` once no page has the transfer any more, also when its page ended without a word. */
  watch(id: string, then: () => void): void {
    if (!this.#locks || this.#watched.has(id)) return;
    this.#watched.add(id);
    const gone = (): void => {
      this.#watched.delete(id);
      then();
    };
    this.#locks.request(this.#prefix + id, { mode: 'shared' }, () => {}).then(gone, () => {});
  }

  /** Transfers that some page has, this one included. */
  async all(): Promise<ReadonlySet<string>> {
    if (!this.#locks) return new Set([...(await this.#owners.elsewhere()), ...this.#held.keys()]);
    const names = await ownedNames(this.#locks).catch(() => []);
    const prefix = this.#prefix;
    const ids = names.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
    return new Set([...ids, ...this.#held.keys()]);
  }
}

/** Without the locks of those that only watch. */
async function ownedNames(locks: LockManager): Promise<readonly string[]> {
  const { held = [] } = await locks.query();
  return held.flatMap(({ name = '', mode }) => (mode === 'shared' ? [] : [name]));
}
