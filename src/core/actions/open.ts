import type { BrowserAction } from './action.js';

/** Goes into a folder; tells the page about a file. */
export const open: BrowserAction = {
  id: 'open',
  label: 'actionOpen',
  icon: 'open',
  on: 'entries',
  hotkeys: ['Enter'],
  menu: 1,
  status: entries => (entries.length === 1 ? 'enabled' : { reason: '' }),
  async exec([entry], context) {
    if (!entry) return undefined;
    context.open(entry);
    return {};
  },
};
