/** Memory of a process and all its descendants (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name in brackets may hold anything; the parent is the second field behind it.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      found.set(Number(name), Number(fields[1]));
    } catch {
      // It has just ended.
    }
  }
  return found;
}

function family(root: number): number[] {
  const parentOf = parents();
  const members = new Set([root]);
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const [pid, parent] of parentOf) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

/**
 * Bytes of its own memory and of what its processes share, each counted once; paged out or not. Without mapped files:
 * a browser's own libraries weigh 200 MiB, and count for it as soon as another browser on the machine has ended.
 */
export function memoryOf(root: number): number {
  let total = 0;
  for (const pid of family(root)) {
    try {
      const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      for (const [, kibibytes] of lines.matchAll(/^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB/gm)) {
        total += Number(kibibytes) * 1024;
      }
    } catch {
      // It has just ended.
    }
  }
  return total;
}

/** Looks every quarter of a second how much memory a process and its descendants use. */
export class MemoryWatch implements Disposable {
  readonly #before: number;
  readonly #timer: NodeJS.Timeout;
  #most = 0;

  constructor(root: number) {
    this.#before = memoryOf(root);
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, memoryOf(root));
    }, 250);
  }

  /** Bytes above what it was at the beginning, at most. */
  get growth(): number {
    return Math.max(0, this.#most - this.#before);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
