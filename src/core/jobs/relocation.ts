/** Where things go when they are moved, copied or renamed. Pure: paths in, paths out. */

import { joinPath, lastSegment, parentPath } from '../path.js';

/** One file or folder with its new path. Folder paths end in `/`. */
export interface Relocation {
  readonly from: string;
  readonly to: string;
  /** Object stores may hold a file whose name ends in `/`: what lies below that name is not part of it. */
  readonly isFile?: true;
}

/** The root is one too. */
const isFolder = (path: string): boolean => path === '' || path.endsWith('/');

/** Whether it is about a folder, with all that is in it. */
export const isFolderMoved = ({ from, isFile }: Relocation): boolean => !isFile && isFolder(from);

/** The path below folder `into` under the same name. */
export function intoFolder(from: string, into: string): Relocation {
  return { from, to: joinPath(into, lastSegment(from)) };
}

/** The path in the same folder under another name. */
export function renamed(from: string, name: string): Relocation {
  return { from, to: `${parentPath(from)}${name}${isFolder(from) ? '/' : ''}` };
}

/** The new path of something below a folder that is relocated. */
export function below(folder: Relocation, path: string): Relocation {
  return { from: path, to: folder.to + path.slice(folder.from.length) };
}

export type RelocationProblem = 'same-place' | 'into-itself';

/** What stands against a relocation; undefined when nothing does. */
export function relocationProblem(relocation: Relocation): RelocationProblem | undefined {
  const { from, to } = relocation;
  if (from === to) return 'same-place';
  return isFolderMoved(relocation) && to.startsWith(from) ? 'into-itself' : undefined;
}

/** Drops what lies below another path of the list, and doubles: it goes along with that folder anyway. */
export function withoutNested(paths: readonly string[]): string[] {
  const folders = new Set(paths.filter(isFolder));
  return [...new Set(paths)].filter(path => {
    for (let folder = path; folder !== ''; ) {
      folder = parentPath(folder);
      if (folders.has(folder)) return false;
    }
    return true;
  });
}
