import { TransferError } from '../core/errors.js';
import { type Clock, systemClock } from './clock.js';
import { placeName } from './transfer-errors.js';

/**
 * What is known of the connection. `navigator.onLine` is believed when it says offline; when it says online it may
 * lie (a captive portal, a dead router), so the engine goes on trying either way.
 */
export class Connectivity {
  readonly #clock: Clock;
  readonly #proven = new Set<string>();
  readonly #events: EventTarget | undefined;
  readonly #isOnline: () => boolean;

  constructor(
    clock: Clock = systemClock,
    environment: { events?: EventTarget | undefined; isOnline?: () => boolean } = {},
  ) {
    this.#clock = clock;
    this.#events =
      environment.events ??
      (typeof globalThis.addEventListener === 'function'
        ? (globalThis as unknown as EventTarget)
        : undefined);
    this.#isOnline = environment.isOnline ?? (() => globalThis.navigator?.onLine !== false);
  }

  get online(): boolean {
    return this.#isOnline();
  }

  /**
   * An answer of this origin was read: the network, its CORS rules and this page fit together. What an
   * adapter asks before bytes move has a key of its own (`signingKey`).
   */
  prove(origin: string | undefined): void {
    if (origin !== undefined) this.#proven.add(origin);
  }

  isProven(origin: string | undefined): boolean {
    return origin !== undefined && this.#proven.has(origin);
  }

  /** Resolves when the browser is online again, or after `most` milliseconds to look whether that is so. */
  waitForConnection(signal: AbortSignal, most: number): Promise<void> {
    return this.#wait(signal, most);
  }

  /** Resolves after `milliseconds`, or as soon as the browser comes back online. */
  waitOrOnline(signal: AbortSignal, milliseconds: number): Promise<void> {
    return this.#wait(signal, milliseconds);
  }

  #wait(signal: AbortSignal, milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const clear = (): void => {
        this.#clock.clearTimeout(timer);
        this.#events?.removeEventListener('online', go);
        signal.removeEventListener('abort', stop);
      };
      const go = (): void => {
        clear();
        resolve();
      };
      const stop = (): void => {
        clear();
        reject(signal.reason);
      };
      const timer = this.#clock.setTimeout(go, milliseconds);
      this.#events?.addEventListener('online', go);
      signal.addEventListener('abort', stop);
    });
  }

  /** The sentence to show while waiting for the connection. */
  waitingError(origin: string | undefined, cause: TransferError, failures: number): TransferError {
    const offline = !this.online;
    const host = placeName(origin);
    const message = offline
      ? 'No connection. What is stored stays.'
      : failures > 10
        ? `No connection to ${host} for a while, or it has begun to refuse this page. What is stored stays.`
        : `No connection to ${host}. What is stored stays.`;
    return new TransferError(message, { kind: 'wait', reason: offline ? 'offline' : cause.reason, cause });
  }
}

let shared: Connectivity | undefined;

/** The page's knowledge of its connection. */
export function pageConnectivity(): Connectivity {
  return (shared ??= new Connectivity());
}
