import type { Entry } from '../entry.js';
import type { ActionContext, ActionId, ActionStatus, BrowserAction } from './action.js';
import { copyLink } from './copy-link.js';
import { download } from './download.js';
import { newFolder } from './new-folder.js';
import { open } from './open.js';
import { refresh } from './refresh.js';
import { remove } from './remove.js';
import { rename } from './rename.js';
import { copy, move } from './transfer.js';
import { upload, uploadFiles, uploadFolder } from './upload.js';

/** All actions; toolbar, menus and hotkeys are made from this list. */
export const browserActions: readonly BrowserAction[] = [
  open,
  newFolder,
  uploadFiles,
  uploadFolder,
  upload,
  download,
  rename,
  move,
  copy,
  copyLink,
  remove,
  refresh,
];

const byId = new Map(browserActions.map(action => [action.id, action]));

export function actionOf(id: ActionId): BrowserAction {
  return byId.get(id)!;
}

/** An action together with what it may do at the moment. */
export interface OfferedAction {
  readonly action: BrowserAction;
  /** Off with this reason (possibly empty); undefined: on. */
  readonly reason: string | undefined;
}

function offered(action: BrowserAction, status: ActionStatus): OfferedAction {
  return { action, reason: status === 'enabled' || status === 'hidden' ? undefined : status.reason };
}

type StatusContext = Pick<ActionContext, 'can' | 'readonly' | 'isFlat'>;

/** Actions for the toolbar, in their order; those that cannot act now are listed as off, so that nothing jumps. */
export function toolbarActions(entries: readonly Entry[], context: StatusContext): readonly OfferedAction[] {
  return browserActions
    .filter(action => action.toolbar !== undefined)
    .map(action => ({ action, status: action.status(entries, context) }))
    .filter(({ status }) => status !== 'hidden')
    .sort((a, b) => a.action.toolbar! - b.action.toolbar!)
    .map(({ action, status }) => offered(action, status));
}

/**
 * Actions for a context menu, in groups: about the entries if there are any, else about the folder. What is off
 * without a reason to tell is left out.
 */
export function menuActions(
  entries: readonly Entry[],
  context: StatusContext,
): readonly (readonly OfferedAction[])[] {
  const groups = new Map<number, OfferedAction[]>();
  for (const action of browserActions) {
    if (action.menu === undefined || (action.on === 'entries') !== entries.length > 0) continue;
    const status = action.status(entries, context);
    if (status === 'hidden' || (status !== 'enabled' && status.reason === '')) continue;
    const group = groups.get(action.menu) ?? [];
    group.push(offered(action, status));
    groups.set(action.menu, group);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
