import type { Entry } from '../entry.js';
import { isWithin, parentPath } from '../path.js';
import type { BrowserAction } from './action.js';
import { completedEntries, finishedOrThrow } from './failure.js';
import { statusFor } from './status.js';

/** Whether a folder takes these entries: not where they are already, not a folder into itself. */
export function accepts(folder: string, entries: readonly Entry[]): boolean {
  return entries.every(
    entry => parentPath(entry.path) !== folder && !(entry.kind === 'folder' && isWithin(folder, entry.path)),
  );
}

/** Moves entries to another folder. */
export const move: BrowserAction = {
  id: 'move',
  label: 'actionMove',
  icon: 'move',
  on: 'entries',
  toolbar: 6,
  menu: 3,
  status: (entries, context) => statusFor('move', entries, context, { changes: true }),
  async exec(entries, context, input) {
    const to = input.to ?? (await context.ask.destination('move', entries));
    if (to === undefined) return undefined;
    const end = context.begin({ kind: 'mark', ids: new Set(entries.map(entry => entry.id)) });
    try {
      const job = context.operations.move(entries, to);
      const moved = await completedEntries(job, entries);
      end({ removed: moved.map(entry => entry.id) });
      await finishedOrThrow(job);
      return { job, input: { to } };
    } catch (error) {
      end();
      throw error;
    }
  },
};

/** Copies entries to another folder. */
export const copy: BrowserAction = {
  id: 'copy',
  label: 'actionCopy',
  icon: 'copy',
  on: 'entries',
  toolbar: 7,
  menu: 3,
  status: (entries, context) => statusFor('copy', entries, context, { changes: true }),
  async exec(entries, context, input) {
    const to = input.to ?? (await context.ask.destination('copy', entries));
    if (to === undefined) return undefined;
    const job = context.operations.copy(entries, to);
    await finishedOrThrow(job);
    return { job, input: { to } };
  },
};
