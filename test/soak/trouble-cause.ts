import type { Random } from './random.js';
import type { Servers } from './servers.js';

/** Rules that nobody has met by then are taken back. Milliseconds. */
export const ruleLife = 20_000;

/** One thing that may go wrong. */
export interface Cause {
  readonly kind: string;
  /** How often it does, compared to others. */
  readonly weight: number;
  /** Resolves to how long it lasts, in milliseconds. */
  begin(): number | Promise<number>;
}

/** What a cause works with. */
export interface CauseParts {
  readonly servers: Servers;
  readonly random: Random;
  /** Calls `end` then, or when all trouble is to end. Returns the milliseconds that it was given. */
  after(milliseconds: number, end: () => void | Promise<void>): number;
  /** A time between so many seconds, in milliseconds. */
  seconds(least: number, most: number): number;
}
