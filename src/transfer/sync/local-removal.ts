import { BaseJob, type LaneWindow } from '../job.js';
import { sinkError } from '../sinks/errors.js';
import type { TransferResult } from '../types.js';

/** Deletes files of a directory of the person's. Those that are gone already are done. */
export class LocalRemoveJob extends BaseJob {
  readonly #root: FileSystemDirectoryHandle;
  readonly #places: readonly (readonly string[])[];

  constructor(root: FileSystemDirectoryHandle, places: readonly (readonly string[])[]) {
    super('remove', places.length === 1 ? places[0]!.at(-1)! : root.name || `${places.length}`);
    this.#root = root;
    this.#places = places;
    for (const place of places) this.addItem(place.join('/'), undefined);
    this.closeItems();
  }

  override get canPause(): boolean {
    return false;
  }

  protected override laneWindow(): LaneWindow {
    return { most: 8 };
  }

  protected async runItem(index: number): Promise<TransferResult> {
    const place = this.#places[index]!;
    const name = place.at(-1)!;
    try {
      let folder = this.#root;
      for (const segment of place.slice(0, -1)) folder = await folder.getDirectoryHandle(segment);
      await folder.removeEntry(name);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotFoundError') {
        throw sinkError(error, name);
      }
    }
    return { path: place.join('/'), size: 0, checksums: [] };
  }
}
