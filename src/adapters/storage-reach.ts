/**
 * Whether the storage behind a platform takes requests from this page at all. A storage whose CORS rules leave the
 * page out looks exactly like a dead network: no status, no words. What tells them apart is that the platform's API
 * answers at the same time.
 */
export class StorageReach {
  #unanswered = 0;
  #answered = false;
  #refuses = false;
  readonly #patience: number;

  /** @param patience requests without any answer after which the storage counts as closed to this page */
  constructor(patience = 2) {
    this.#patience = patience;
  }

  /** The storage never answered, often enough. */
  get refuses(): boolean {
    return this.#refuses;
  }

  /** It answered, whatever: from now on silence is the network's. */
  answered(): void {
    this.#answered = true;
    this.#refuses = false;
  }

  /** A request to it got no answer, though the API answered after that. */
  unanswered(): void {
    this.#unanswered += 1;
    if (!this.#answered && this.#unanswered >= this.#patience) this.#refuses = true;
  }
}

/**
 * Tells a plan which of its signed requests got no answer: the engine asks for the next signature with a higher
 * attempt, and the plan has read no answer in between.
 */
export class AnswerWatch {
  readonly #reach: StorageReach;
  #open: { attempt: number; expiresAt: number } | undefined;

  constructor(reach: StorageReach) {
    this.#reach = reach;
  }

  /** A signature is asked for. */
  asked(attempt: number): void {
    const open = this.#open;
    this.#open = undefined;
    // A pause begins again with attempt 1, and a URL that ended while it waited for its turn was never used.
    if (open && attempt > open.attempt && open.expiresAt > Date.now() + 60_000) this.#reach.unanswered();
  }

  /** A request to the storage was handed out. */
  handedOut(attempt: number, expiresAt = Number.POSITIVE_INFINITY): void {
    this.#open = { attempt, expiresAt };
  }

  /** Its answer was read. */
  read(): void {
    if (this.#open) this.#reach.answered();
    this.#open = undefined;
  }
}
