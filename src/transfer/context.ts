import type { Adapter } from '../adapters/adapter.js';
import type { Hasher } from './checksum/index.js';
import type { Clock } from './clock.js';
import type { Connectivity } from './connectivity.js';
import type { DownloadJournalPort } from './download/kept-downloads.js';
import type { JournalPort } from './journal.js';
import type { Pacer } from './pacer.js';
import type { Scheduler } from './scheduler.js';

/** What a manager lends to its jobs. */
export interface TransferContext {
  readonly adapter: Adapter;
  readonly clock: Clock;
  /** The page's connections; shared by all managers. */
  readonly scheduler: Scheduler;
  readonly connectivity: Connectivity;
  readonly hasher: Hasher;
  readonly journal: JournalPort;
  /** Absent: no other page goes on with a download. */
  readonly downloads?: DownloadJournalPort;
  /** Under which the journal keeps uploads of this storage. */
  readonly storage: string;
  /** Holds requests back to keep below the manager's bandwidth. */
  readonly pacer: Pacer;
  /** Most connections for one origin, when the page chose another number than the scheduler's default. */
  readonly connectionsPerOrigin: number | undefined;
  /** The listing of the folder that holds `path` is stale now. */
  changed(path: string): void;
}
