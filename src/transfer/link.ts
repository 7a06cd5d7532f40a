/** What the uploads of a page have learnt about a storage, for the uploads after them. */
import type { Adapter } from '../adapters/adapter.js';

/** Requests below this many bytes measure latency, not speed. */
const meaningful = 1024 * 1024;

export class StorageHabits {
  /** Bytes per second that one connection brought lately. */
  connectionSpeed: number | undefined;
  /** Whether answers to uploads carry the checksum the storage computed; undefined: not seen yet. */
  reportsChecksums: boolean | undefined;
  /** Whether its ETags are MD5 digests: not for every kind of encryption. */
  md5Etags: boolean | undefined;

  /** A request brought `bytes` in `milliseconds`. */
  measured(bytes: number, milliseconds: number): void {
    if (bytes < meaningful || milliseconds <= 0) return;
    const speed = (bytes * 1000) / milliseconds;
    this.connectionSpeed =
      this.connectionSpeed === undefined ? speed : this.connectionSpeed * 0.8 + speed * 0.2;
  }
}

const habits = new WeakMap<Adapter, StorageHabits>();

export function habitsOf(adapter: Adapter): StorageHabits {
  let known = habits.get(adapter);
  if (!known) habits.set(adapter, (known = new StorageHabits()));
  return known;
}
