/** Which sink serves a picked file that shall survive the page. */
import {
  type ArchivePlace,
  archiveOrigin,
  outlivesPage,
  stagedSink,
  type Unfinished,
  unfinishedSink,
} from './choose.js';
import { withSinkErrors } from './errors.js';
import { FileHandleSink } from './file-handle.js';
import type { PickedFile } from './picked-file.js';
import type { Sink } from './sink.js';
import { own } from './staged-files.js';
import { StagedForFileSink } from './staged-for-file.js';
import { recordsOf, type StagedOrigin } from './staged-journal.js';

/** A version of a file with which another page can go on. */
export interface LastingVersion {
  readonly size: number;
  readonly etag: string;
  readonly origin: StagedOrigin;
}

/** Undefined: no page could go on with it, or it is fetched again in no time. */
export const lastingVersion = (
  size: number | undefined,
  etag: string | undefined,
  origin: StagedOrigin | undefined,
): LastingVersion | undefined =>
  size !== undefined && etag !== undefined && origin !== undefined && outlivesPage(size, etag)
    ? { size, etag, origin }
    : undefined;

/** Whether an earlier page has left something of it with which no other tab goes on. */
export async function isUnfinished({ size, etag, origin }: LastingVersion): Promise<boolean> {
  const records = await recordsOf(origin).catch(() => []);
  for (const record of records) {
    if (record.size !== size || record.etag !== etag) continue;
    const release = await own(record.id).catch(() => undefined);
    release?.();
    if (release) return true;
  }
  return false;
}

/** That the file may not be written must not show only when all bytes are here. */
const prove = (file: PickedFile): Promise<void> => withSinkErrors(file.name, () => file.prove());

/** What an earlier page has left of it, to go on with. Rejects with `TransferError` where `file` may not be written. */
export async function unfinishedPicked(
  file: PickedFile,
  version: LastingVersion | undefined,
): Promise<Unfinished | undefined> {
  if (version === undefined || !(await isUnfinished(version))) return undefined;
  await prove(file);
  const { size, etag, origin } = version;
  const unfinished = await unfinishedSink(file.name, size, etag, origin);
  return unfinished && { ...unfinished, sink: new StagedForFileSink(unfinished.sink, file) };
}

/**
 * What has no version that lasts, and what the browser has no room for, goes straight into the file: `facts` tell.
 * Rejects with `TransferError` where `file` may not be written.
 */
export async function sinkForPicked(file: PickedFile, version: LastingVersion | undefined): Promise<Sink> {
  if (version === undefined) return new FileHandleSink(file);
  await prove(file);
  const staged = await stagedSink(file.name, version.size, version.origin);
  return staged ? new StagedForFileSink(staged, file) : new FileHandleSink(file);
}

/** A place for an archive in a picked file; `id` and `asked` as for the browser's downloads. */
export async function pickedArchive(
  file: PickedFile,
  size: number,
  id: string | undefined,
  asked: StagedOrigin | undefined,
): Promise<ArchivePlace> {
  const version = lastingVersion(size, id, asked && archiveOrigin(asked));
  if (version === undefined) return { sink: await sinkForPicked(file, undefined) };
  const unfinished = await unfinishedPicked(file, version);
  if (unfinished) return { sink: unfinished.sink, id: version.etag, continues: true };
  return { sink: await sinkForPicked(file, version), id: version.etag };
}
