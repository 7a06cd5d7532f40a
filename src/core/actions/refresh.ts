import type { BrowserAction } from './action.js';

/** Reads the open folder again. */
export const refresh: BrowserAction = {
  id: 'refresh',
  label: 'actionRefresh',
  icon: 'refresh',
  on: 'folder',
  toolbar: 10,
  menu: 5,
  status: () => 'enabled',
  async exec(_, context) {
    await context.refresh();
    return {};
  },
};
