/** Moving and copying: files in one step where the browser can, folders file by file. */
import type { Entry } from '../../core/entry.js';
import { nameOf, parentPath } from '../../core/path.js';
import { abortedError } from '../http-errors.js';
import { inTurn, moveFile, taken, writeWhole } from './placing.js';
import { notFound, problem } from './problems.js';
import { checkPath, fileEntry, folderEntry, type Tree } from './tree.js';

export interface Relocation {
  readonly from: string;
  readonly to: string;
  readonly keepsOriginal: boolean;
  readonly replace: boolean;
  readonly signal: AbortSignal;
}

export async function relocate(tree: Tree, lockName: string, relocation: Relocation): Promise<Entry> {
  const { from, to, signal } = relocation;
  if (signal.aborted) throw abortedError();
  checkPath(to);
  const isFolder = from.endsWith('/');
  if (isFolder !== to.endsWith('/')) throw problem('invalid-name', 'A file needs a name.', to);
  if (from === to || (isFolder && to.startsWith(from))) {
    throw problem('invalid-input', 'A copy needs another name, outside of itself.', to);
  }
  return inTurn(`${lockName}/${to}`, signal, () =>
    isFolder ? relocateFolder(tree, relocation) : relocateFile(tree, relocation),
  );
}

async function relocateFile(
  tree: Tree,
  { from, to, keepsOriginal, replace, signal }: Relocation,
): Promise<Entry> {
  const source = await tree.file(from);
  if (!source) throw notFound(from);
  if (!replace && (await tree.file(to))) throw taken(to);
  if (keepsOriginal || !(await moveFile(tree, source, to))) {
    const file = await source.getFile();
    const parent = await tree.makeFolder(parentPath(to));
    await writeWhole(await parent.getFileHandle(nameOf(to), { create: true }), file, signal);
    if (!keepsOriginal) await tree.remove(from);
  }
  const target = await tree.file(to);
  if (!target) throw notFound(to);
  return fileEntry(to, target);
}

/** Stopped in the middle, each file is at one of the two places, and none at neither. */
async function relocateFolder(tree: Tree, relocation: Relocation): Promise<Entry> {
  const { from, to, signal } = relocation;
  const folder = await tree.folder(from);
  if (!folder) throw notFound(from);
  if (!relocation.replace && (await tree.folder(to))) throw taken(to);
  await tree.makeFolder(to);
  for (const name of await tree.names(folder, false)) {
    if (signal.aborted) throw abortedError();
    const inner = { ...relocation, from: from + name, to: to + name, replace: true };
    await (name.endsWith('/') ? relocateFolder(tree, inner) : relocateFile(tree, inner));
  }
  if (!relocation.keepsOriginal) await tree.remove(from);
  return folderEntry(to);
}
