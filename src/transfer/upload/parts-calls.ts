import type { PartsPlan } from '../../adapters/adapter.js';
import type { ItemControl } from '../item-run.js';
import type { RetryOptions } from '../retry.js';
import type { RequestPriority } from '../scheduler.js';
import { signingKey } from '../transfer-errors.js';
import type { UploadSession } from './session.js';

const connectionsAtFirst = 6;

/** Where one upload in parts goes, and how its calls without bytes share connections with everything else. */
export class PartsCalls {
  readonly #session: UploadSession;
  #origins: readonly string[];

  constructor(session: UploadSession, plan: PartsPlan) {
    this.#session = session;
    this.#origins = plan.origins ?? [];
  }

  /** Connections that could work on this upload now. */
  get connections(): number {
    const { scheduler, connectionsPerOrigin } = this.#session.context;
    if (this.#origins.length === 0) return connectionsPerOrigin ?? connectionsAtFirst;
    return scheduler.capacity(this.#origins);
  }

  /** Where a part went, for plans that do not say it ahead. */
  sentTo(origin: string): void {
    if (this.#origins.length === 0) this.#origins = [origin];
  }

  /** Makes a call once a connection is free for it. `signal` ends only the wait. */
  async withConnection<T>(
    priority: RequestPriority,
    signal: AbortSignal,
    call: () => Promise<T>,
  ): Promise<T> {
    const { context, flow } = this.#session;
    const origins = this.#origins;
    const { scheduler, connectionsPerOrigin: ceiling } = context;
    const lease =
      origins.length > 0
        ? await scheduler.acquire({
            origins,
            priority,
            signal,
            flow,
            ...(ceiling === undefined ? {} : { ceiling }),
          })
        : undefined;
    try {
      return await call();
    } finally {
      lease?.release();
    }
  }

  retryOptions(control: ItemControl, signal: AbortSignal): RetryOptions {
    const { clock, connectivity, adapter } = this.#session.context;
    return {
      signal,
      clock,
      connectivity,
      // A storage that refuses this page without CORS headers answers as little as one that cannot be reached, and the
      // signer's answers say nothing about that.
      origin: () =>
        this.#origins.find(origin => connectivity.isProven(origin)) ??
        this.#origins[0] ??
        signingKey(adapter),
      onWaiting: (error, nextTry) => control.setState('waiting', error, nextTry),
      onResumed: () => control.setState('preparing'),
    };
  }
}
