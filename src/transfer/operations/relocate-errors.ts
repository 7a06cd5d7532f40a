/** What goes wrong with moves and copies, in words. */
import { TransferError } from '../../core/errors.js';
import { type Relocation, relocationProblem } from '../../core/jobs/relocation.js';
import type { RelocateGroup } from './relocate-group.js';

/** Why a relocation makes no sense; undefined when it does. */
export function relocationRefusal(relocation: Relocation): TransferError | undefined {
  const { from } = relocation;
  switch (relocationProblem(relocation)) {
    case 'into-itself':
      return new TransferError(
        from === ''
          ? 'All that is in a storage cannot be put into one of its own folders. Choose what is to go there; nothing was changed.'
          : `${from} cannot be put into itself. Choose a folder outside of it; nothing was changed.`,
        { kind: 'fatal', reason: 'invalid-input', path: from },
      );
    case 'same-place':
      return new TransferError(`${from} is there already; nothing was changed.`, {
        kind: 'fatal',
        reason: 'exists',
        path: from,
      });
    default:
      return undefined;
  }
}

/** Two items of one job go to the same path. */
export function targetTaken({ from, to }: Relocation): TransferError {
  return new TransferError(
    `Another file of this selection goes to ${to} already; ${from} stays where it is. Rename one of them first.`,
    { kind: 'fatal', reason: 'exists', path: from },
  );
}

/** Not all of a folder got where it should, or not all of the old is gone. */
export function folderIncomplete(group: RelocateGroup, isMove: boolean): TransferError {
  const { from } = group.relocation;
  const text = group.hasCancelled
    ? folderCancelled(group, isMove)
    : !isMove
      ? `Not all of ${from} could be copied. Try again: only what is missing is copied.`
      : group.mayDelete
        ? `All of ${from} is copied, but not all of it could be removed from its old place. Try again: only what is left is removed.`
        : `Not all of ${from} could be copied, so nothing of it was removed from its old place. Try again: only what is missing is copied.`;
  return new TransferError(text, { kind: 'fatal', reason: 'incomplete', path: from });
}

function folderCancelled({ relocation: { from }, mayDelete }: RelocateGroup, isMove: boolean): string {
  if (!isMove) return `Part of ${from} was cancelled, so not all of it is copied.`;
  return mayDelete
    ? `Part of ${from} was cancelled and stays at its old place too.`
    : `Part of ${from} was cancelled, so all of it stays where it was.`;
}

/** Somebody stored another version under the old path while the folder was copied. */
export function changedMeanwhile({ from, to }: Relocation): TransferError {
  return new TransferError(
    `${from} was changed while its folder was moved. The version from before is at ${to}, and the new one stays where it is: nothing is lost. Delete or move it once you know which one you need.`,
    { kind: 'fatal', reason: 'changed-remote', path: from },
  );
}

/** A move whose copy is made and whose original could not be deleted. */
export function twiceThere(error: TransferError, { from, to }: Relocation): TransferError {
  const { kind, reason, status, serverCode, requestId } = error;
  return new TransferError(
    `${from} was copied to ${to}, but could not be deleted at its old place, so it is there twice. ${error.message}`,
    {
      kind,
      reason,
      path: from,
      cause: error,
      ...(status === undefined ? {} : { status }),
      ...(serverCode === undefined ? {} : { serverCode }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  );
}
