/** Where things go when they are moved, copied or renamed. Pure: paths in, paths out. */

/** One file or folder with its new path. Folder paths end in `/`. */
export interface Relocation {
  readonly from: string;
  readonly to: string;
}

const isFolder = (path: string): boolean => path.endsWith('/');
const bare = (path: string): string => (isFolder(path) ? path.slice(0, -1) : path);

/** Last segment of a path, with the slash of a folder. */
export function lastSegment(path: string): string {
  return path.slice(bare(path).lastIndexOf('/') + 1);
}

/** The folder that holds a path: ends in `/`, or empty for the root. */
export function parentFolder(path: string): string {
  return path.slice(0, bare(path).lastIndexOf('/') + 1);
}

/** The path below folder `into` under the same name. */
export function intoFolder(from: string, into: string): Relocation {
  const folder = into === '' || into.endsWith('/') ? into : `${into}/`;
  return { from, to: `${folder}${lastSegment(from)}` };
}

/** The path in the same folder under another name. */
export function renamed(from: string, name: string): Relocation {
  return { from, to: `${parentFolder(from)}${name}${isFolder(from) ? '/' : ''}` };
}

/** The new path of something below a folder that is relocated. */
export function below(folder: Relocation, path: string): Relocation {
  return { from: path, to: folder.to + path.slice(folder.from.length) };
}

export type RelocationProblem = 'same-place' | 'into-itself';

/** What stands against a relocation; undefined when nothing does. */
export function relocationProblem({ from, to }: Relocation): RelocationProblem | undefined {
  if (from === to) return 'same-place';
  return isFolder(from) && to.startsWith(from) ? 'into-itself' : undefined;
}

/** Drops what lies below another path of the list, and doubles: it goes along with that folder anyway. */
export function withoutNested(paths: readonly string[]): string[] {
  const folders = new Set(paths.filter(isFolder));
  return [...new Set(paths)].filter(path => {
    for (let folder = parentFolder(path); folder !== ''; folder = parentFolder(folder)) {
      if (folders.has(folder)) return false;
    }
    return true;
  });
}

/** Why a name cannot be given; undefined when it can. */
export function nameProblem(name: string): 'empty' | 'slash' | 'dots' | undefined {
  if (name === '') return 'empty';
  if (name.includes('/')) return 'slash';
  return name === '.' || name === '..' ? 'dots' : undefined;
}
