import { BaseJob, type LaneWindow } from '../job.js';
import { sinkError } from '../sinks/errors.js';
import type { TransferResult } from '../types.js';
import { changedLocal } from './ends.js';
import type { LocalFile } from './sides.js';

/** Deletes files of a directory of the person's, unless they changed. Those that are gone already are done. */
export class LocalRemoveJob extends BaseJob {
  readonly #root: FileSystemDirectoryHandle;
  readonly #files: readonly LocalFile[];

  constructor(root: FileSystemDirectoryHandle, files: readonly LocalFile[]) {
    super('remove', files.length === 1 ? files[0]!.place.at(-1)! : root.name || `${files.length}`);
    this.#root = root;
    this.#files = files;
    for (const { place } of files) this.addItem(place.join('/'), undefined);
    this.closeItems();
  }

  override get canPause(): boolean {
    return false;
  }

  protected override laneWindow(): LaneWindow {
    return { most: 8 };
  }

  protected async runItem(index: number): Promise<TransferResult> {
    const file = this.#files[index]!;
    const { place } = file;
    const name = place.at(-1)!;
    try {
      let folder = this.#root;
      for (const segment of place.slice(0, -1)) folder = await folder.getDirectoryHandle(segment);
      const now = await (await folder.getFileHandle(name)).getFile();
      const changed = changedLocal(file, { ...file, file: now });
      if (changed) throw changed;
      await folder.removeEntry(name);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotFoundError') {
        throw sinkError(error, name);
      }
    }
    return { path: place.join('/'), size: 0, checksums: [] };
  }
}
