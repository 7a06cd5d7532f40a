import type { Entry, StorageAction } from '../entry.js';
import type { ActionContext, ActionStatus } from './action.js';

/**
 * Status of an action that needs a storage capability and entries: absent where the storage lacks it, off while the
 * number of entries does not fit, off with the storage's reason where an entry refuses.
 */
export function statusFor(
  action: StorageAction,
  entries: readonly Entry[],
  context: Pick<ActionContext, 'can' | 'readonly'>,
  { changes, single = false }: { changes: boolean; single?: boolean },
): ActionStatus {
  if (!context.can(action) || (changes && context.readonly)) return 'hidden';
  if (entries.length === 0 || (single && entries.length > 1)) return { reason: '' };
  const refusing = entries.find(entry => !context.can(action, entry));
  return refusing ? { reason: refusing.refuses?.[action] ?? '' } : 'enabled';
}
