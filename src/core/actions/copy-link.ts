import type { BrowserAction } from './action.js';
import { statusFor } from './status.js';

/** Copies a link that works without credentials until it expires. Files only. */
export const copyLink: BrowserAction = {
  id: 'copy-link',
  label: 'actionCopyLink',
  icon: 'link',
  on: 'entries',
  toolbar: 8,
  menu: 2,
  status(entries, context) {
    const status = statusFor('signedLink', entries, context, { changes: false, single: true });
    return status === 'enabled' && entries[0]?.kind === 'folder' ? { reason: '' } : status;
  },
  async exec([entry], context, input) {
    if (!entry) return undefined;
    if (input.seconds !== undefined) {
      const { url } = await context.operations.signedLink(entry, input.seconds);
      await context.copyText(url);
      return { input };
    }
    const shown = await context.ask.link(entry, seconds => context.operations.signedLink(entry, seconds));
    return shown && {};
  },
};
