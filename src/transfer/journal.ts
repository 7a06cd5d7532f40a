import type { PartReceipt, ResumeState } from '../adapters/adapter.js';

/** What has to be known to go on with an upload after a reload. Serialisable; holds no secret. */
export interface JournalRecord {
  /** Unique for this upload of this page. */
  readonly id: string;
  readonly adapter: string;
  readonly path: string;
  readonly size: number;
  /** Local time of the last change, milliseconds since 1970. */
  readonly modified: number | undefined;
  readonly partSize: number;
  readonly state: ResumeState;
}

/** Keeps track of uploads in parts, so that they survive the page. Calls are not awaited and must not throw. */
export interface JournalPort {
  begun(record: JournalRecord, handle: FileSystemFileHandle | undefined): void;
  partDone(id: string, receipt: PartReceipt): void;
  /** Stored, or cleared away: nothing is left to go on with. */
  ended(id: string, how: 'completed' | 'aborted'): void;
}

/** Keeps nothing. */
export const noJournal: JournalPort = { begun() {}, partDone() {}, ended() {} };
