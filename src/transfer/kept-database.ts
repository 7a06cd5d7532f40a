/** What every database of this kit in the browser does alike: it opens when it is needed, and never stands in the way. */
import { type DBSchema, type IDBPDatabase, type OpenDBCallbacks, openDB } from 'idb';

/** Milliseconds that another tab has to let go of an older version. */
const blockedTime = 3000;

export interface KeptDatabaseOptions<Schema extends DBSchema> {
  readonly name: string;
  readonly version: number;
  /** Makes what is missing; records of earlier versions stay. */
  readonly upgrade: NonNullable<OpenDBCallbacks<Schema>['upgrade']>;
  /** Called each time it was opened, before anybody uses it. */
  readonly opened?: (database: IDBPDatabase<Schema>) => Promise<void>;
}

export class KeptDatabase<Schema extends DBSchema> {
  readonly #options: KeptDatabaseOptions<Schema>;
  #opening: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(options: KeptDatabaseOptions<Schema>) {
    this.#options = options;
  }

  /** Rejects where nothing can be kept (private windows, a full disk, a frozen tab with an older version). */
  open(): Promise<IDBPDatabase<Schema>> {
    this.#opening ??= this.#openOnce().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  // Asynchronous: where IndexedDB is switched off, the very mention of it may throw.
  async #openOnce(): Promise<IDBPDatabase<Schema>> {
    const { name, version, upgrade, opened } = this.#options;
    const { promise: blocked, reject: giveUp } = Promise.withResolvers<never>();
    let isGivenUp = false;
    const opening = openDB<Schema>(name, version, {
      upgrade,
      // A frozen tab with an older version cannot close: transfers must not wait for it to be woken.
      blocked: () => {
        setTimeout(() => {
          isGivenUp = true;
          giveUp(new DOMException('Another tab holds an older version of the database.', 'TimeoutError'));
        }, blockedTime);
      },
      // A newer version of this kit in another tab must not wait for this page.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        this.#opening = undefined;
      },
      terminated: () => {
        this.#opening = undefined;
      },
    });
    opening.then(
      database => isGivenUp && database.close(),
      () => {},
    );
    const database = await Promise.race([opening, blocked]);
    try {
      await opened?.(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  }

  /** For tests. */
  async close(): Promise<void> {
    (await this.#opening?.catch(() => undefined))?.close();
    this.#opening = undefined;
  }
}
