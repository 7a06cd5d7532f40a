/** Bytes of one file that is sent in parts: acknowledged ones, and those on their way. */
export class PartsProgress {
  readonly #flying = new Map<number, number>();
  #acknowledged = 0;

  /** Bytes of the parts that the storage has. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Bytes handed over; falls when an attempt is lost (the item's own number then stays where it was). */
  get sent(): number {
    let sent = this.#acknowledged;
    for (const bytes of this.#flying.values()) sent += bytes;
    return sent;
  }

  /** Whether no part moves. */
  get idle(): boolean {
    return this.#flying.size === 0;
  }

  /** A part begins to move. True when it is the only one that does. */
  sending(part: number): boolean {
    this.#flying.set(part, 0);
    return this.#flying.size === 1;
  }

  flying(part: number, bytes: number): void {
    if (this.#flying.has(part)) this.#flying.set(part, bytes);
  }

  /** An attempt to send a part is over. */
  landed(part: number): void {
    this.#flying.delete(part);
  }

  /** The storage has a part. */
  done(part: number, size: number): void {
    this.#flying.delete(part);
    this.#acknowledged += size;
  }
}
