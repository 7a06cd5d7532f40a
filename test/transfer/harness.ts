import type { Adapter } from '../../src/adapters/adapter.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import { noJournal } from '../../src/transfer/journal.js';
import { TransferManager, type TransferManagerOptions } from '../../src/transfer/manager.js';
import { Scheduler } from '../../src/transfer/scheduler.js';
import type { TransferJob } from '../../src/transfer/types.js';
import { hasher } from './fake-storage.js';
import { FastClock } from './fast-clock.js';

/** A manager whose waits cost no time and whose connections are its own. */
export function managerOf(adapter: Adapter, options: Partial<TransferManagerOptions> = {}) {
  const clock = new FastClock();
  const connectivity = options.connectivity ?? new Connectivity(clock);
  const scheduler = new Scheduler(clock);
  const manager = new TransferManager({
    adapter,
    clock,
    connectivity,
    scheduler,
    hasher,
    journal: noJournal,
    ...options,
  });
  return { manager, clock, connectivity, scheduler };
}

export const textFile = (name: string, text = name): File => new File([text], name);

/** A file of this many bytes, no two blocks of which are equal. */
export function bigFile(name: string, size: number): File {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 31 + (index >> 8) * 17) & 255;
  return new File([bytes], name);
}

/** Resolves once `condition` holds; looks after every task. Gives up after ten seconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 0));
  }
}

export const states = (job: TransferJob): string[] => [...job.items].map(item => item.state);

/** A promise with its ends outside. */
export function gate(): { readonly promise: Promise<void>; open(): void } {
  let open!: () => void;
  const promise = new Promise<void>(resolve => {
    open = resolve;
  });
  return { promise, open };
}

/** Runs `work` while no frame is drawn, as on a machine that is busy or in a page that is hidden. */
export async function withoutFrames<T>(work: () => Promise<T>): Promise<T> {
  const { requestAnimationFrame: request, cancelAnimationFrame: cancel } = window;
  const held = new Map<number, FrameRequestCallback>();
  let last = 0;
  window.requestAnimationFrame = callback => {
    held.set(--last, callback);
    return last;
  };
  window.cancelAnimationFrame = handle => {
    if (!held.delete(handle)) cancel.call(window, handle);
  };
  try {
    return await work();
  } finally {
    Object.assign(window, { requestAnimationFrame: request, cancelAnimationFrame: cancel });
    for (const callback of held.values()) window.requestAnimationFrame(callback);
  }
}
