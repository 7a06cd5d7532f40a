import type { Clock } from './clock.js';

export interface Watchdog {
  /** Something moved. */
  alive(): void;
  /** From now on this much silence is fine, in milliseconds. */
  allow(milliseconds: number): void;
  stop(): void;
}

/**
 * Calls `onSilence` when nothing moved for `milliseconds`. Looks in short steps and compares times, so that a
 * machine that slept is not mistaken for a dead connection: what moved before is then given the whole time again. Once,
 * until something moves: in a hidden tab timers come a minute apart for ever.
 */
export function watch(clock: Clock, milliseconds: number, onSilence: () => void): Watchdog {
  let allowed = milliseconds;
  let last = clock.now();
  let looked = last;
  let isPardoned = false;
  let handle: unknown;
  const step = (): number => Math.max(10, Math.min(5000, allowed / 4));
  const look = (): void => {
    const now = clock.now();
    const jumped = now - looked > step() * 3 + 1000 || now < looked;
    looked = now;
    if (jumped && !isPardoned) {
      isPardoned = true;
      last = now;
    }
    if (now - last >= allowed) onSilence();
    else handle = clock.setTimeout(look, step());
  };
  handle = clock.setTimeout(look, step());
  return {
    alive() {
      isPardoned = false;
      last = clock.now();
    },
    allow(value) {
      allowed = value;
      last = clock.now();
    },
    stop() {
      clock.clearTimeout(handle);
    },
  };
}
