/** Tells the pages of an origin that what a journal keeps has changed. */
export class JournalNews {
  readonly #name: string;
  readonly #listeners = new Set<() => void>();
  #channel: BroadcastChannel | undefined;

  constructor(kind: 'uploads' | 'downloads') {
    this.#name = `file-transfer-elements.${kind}`;
  }

  /** Calls `listener` when records came or went, in this tab or another. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#listen();
    return () => this.#listeners.delete(listener);
  }

  #listen(): BroadcastChannel | undefined {
    // Where nothing is kept there is nothing to tell, and an open channel keeps some programs from ending.
    const can = typeof BroadcastChannel !== 'undefined' && typeof indexedDB !== 'undefined';
    if (this.#channel || !can) return this.#channel;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = () => this.tellHere();
    return this.#channel;
  }

  tell(): void {
    this.tellHere();
    this.#listen()?.postMessage(undefined);
  }

  tellHere(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
