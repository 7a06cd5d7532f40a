import type { Segment, SegmentTable } from './segments.js';

/** Bytes that may be fetched before their turn when the sink takes bytes in order only: they are held in memory. */
const lookAhead = 24 * 1024 * 1024;

export interface ParallelOptions {
  readonly segments: SegmentTable;
  /** Segments to fetch at once. */
  workers(): number;
  /** The sink takes bytes from front to back only: nothing is fetched too long before its turn. */
  inOrder(): boolean;
  /**
   * Absent: how the storage answers is known. Otherwise one request finds out, and the others join it once the function
   * given here is called, while its bytes still come.
   */
  whenKnown?(join: () => void): void;
  readonly signal: AbortSignal;
  fetch(segment: Segment, signal: AbortSignal): Promise<void>;
}

/** Fetches all segments that are left. The first failure stops the others and is thrown when they have let go. */
export async function fetchInParallel(options: ParallelOptions): Promise<void> {
  const { segments, signal, fetch } = options;
  const stop = new AbortController();
  const waiters: (() => void)[] = [];
  const advance = (): void => {
    for (const go of waiters.splice(0)) go();
  };
  const end = (reason: unknown): void => {
    stop.abort(reason);
    advance();
  };
  const forward = (): void => end(signal.reason);
  signal.addEventListener('abort', forward);
  if (signal.aborted) forward();

  const mustWait = (): boolean => {
    const next = segments.nextStart;
    return (
      options.inOrder() && !stop.signal.aborted && next !== undefined && next >= segments.frontier + lookAhead
    );
  };
  let failed = false;
  let failure: unknown;
  const work = async (): Promise<void> => {
    try {
      while (!stop.signal.aborted) {
        // One that waits for its turn holds no connection, so the ones before it can always go on. Nothing may come
        // between looking and taking: all that wait are woken together.
        while (mustWait()) await new Promise<void>(resolve => waiters.push(resolve));
        const segment = segments.take(options.workers());
        if (segment === undefined) return;
        await fetch(segment, stop.signal);
        advance();
      }
    } catch (error) {
      if (!failed) failure = error;
      failed = true;
      end(error);
    }
  };
  const working: Promise<void>[] = [];
  const join = (): void => {
    while (working.length < options.workers()) working.push(work());
  };
  if (options.whenKnown) {
    working.push(work());
    options.whenKnown(join);
  } else join();
  try {
    // Those that join come behind the one that lets them.
    for (let index = 0; index < working.length; index += 1) await working[index];
  } finally {
    signal.removeEventListener('abort', forward);
  }
  if (failed) throw failure;
  signal.throwIfAborted();
}
