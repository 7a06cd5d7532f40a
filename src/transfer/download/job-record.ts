/** What a download job tells the journal of itself. */
import type { Entry } from '../../core/entry.js';
import type { TransferContext } from '../context.js';
import { storageIdentity } from '../journal.js';
import { removeStagedFor } from '../sinks/staged-files.js';
import type { DownloadOptions, TransferSnapshot } from '../types.js';
import type {
  DownloadExtent,
  DownloadJournalPort,
  DownloadRecord,
  FilesAndBytes,
  KeptDownload,
  LastingTarget,
} from './kept-downloads.js';
import { isDirectory, isFile } from './target.js';
import { labelOf, sourceOf, type Wanted, type WantedFile } from './wanted.js';

function lastingTarget(to: DownloadOptions['to']): LastingTarget | undefined {
  if (to === undefined || to === 'files') return 'files';
  if (to === 'zip' || isFile(to) || isDirectory(to)) return to;
  return undefined;
}

/** What a version is never changes. What the platform says beside this stays out: it may hold links and secrets. */
const factsOfVersion: ReadonlySet<string> = new Set<keyof Entry>([
  'path',
  'id',
  'name',
  'kind',
  'size',
  'modified',
  'created',
  'type',
  'etag',
  'version',
  'checksums',
]);

const asVersion = <Known extends WantedFile['entry']>(entry: Known): Known =>
  Object.fromEntries(Object.entries(entry).filter(([fact]) => factsOfVersion.has(fact))) as Known;

/**
 * Without what may be another thing at the next visit: sizes and validators are asked for again then, except those of
 * one version.
 */
function asAskedFor(wanted: Wanted): Wanted {
  if (typeof wanted === 'string') return wanted;
  if ('as' in wanted) {
    const { path, id, as, place, entry } = wanted;
    return {
      path,
      as,
      ...(id === undefined ? {} : { id }),
      ...(place === undefined ? {} : { place }),
      ...(entry?.version === undefined ? {} : { entry: { ...asVersion(entry), path } }),
    };
  }
  if (wanted.kind === 'folder') return wanted.path;
  const { path, id, name } = wanted;
  return { path, id, as: name, ...(wanted.version === undefined ? {} : { entry: asVersion(wanted) }) };
}

/** Of one file, by which it is known again: the same one may be wanted under two names. */
const nameOfFile = (file: WantedFile): string => `${sourceOf(file)}\n${file.relative}`;

export interface JobRecordOptions {
  readonly paths: readonly Wanted[];
  readonly options: DownloadOptions;
  /** An earlier page began it, and this page has claimed it. */
  readonly earlier: KeptDownload | undefined;
  readonly snapshot: () => TransferSnapshot;
}

export class JobRecord {
  readonly id: string;
  readonly #journal: DownloadJournalPort;
  readonly #snapshot: () => TransferSnapshot;
  /** Files of which an earlier page has seen to it that they are where they belong. */
  #before: ReadonlySet<string> = new Set();
  #finished: FilesAndBytes;
  /** Sizes of the files of this job that are, by index: one that is cancelled as it ends may be wanted after all. */
  readonly #sizes = new Map<number, number>();
  /** Finished when this page went on with it. */
  readonly #finishedBefore: FilesAndBytes;

  private constructor(
    journal: DownloadJournalPort,
    record: DownloadRecord,
    { earlier, snapshot }: JobRecordOptions,
  ) {
    this.id = record.id;
    this.#journal = journal;
    this.#snapshot = snapshot;
    this.#finishedBefore = earlier?.finished ?? { files: 0, bytes: 0 };
    this.#finished = this.#finishedBefore;
    journal.begun(record, () => this.#extent());
  }

  /** Undefined: another page could not go on with it, since its bytes are nowhere, or the browser's. */
  static of({ adapter, downloads }: TransferContext, options: JobRecordOptions): JobRecord | undefined {
    const storage = storageIdentity(adapter);
    const to = lastingTarget(options.options.to);
    if (storage === undefined || downloads === undefined || to === undefined) return undefined;
    // A function cannot be written down: a page that goes on asks nobody, and keeps both.
    const { to: _, onConflict: __, ...rest } = options.options;
    const record = options.earlier ?? {
      id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
      storage,
      to,
      label: labelOf(options.paths),
      asked: options.paths.map(asAskedFor),
      options: rest,
      started: Date.now(),
    };
    return new JobRecord(downloads, record, options);
  }

  /** To be awaited before {@link isDone} is asked. */
  async load(): Promise<void> {
    this.#before = await this.#journal.finishedFiles(this.id);
  }

  /** An earlier page has brought it where it belongs. */
  isDone(file: WantedFile): boolean {
    return this.#before.has(nameOfFile(file));
  }

  /** More files, or sizes, are known. */
  learnt(): void {
    this.#journal.touched(this.id);
  }

  /** @param index of the file in the job */
  done(index: number, file: WantedFile, size: number): void {
    const before = this.#sizes.get(index);
    this.#sizes.set(index, size);
    const { files, bytes } = this.#finished;
    this.#finished = { files: files + (before === undefined ? 1 : 0), bytes: bytes + size - (before ?? 0) };
    if (before === undefined) this.#journal.fileDone(this.id, nameOfFile(file));
    else this.learnt();
  }

  ended(): void {
    this.#journal.ended(this.id);
  }

  /** Neither this job nor this page goes on with it by itself: it is offered again. */
  left(): void {
    this.#journal.left(this.id);
  }

  /** Nobody shall go on with it: what an earlier page has staged for files that did not get their turn goes as well. */
  async givenUp(): Promise<void> {
    await removeStagedFor(this.id);
    this.ended();
  }

  #extent(): DownloadExtent {
    const { bytes, files } = this.#snapshot();
    const before = this.#finishedBefore;
    const total = bytes.totalIsFinal
      ? { files: before.files + files.total, bytes: before.bytes + bytes.total }
      : undefined;
    return { total, finished: this.#finished };
  }
}
