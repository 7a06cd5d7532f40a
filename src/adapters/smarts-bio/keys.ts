/** Storage keys (`organizations/…/workspaces/…/files/raw/a.vcf`) and the paths people see (`raw/a.vcf`). */

const MARK = '/files/';

/** The path of a storage key: what follows its first `/files/`. */
export function pathOfKey(key: string): string {
  const at = key.indexOf(MARK);
  return at < 0 ? key : key.slice(at + MARK.length);
}

/**
 * What the keys of a workspace begin with. No document says how it is made up, so it is learned from the first key that
 * the API tells.
 */
export class KeyRoot {
  #root: string | undefined;

  get known(): boolean {
    return this.#root !== undefined;
  }

  learn(key: string): void {
    const at = key.indexOf(MARK);
    this.#root ??= at < 0 ? '' : key.slice(0, at + MARK.length);
  }

  /** The key of a path; undefined while the root is not known. */
  keyOf(path: string): string | undefined {
    return this.#root === undefined ? undefined : this.#root + path;
  }
}

/** Whether an entry's id is the storage key of its path. */
export function isKeyOf(id: string | undefined, path: string): id is string {
  return id !== undefined && id !== path && pathOfKey(id) === path;
}
