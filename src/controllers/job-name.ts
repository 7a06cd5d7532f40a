import { displayName } from '../core/format.js';
import type { TransferJob } from '../transfer/types.js';
import type { LocalizeController } from './localize-controller.js';

const withoutSlash = (name: string): string => name.replace(/\/$/u, '');

/** The folder that all files of an upload lie in, below the one they go to; undefined: they do not. */
function commonFolder(job: TransferJob): string | undefined {
  const { items, label } = job;
  const into = `${withoutSlash(label)}/`;
  const below = (path = '') => (path.startsWith(into) ? path.slice(into.length) : path);
  const topOf = (path: string) => path.slice(0, path.indexOf('/') + 1);
  const top = topOf(below(items.at(0)?.path));
  // Folders are read one after the other: when the first and the last file are in the same one, so is the rest.
  return top !== '' && top === topOf(below(items.at(items.length - 1)?.path)) ? top : undefined;
}

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
  if (kind === 'upload') {
    if (count === 1) return displayName(first.name);
    const folder = commonFolder(job);
    return folder === undefined ? andMore(first.name, count - 1) : displayName(folder);
  }
  // The engine's own headings for several things: a number, or the first name and how many more.
  const [, name, more] = /^(.+) \+ (\d+)$/u.exec(label) ?? [];
  if (count > 1 && name !== undefined) return andMore(name, Number(more));
  if (count > 1 && /^\d+$/u.test(label) && Number(label) > 1) return andMore(first.name, Number(label) - 1);
  return displayName(label);
}
