/** Remembers which stretches of a staged file are on the disk, so that a download survives the page. */
import type { DBSchema } from 'idb';
import type { Checksum, Verification } from '../../core/checksum.js';
import { KeptDatabase } from '../kept-database.js';

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

/** What is kept of one file in a staged archive. */
export interface KeptMember {
  /** Its position in the archive. */
  readonly index: number;
  /** Says whether the storage still has that version. */
  readonly etag: string;
  /** The date under which it stands in the archive. */
  readonly modified: number | undefined;
  /** What is written of its bytes while more are to come. Offsets within the file. */
  readonly stretches: readonly KeptStretch[];
  /** It is whole, and this is what came of it. */
  readonly whole?: { readonly checksums: readonly Checksum[]; readonly verified: Verification };
}

/** Which file of which storage. */
export interface StagedOrigin {
  /** See `storageIdentity`. */
  readonly storage: string;
  readonly path: string;
  /** The download on record that it belongs to. Absent: to none. */
  readonly download?: string;
}

export interface StagedRecord extends KeptContent, StagedOrigin {
  /** Name of the staged file. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly written: number;
  /** Bytes kept of the files of an archive. */
  readonly inMembers?: number;
}

interface StagedSchema extends DBSchema {
  files: { key: string; value: StagedRecord; indexes: { origin: [string, string] } };
  members: { key: [string, number]; value: KeptMember & { readonly id: string } };
}

const database = new KeptDatabase<StagedSchema>({
  name: 'file-transfer-elements.staged',
  version: 2,
  upgrade(db, before) {
    if (before < 1) {
      db.createObjectStore('files', { keyPath: 'id' }).createIndex('origin', ['storage', 'path']);
    }
    if (before < 2) db.createObjectStore('members', { keyPath: ['id', 'index'] });
  },
});

/** @param members those of which more is kept than was remembered before */
export async function remember(record: StagedRecord, members: readonly KeptMember[] = []): Promise<void> {
  const { id } = record;
  const change = (await database.open()).transaction(['files', 'members'], 'readwrite');
  const all = change.objectStore('members');
  await Promise.all([
    change.objectStore('files').put(record),
    ...members.map(member => all.put({ ...member, id })),
    change.done,
  ]);
}

const membersRange = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

export async function membersOf(id: string): Promise<KeptMember[]> {
  return (await database.open()).getAll('members', membersRange(id));
}

export async function forget(id: string): Promise<void> {
  const change = (await database.open()).transaction(['files', 'members'], 'readwrite');
  await Promise.all([
    change.objectStore('files').delete(id),
    change.objectStore('members').delete(membersRange(id)),
    change.done,
  ]);
}

/** Newest first. */
export async function recordsOf({ storage, path }: StagedOrigin): Promise<StagedRecord[]> {
  const found = await (await database.open()).getAllFromIndex('files', 'origin', [storage, path]);
  return found.sort((one, other) => other.written - one.written);
}

/** When each staged file that can be gone on with was last written. */
export async function lastWritten(): Promise<Map<string, number>> {
  const all = await (await database.open()).getAll('files');
  return new Map(all.map(({ id, written }) => [id, written]));
}

/** What is staged of these downloads on record. */
export async function stagedFor(downloads: ReadonlySet<string>): Promise<StagedRecord[]> {
  const all = await (await database.open()).getAll('files');
  return all.filter(({ download }) => download !== undefined && downloads.has(download));
}

/** What is staged for one download on record belongs to another one from now on. */
export async function reassignStaged(from: string, to: string): Promise<void> {
  const change = (await database.open()).transaction('files', 'readwrite');
  const all = await change.store.getAll();
  const own = all.filter(({ download }) => download === from);
  await Promise.all([...own.map(record => change.store.put({ ...record, download: to })), change.done]);
}
