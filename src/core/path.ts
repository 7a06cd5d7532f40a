/**
 * Arithmetic on paths as `Entry.path` defines them: segments joined by `/`, no leading slash, folders end in `/`, the
 * root is the empty string. Paths are opaque to storages: nothing here resolves `..` or drops empty segments.
 */

/** Path of `name` inside `folder`. A folder without its trailing slash is accepted. */
export function joinPath(folder: string, name: string): string {
  return folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** Folder that holds the file or folder at `path`; the root for a top-level one and for the root itself. */
export function parentPath(path: string): string {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.slice(0, bare.lastIndexOf('/') + 1);
}

/** Last segment, without a trailing slash; empty for the root. */
export function nameOf(path: string): string {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  return bare.slice(bare.lastIndexOf('/') + 1);
}

/** Last segment as it is written, with the slash of a folder. */
export function lastSegment(path: string): string {
  return path.slice(parentPath(path).length);
}

/** The folders on the way to a folder, outermost first, itself last, the root left out. */
export function segmentsOf(folder: string): readonly { readonly name: string; readonly path: string }[] {
  const segments: { name: string; path: string }[] = [];
  for (let start = 0; start < folder.length; ) {
    const slash = folder.indexOf('/', start);
    const end = slash === -1 ? folder.length : slash;
    segments.push({ name: folder.slice(start, end), path: `${folder.slice(0, end)}/` });
    start = end + 1;
  }
  return segments;
}

/** Makes a folder path of what a person or a page wrote: no leading slashes, one slash at the end. */
export function toFolderPath(text: string): string {
  const bare = text.replace(/^\/+/, '');
  return bare === '' || bare.endsWith('/') ? bare : `${bare}/`;
}

/** Whether `path` is `folder` or lies anywhere below it. Everything lies within the root. */
export function isWithin(path: string, folder: string): boolean {
  return path.startsWith(toFolderPath(folder));
}

/** Why a name cannot be given to a file or folder. */
export type NameProblem = 'empty' | 'slash' | 'dots' | 'control' | 'too-long' | 'taken';

/** S3's limit for a whole key, the largest among the platforms. */
const longestPathInBytes = 1024;

/**
 * Checks a name before it is sent. `path` problems that only the storage knows are left to the storage.
 * @param name what the person typed
 * @param folder the folder it goes into
 * @param isTaken says whether another entry has the name
 */
export function checkName(
  name: string,
  folder = '',
  isTaken: (name: string) => boolean = () => false,
): NameProblem | undefined {
  if (name.trim() === '') return 'empty';
  if (name.includes('/')) return 'slash';
  if (name === '.' || name === '..') return 'dots';
  // Control and bidirectional-override characters make a name look like another one.
  if (/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name)) return 'control';
  if (new TextEncoder().encode(joinPath(folder, name)).length > longestPathInBytes) return 'too-long';
  return isTaken(name) ? 'taken' : undefined;
}

/** Where the extension begins in a file name, `length` when there is none. `.profile` has none. */
export function extensionStart(name: string): number {
  const dot = name.lastIndexOf('.');
  return dot <= 0 || dot === name.length - 1 ? name.length : dot;
}
