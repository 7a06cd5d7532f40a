import type { Entry } from './entry.js';

/**
 * What is selected in a folder, by id, so that it outlives sorting, filtering and rows that are not in the page.
 * Besides single ids it knows "everything in this folder", which includes entries nobody has loaded yet.
 * Changes in place (a set of a million ids is not copied for a click); `version` grows with every change.
 */
export class Selection {
  #ids = new Set<string>();
  /** In the mode "everything": the ids taken out again. */
  #except: Set<string> | undefined;
  #version = 0;

  get version(): number {
    return this.#version;
  }

  /** Whether entries that are not loaded yet are selected too. */
  get everything(): boolean {
    return this.#except !== undefined;
  }

  /** Nothing at all is selected. */
  get isEmpty(): boolean {
    return this.#except === undefined && this.#ids.size === 0;
  }

  has(id: string): boolean {
    return this.#except ? !this.#except.has(id) : this.#ids.has(id);
  }

  /** Number of selected among the loaded ones; in the mode "everything" more may be selected than loaded. */
  countAmong(loaded: number): number {
    return this.#except ? loaded - this.#except.size : this.#ids.size;
  }

  /** The selected ones of these entries, in their order. */
  among(entries: readonly Entry[]): readonly Entry[] {
    return this.isEmpty ? [] : entries.filter(entry => this.has(entry.id));
  }

  clear(): void {
    if (this.isEmpty) return;
    this.#ids = new Set();
    this.#except = undefined;
    this.#version++;
  }

  /** Selects exactly these. */
  set(ids: Iterable<string>): void {
    this.#ids = new Set(ids);
    this.#except = undefined;
    this.#version++;
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.#except) this.#except.delete(id);
      else this.#ids.add(id);
    }
    this.#version++;
  }

  toggle(id: string): void {
    if (this.has(id)) this.#remove(id);
    else this.add([id]);
    this.#version++;
  }

  /** Selects everything in the folder, loaded or not. */
  setEverything(): void {
    this.#ids = new Set();
    this.#except = new Set();
    this.#version++;
  }

  /**
   * Turns "everything" into the ids that are meant now that the whole folder is known: what somebody adds to the
   * folder later was never seen by the person and must not be deleted with the rest.
   */
  settle(entries: readonly Entry[]): void {
    const except = this.#except;
    if (!except) return;
    this.set(entries.filter(entry => !except.has(entry.id)).map(entry => entry.id));
  }

  /** Forgets ids that are gone. Call it with a complete listing only. */
  retain(entries: readonly Entry[]): void {
    if (this.#except || this.#ids.size === 0) return;
    const present = new Set<string>();
    for (const entry of entries) if (this.#ids.has(entry.id)) present.add(entry.id);
    if (present.size === this.#ids.size) return;
    this.#ids = present;
    this.#version++;
  }

  /** Follows an entry that got another id, as a rename gives it. */
  replace(id: string, newId: string): void {
    if (!this.has(id)) return;
    this.#remove(id);
    this.add([newId]);
  }

  drop(ids: Iterable<string>): void {
    for (const id of ids) this.#remove(id);
    this.#version++;
  }

  #remove(id: string): void {
    if (this.#except) this.#except.add(id);
    else this.#ids.delete(id);
  }
}
