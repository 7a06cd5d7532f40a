import type { BrowserAction } from './action.js';
import { completedEntries, finishedOrThrow } from './failure.js';
import { statusFor } from './status.js';

/** Deletes entries, folders with everything below, after the person has agreed. */
export const remove: BrowserAction = {
  id: 'remove',
  label: 'actionDelete',
  icon: 'delete',
  on: 'entries',
  hotkeys: ['Delete'],
  toolbar: 9,
  menu: 4,
  danger: true,
  status: (entries, context) => statusFor('remove', entries, context, { changes: true }),
  async exec(entries, context, input) {
    if (input.confirmed !== true && (await context.ask.confirmRemove(entries)) === undefined)
      return undefined;
    // A file is gone in a moment and hides at once; a folder may take minutes and stays, marked, until it is gone.
    const idsOf = (kind: 'file' | 'folder') =>
      new Set(entries.filter(entry => entry.kind === kind).map(entry => entry.id));
    const endFiles = context.begin({ kind: 'remove', ids: idsOf('file') });
    const endFolders = context.begin({ kind: 'mark', ids: idsOf('folder') });
    try {
      const job = context.operations.remove(entries);
      const removed = await completedEntries(job, entries);
      endFolders();
      endFiles({ removed: removed.map(entry => entry.id) });
      await finishedOrThrow(job);
      return { job };
    } catch (error) {
      endFolders();
      endFiles();
      throw error;
    }
  },
};
