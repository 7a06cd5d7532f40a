import type { Container, Containers } from '../../../adapters/adapter.js';

/** What is known of the containers of one storage, by id. */
export class ContainerFacts {
  readonly #known = new Map<string, Container>();
  /** Could not be read; what they allow shows when it is tried. */
  readonly #unreadable = new Set<string>();
  readonly #gone = new Set<string>();
  #reading: AbortController | undefined;

  /** Forgets everything: the page has given another storage. */
  clear(): void {
    this.stop();
    this.#known.clear();
    this.#unreadable.clear();
    this.#gone.clear();
  }

  get(id: string): Container | undefined {
    return this.#known.get(id);
  }

  put(container: Container): void {
    this.#known.set(container.id, container);
    this.#gone.delete(container.id);
  }

  /** It has been deleted. */
  drop(id: string): void {
    this.#known.delete(id);
    this.#gone.add(id);
  }

  /** What was said of it no longer holds. */
  forget(id: string): void {
    this.#known.delete(id);
    this.#unreadable.delete(id);
    this.#gone.delete(id);
  }

  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  /** Whether the storage has said what the container allows, or cannot. */
  isSettled(id: string, containers: Containers): boolean {
    return containers.read === undefined || this.#known.has(id) || this.#unreadable.has(id);
  }

  /** Reads what is not known yet. Undefined: nothing new. Names and states are for the person, so this never throws. */
  async read(containers: Containers, id: string): Promise<Container | undefined> {
    this.stop();
    if (!containers.read || this.#known.has(id)) return undefined;
    const stop = new AbortController();
    this.#reading = stop;
    const facts = await containers.read(id, { signal: stop.signal }).catch(() => undefined);
    if (stop.signal.aborted) return undefined;
    if (facts) this.#known.set(id, facts);
    else this.#unreadable.add(id);
    return facts;
  }

  stop(): void {
    this.#reading?.abort();
  }
}
