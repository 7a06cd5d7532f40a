import type { Downloads, Serving } from './downloads.js';
import type { WorldOptions } from './world.js';

export interface DownloadRow {
  readonly situation: string;
  /** What becomes of it, in few words. Default: saved. */
  readonly ends?: string;
  /** A person ends the trouble, so how long it lasts is not the engine's. Default false. */
  readonly byHand?: boolean;
  /** Default: both. */
  readonly servings?: readonly Serving[];
  readonly world?: WorldOptions;
  run(downloads: Downloads): Promise<void>;
}
