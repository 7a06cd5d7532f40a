/**
 * Room in the browser's own storage that files of this page take up while the browser saves them: it comes back after a
 * while, so that many files fit one after another which do not fit together.
 */
import { abortable } from '../clock.js';
import { saveBlob } from './browser-save.js';

/** Bytes by the name of the staged file. */
const leaving = new Map<string, number>();
let timesFreed = 0;
/** Those that wait for room. */
const waiting = new Set<() => void>();

/** As {@link saveBlob}, for a staged file that gives its room back when it is saved. */
export function saveStaged(file: File, name: string, release: () => void): void {
  leaving.set(file.name, file.size);
  saveBlob(file, name, release);
}

/** A staged file is gone. */
export function hasLeft(id: string): void {
  if (!leaving.delete(id)) return;
  timesFreed += 1;
  for (const goOn of waiting) goOn();
  waiting.clear();
}

async function mayFitLater(size: number): Promise<boolean> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  let taken = 0;
  for (const bytes of leaving.values()) taken += bytes;
  return quota - usage + taken > size;
}

export interface Patience {
  readonly signal: AbortSignal;
  /** Called when there is no room yet. */
  onWaiting?(): void;
}

/**
 * What `find` resolves to. While that is undefined, and `size` bytes may fit once the browser has saved what it is
 * saving, waits for that and calls it again. Rejects with the signal's reason.
 */
export async function onceThereIsRoom<Place>(
  size: number,
  { signal, onWaiting }: Patience,
  find: () => Promise<Place | undefined>,
): Promise<Place | undefined> {
  for (;;) {
    const before = timesFreed;
    const place = await find();
    if (place !== undefined) return place;
    signal.throwIfAborted();
    if (timesFreed !== before) continue;
    if (leaving.size === 0 || !(await mayFitLater(size))) return undefined;
    if (timesFreed !== before) continue;
    onWaiting?.();
    await abortable(new Promise<void>(resolve => waiting.add(resolve)), signal);
  }
}
