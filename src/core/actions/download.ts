import type { BrowserAction } from './action.js';
import { statusFor } from './status.js';

/** Saves files and folders on the person's device. */
export const download: BrowserAction = {
  id: 'download',
  label: 'actionDownload',
  icon: 'download',
  on: 'entries',
  hotkeys: ['Ctrl+s'],
  toolbar: 4,
  menu: 2,
  status: (entries, context) => statusFor('resolveDownload', entries, context, { changes: false }),
  async exec(entries, context) {
    const job = await context.operations.download(entries);
    return job && { job };
  },
};
