/** Remembers which stretches of a staged file are on the disk, so that a download survives the page. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Checksum } from '../../core/checksum.js';

/** A stretch that is on the disk. */
export interface KeptStretch {
  readonly start: number;
  readonly size: number;
  /** Of this stretch alone; they combine into those of the whole. */
  readonly checksums: readonly Checksum[];
}

/** What is kept of one version of a file. */
export interface KeptContent {
  readonly size: number;
  /** Says whether the storage still has that version. */
  readonly etag: string;
  readonly stretches: readonly KeptStretch[];
}

/** Which file of which storage. */
export interface StagedOrigin {
  /** Name and label of the adapter. */
  readonly storage: string;
  readonly path: string;
}

export interface StagedRecord extends KeptContent, StagedOrigin {
  /** Name of the staged file. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly written: number;
}

interface StagedSchema extends DBSchema {
  files: { key: string; value: StagedRecord; indexes: { origin: [string, string] } };
}

const databaseName = 'file-transfer-elements.staged';
let opening: Promise<IDBPDatabase<StagedSchema>> | undefined;

function database(): Promise<IDBPDatabase<StagedSchema>> {
  opening ??= openDB<StagedSchema>(databaseName, 1, {
    upgrade(db) {
      db.createObjectStore('files', { keyPath: 'id' }).createIndex('origin', ['storage', 'path']);
    },
    // A newer version of this kit in another tab must not wait for this page.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      opening = undefined;
    },
    terminated: () => {
      opening = undefined;
    },
  });
  opening.catch(() => {
    opening = undefined;
  });
  return opening;
}

export async function remember(record: StagedRecord): Promise<void> {
  await (await database()).put('files', record);
}

export async function forget(id: string): Promise<void> {
  await (await database()).delete('files', id);
}

/** Newest first. */
export async function recordsOf({ storage, path }: StagedOrigin): Promise<StagedRecord[]> {
  const found = await (await database()).getAllFromIndex('files', 'origin', [storage, path]);
  return found.sort((one, other) => other.written - one.written);
}

/** When each staged file that can be gone on with was last written. */
export async function lastWritten(): Promise<Map<string, number>> {
  const all = await (await database()).getAll('files');
  return new Map(all.map(({ id, written }) => [id, written]));
}
