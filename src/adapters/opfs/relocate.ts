/** Moving and copying one file, or an empty folder: the engine does what is in folders file by file. */
import type { Entry } from '../../core/entry.js';
import { abortedError } from '../http-errors.js';
import { inTurn, moveFile, taken, type Unfinished } from './placing.js';
import { notFound, problem } from './problems.js';
import { checkPath, fileEntry, folderEntry, type Tree } from './tree.js';

export interface Relocation {
  readonly from: string;
  readonly to: string;
  readonly keepsOriginal: boolean;
  readonly replace: boolean;
  readonly signal: AbortSignal;
}

interface Place {
  readonly tree: Tree;
  readonly unfinished: Unfinished;
  readonly lockName: string;
}

export async function relocate(place: Place, relocation: Relocation): Promise<Entry> {
  const { from, to, signal } = relocation;
  if (signal.aborted) throw abortedError();
  checkPath(to);
  if (from.endsWith('/') !== to.endsWith('/')) throw problem('invalid-name', 'A file needs a name.', to);
  if (from === to || (from.endsWith('/') && to.startsWith(from))) {
    throw problem('invalid-input', 'A copy needs another name, outside of itself.', to);
  }
  if (from.endsWith('/')) return relocateFolder(place, relocation);
  return inTurn(`${place.lockName}${to}`, signal, () => relocateFile(place, relocation));
}

async function relocateFile(
  { tree, unfinished }: Place,
  { from, to, keepsOriginal, replace, signal }: Relocation,
): Promise<Entry> {
  const source = await tree.file(from);
  if (!source) throw notFound(from);
  if (!replace && (await tree.file(to))) throw taken(to);
  if (keepsOriginal) await unfinished.copy(await source.getFile(), to, signal);
  else if (!(await moveFile(tree, source, to))) {
    // Where case does not count, both may be one file, which would be deleted as its own original.
    if (folded(from) === folded(to)) {
      throw problem(
        'not-supported',
        'This browser cannot change the case of a name there. Use another name.',
        to,
      );
    }
    const file = await source.getFile();
    await unfinished.copy(file, to, signal);
    const now = await source.getFile();
    if (now.size !== file.size || now.lastModified !== file.lastModified) {
      throw problem(
        'conflict',
        'The file was changed while it was moved. The new version is where it was, the one before at its new place.',
        from,
      );
    }
    await tree.remove(from);
  }
  const target = await tree.file(to);
  if (!target) throw notFound(to);
  return fileEntry(to, target);
}

/** Files come to a folder before it does, and what has come to the old one since stays there. */
async function relocateFolder({ tree }: Place, { from, to, keepsOriginal }: Relocation): Promise<Entry> {
  if (!(await tree.folder(from))) throw notFound(from);
  await tree.makeFolder(to);
  if (!keepsOriginal) await tree.remove(from);
  return folderEntry(to);
}

const folded = (path: string): string => path.normalize('NFC').toLowerCase();
