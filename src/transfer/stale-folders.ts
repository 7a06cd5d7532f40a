import type { Adapter } from '../adapters/adapter.js';
import { parentPath } from '../core/path.js';

/** Changes of one burst are told together, this long after the first, in milliseconds. */
const burst = 250;

/**
 * Folders whose listings are out of date. They are collected: a thousand files into one folder make it stale a few
 * times, not a thousand.
 */
export class StaleFolders {
  readonly #adapter: Adapter;
  readonly #tell: (folders: readonly string[]) => void;
  readonly #stale = new Set<string>();
  /** Folders with changes since {@link forget}: those around them were told of them already. */
  readonly #known = new Set<string>();
  #isTelling = false;

  constructor(adapter: Adapter, tell: (folders: readonly string[]) => void) {
    this.#adapter = adapter;
    this.#tell = tell;
  }

  /** Something was stored, deleted or changed at a path. */
  changed(path: string): void {
    // Where files have no folders, all of them are in the one listing, whatever their paths look like.
    let folder = this.#adapter.capabilities.folders === 'none' ? '' : parentPath(path);
    this.#stale.add(folder);
    // Its first file may have made the folder, and those around it, which are rows of the folders above then.
    while (folder !== '' && !this.#known.has(folder)) {
      this.#known.add(folder);
      folder = parentPath(folder);
      this.#stale.add(folder);
    }
    if (this.#isTelling) return;
    this.#isTelling = true;
    setTimeout(() => {
      this.#isTelling = false;
      const folders = [...this.#stale];
      this.#stale.clear();
      this.#tell(folders);
    }, burst);
  }

  /** What was there may be gone: the next file in a folder may make it again. */
  forget(): void {
    this.#known.clear();
  }
}
