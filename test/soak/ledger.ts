/** What became of every file, as far as the driver was told. */
import type { PlannedFile, StorageName } from './plan.js';
import type { ItemReport } from './protocol.js';

export type FileState = 'planned' | 'given' | 'done' | 'failed' | 'cancelled';

export interface FileRecord extends PlannedFile {
  state: FileState;
  /** Of the content on disk. */
  version: number;
  /** Whether somebody changed it on disk. */
  tampered: boolean;
  /** Job and place in it, while it is in one. */
  job: string | undefined;
  index: number;
  /** How often it was given to a job. */
  times: number;
  /** When it was given last, milliseconds since 1970. */
  given: number;
  ended: number;
  /** A person cancelled it, or the job that it is in. */
  cancelled: boolean;
  last: ItemReport | undefined;
}

export class Ledger {
  readonly files: readonly FileRecord[];
  readonly #byPath = new Map<string, FileRecord>();

  constructor(planned: readonly PlannedFile[]) {
    this.files = planned.map(file => ({
      ...file,
      state: 'planned',
      version: 0,
      tampered: false,
      job: undefined,
      index: -1,
      times: 0,
      given: 0,
      ended: 0,
      cancelled: false,
      last: undefined,
    }));
    for (const file of this.files) this.#byPath.set(`${file.storage} ${file.path}`, file);
  }

  at(storage: StorageName, path: string): FileRecord | undefined {
    return this.#byPath.get(`${storage} ${path}`);
  }

  in(state: FileState): FileRecord[] {
    return this.files.filter(file => file.state === state);
  }

  count(state: FileState): number {
    return this.files.reduce((sum, file) => sum + (file.state === state ? 1 : 0), 0);
  }
}
