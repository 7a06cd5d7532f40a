import type { Entry } from '../entry.js';
import { joinPath, parentPath } from '../path.js';
import type { BrowserAction } from './action.js';
import { finishedOrThrow } from './failure.js';
import { statusFor } from './status.js';

/** What an entry becomes under another name; ids that are paths follow. */
export function renamed(entry: Entry, name: string): Entry {
  const path = joinPath(parentPath(entry.path), name) + (entry.kind === 'folder' ? '/' : '');
  return { ...entry, id: entry.id === entry.path ? path : entry.id, path, name };
}

/** Gives one entry another name; shows it at once, and the old one again if the storage refuses. */
export const rename: BrowserAction = {
  id: 'rename',
  label: 'actionRename',
  icon: 'rename',
  on: 'entries',
  hotkeys: ['F2'],
  toolbar: 5,
  menu: 3,
  status: (entries, context) => statusFor('rename', entries, context, { changes: true, single: true }),
  async exec([entry], context, input) {
    if (!entry) return undefined;
    const name = input.name ?? (await context.ask.newName(entry));
    if (name === undefined || name === entry.name) return undefined;
    const after = renamed(entry, name);
    const end = context.begin({ kind: 'put', entry: after, replaces: entry.id });
    try {
      const job = context.operations.rename(entry, name);
      const state = await finishedOrThrow(job);
      end(state === 'done' ? { removed: entry.id === after.id ? [] : [entry.id], put: [after] } : undefined);
      return { job, input: { name } };
    } catch (error) {
      end();
      throw error;
    }
  },
};
