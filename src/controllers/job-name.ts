import { displayName } from '../core/format.js';
import type { TransferJob } from '../transfer/types.js';
import type { LocalizeController } from './localize-controller.js';

const withoutSlash = (name: string): string => name.replace(/\/$/u, '');

/** Old and new name, where a job only renames one thing. */
function renaming({ kind, items, label }: TransferJob): { from: string; to: string } | undefined {
  if (kind !== 'move' || items.length !== 1) return undefined;
  const from = withoutSlash(items.at(0)!.name);
  const to = withoutSlash(label);
  return from === to ? undefined : { from, to };
}

/** Whether the job only gives something another name. */
export const isRename = (job: TransferJob): boolean => renaming(job) !== undefined;

/**
 * What a job is called in headings and in the names of its buttons, ready to be shown: by its files, as five jobs that
 * go to one place could not be told apart by the place, nor by a number.
 */
export function jobName(localize: LocalizeController, job: TransferJob): string {
  const { kind, items, label } = job;
  const { length: count } = items;
  const first = items.at(0);
  const rename = renaming(job);
  if (rename)
    return localize.text('transfers.renamed', {
      from: displayName(rename.from),
      to: displayName(rename.to),
    });
  const andMore = (name: string, more: number) =>
    localize.text('transfers.nameAndMore', { name: displayName(name), count: more });
  if (!first) return displayName(label);
  // The engine's own heading for several things: the first name and how many more. A folder may be called like that.
  const [, name, more] = /^(.+) \+ (\d+)$/u.exec(label) ?? [];
  const isFolder = first.path.split('/').includes(label);
  if (count > 1 && name !== undefined && !isFolder) return andMore(name, Number(more));
  if (kind === 'upload') return displayName(count === 1 ? first.name : label);
  return displayName(label);
}
