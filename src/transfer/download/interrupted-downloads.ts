/** Downloads that an earlier page left unfinished: which there are, going on with them, clearing them away. */
import type { TransferContext } from '../context.js';
import { permissionFor } from '../handle-permission.js';
import { storageIdentity } from '../journal.js';
import { removeStagedFor } from '../sinks/staged-files.js';
import { type StagedRecord, stagedFor } from '../sinks/staged-journal.js';
import type { DownloadOptions, TransferJob } from '../types.js';
import type { FilesAndBytes, KeptDownload, LastingTarget } from './kept-downloads.js';
import { isDirectory, isFile } from './target.js';
import type { Wanted } from './wanted.js';

/** Staged files that nobody went on with for so long are removed, and their records with them. Milliseconds. */
const expiry = 7 * 24 * 60 * 60 * 1000;

/** A download that an earlier page began and did not finish. */
export interface InterruptedDownload {
  readonly id: string;
  /** What it is about: a file name, or a folder. */
  readonly label: string;
  /**
   * Where it goes: the browser's downloads (`browser`), the same as one archive (`zip`), or the `folder` or `file` that the
   * person picked.
   */
  readonly place: 'browser' | 'zip' | 'folder' | 'file';
  /** Name of that folder or file. */
  readonly placeName: string | undefined;
  /** Number of files and bytes of all; undefined when the page ended before they were known. */
  readonly total: FilesAndBytes | undefined;
  /** Of the files that are where they belong. */
  readonly finished: FilesAndBytes;
  /** Bytes that are not fetched again: those of finished files, and what this browser keeps of the others. */
  readonly fetched: number;
  /** When it began, and when it last moved: milliseconds since 1970. */
  readonly started: number;
  readonly updated: number;
  /** When it is given up and cleared away, milliseconds since 1970. */
  readonly expires: number;
  /** Another tab works on it now. */
  readonly isElsewhere: boolean;
}

/** Why a download did not go on. */
export interface NotResumedDownload {
  readonly download: InterruptedDownload;
  /**
   * `no-permission`: the person did not allow to write there · `place-gone`: the folder or file was moved or removed ·
   * `elsewhere`: another tab has it.
   */
  readonly why: 'no-permission' | 'place-gone' | 'elsewhere';
}

export interface ResumedDownloads {
  /** One for each download that goes on. */
  readonly jobs: readonly TransferJob[];
  readonly notResumed: readonly NotResumedDownload[];
}

interface Kept {
  readonly kept: readonly KeptDownload[];
  readonly owned: ReadonlySet<string>;
  readonly staged: readonly StagedRecord[];
}

type Start = (asked: readonly Wanted[], options: DownloadOptions, earlier: KeptDownload) => TransferJob;
type Ids = readonly Pick<InterruptedDownload, 'id'>[];

export class InterruptedDownloads {
  readonly #context: TransferContext;
  readonly #start: Start;

  /** `start` begins a job that goes on with a record this page has claimed. */
  constructor(context: TransferContext, start: Start) {
    this.#context = context;
    this.#start = start;
  }

  async list(): Promise<readonly InterruptedDownload[]> {
    const { kept, owned, staged } = await this.#kept();
    return kept.map(download => describe(download, staged, owned.has(download.id)));
  }

  /** Those that this page does not work on itself. Expired ones go. */
  async #kept(): Promise<Kept> {
    const { downloads, adapter } = this.#context;
    const storage = storageIdentity(adapter);
    if (downloads === undefined || storage === undefined) return { kept: [], owned: new Set(), staged: [] };
    const found = await downloads.kept(storage);
    const owned = await downloads.owned();
    // Records go before their owner lets go of them, so what nobody owns and is on record afterwards was left.
    const still = found.every(({ id }) => owned.has(id)) ? found : await downloads.kept(storage);
    const ids = new Set(still.map(({ id }) => id));
    const left = found.filter(({ id }) => ids.has(id) && !downloads.owns(id));
    const staged = await stagedFor(new Set(left.map(({ id }) => id))).catch(() => []);
    const kept: KeptDownload[] = [];
    for (const record of left) {
      const { id } = record;
      const updated = lastMove(record, staged);
      const download = { ...record, updated };
      if (updated + expiry > Date.now() || owned.has(id)) kept.push(download);
      else if (await downloads.claim(id)) await this.#remove(download);
    }
    return { kept, owned, staged };
  }

  async resume(ids: Ids | undefined): Promise<ResumedDownloads> {
    const { downloads } = this.#context;
    const { kept, staged } = await this.#kept();
    const wanted = ids ? kept.filter(({ id }) => ids.some(each => each.id === id)) : kept;
    const notResumed: NotResumedDownload[] = [];
    const refuse = (download: KeptDownload, why: NotResumedDownload['why']): void => {
      notResumed.push({ download: describe(download, staged, why === 'elsewhere'), why });
    };
    const jobs: TransferJob[] = [];
    for (const download of wanted) {
      const { to, id } = download;
      const obstacle = typeof to === 'string' ? undefined : await obstacleAt(to);
      if (obstacle !== undefined) {
        refuse(download, obstacle);
        continue;
      }
      if (downloads === undefined || !(await downloads.claim(id))) {
        refuse(download, 'elsewhere');
        continue;
      }
      // Another tab may have gone on with it, or finished it, between the look and the claim.
      const now = (await downloads.kept(download.storage)).find(each => each.id === id);
      if (now) jobs.push(this.#start(now.asked, { ...now.options, to: now.to }, now));
      else downloads.release(id);
    }
    return { jobs, notResumed };
  }

  /** Resolves to those that another tab works on. */
  async discard(ids: Ids | undefined): Promise<readonly InterruptedDownload[]> {
    const { downloads } = this.#context;
    const { kept, staged } = await this.#kept();
    const wanted = ids ? kept.filter(({ id }) => ids.some(each => each.id === id)) : kept;
    const left: InterruptedDownload[] = [];
    for (const download of wanted) {
      if (await downloads?.claim(download.id)) await this.#remove(download);
      else left.push(describe(download, staged, true));
    }
    return left;
  }

  /** Of a download that this page has claimed: finished files stay where they are. */
  async #remove({ id, to }: KeptDownload): Promise<void> {
    await removeStagedFor(id);
    if (typeof to !== 'string' && isFile(to)) await removeEmpty(to).catch(() => {});
    this.#context.downloads?.ended(id);
  }
}

/** Its record is written when files end; of one large file only what is staged says that it moves. */
function lastMove({ id, updated }: KeptDownload, staged: readonly StagedRecord[]): number {
  const own = staged.filter(({ download }) => download === id);
  return own.reduce((last, { written }) => Math.max(last, written), updated);
}

/** Why a picked place cannot be written to now; undefined: it can. */
async function obstacleAt(
  to: Exclude<LastingTarget, string>,
): Promise<'no-permission' | 'place-gone' | undefined> {
  try {
    if ((await permissionFor(to, 'readwrite', true)) !== 'granted') return 'no-permission';
    if (isFile(to)) await to.getFile();
    else await (to as FileSystemDirectoryHandle & { keys(): AsyncIterator<string> }).keys().next();
    return undefined;
  } catch {
    // Of what is gone, some browsers do not even answer the question for permission.
    return 'place-gone';
  }
}

/** Picking the file has made it; a person who gives the download up expects nothing of it to stay. */
async function removeEmpty(file: FileSystemFileHandle & { remove?(): Promise<void> }): Promise<void> {
  if ((await permissionFor(file, 'readwrite', false)) !== 'granted') return;
  if ((await file.getFile()).size === 0) await file.remove?.();
}

function placeOf(to: LastingTarget): Pick<InterruptedDownload, 'place' | 'placeName'> {
  if (to === 'files') return { place: 'browser', placeName: undefined };
  if (to === 'zip') return { place: 'zip', placeName: undefined };
  return { place: isDirectory(to) ? 'folder' : 'file', placeName: to.name };
}

function describe(
  { id, label, to, total, finished, started, updated }: KeptDownload,
  staged: readonly StagedRecord[],
  isElsewhere: boolean,
): InterruptedDownload {
  const kept = staged
    .filter(({ download }) => download === id)
    .flatMap(({ stretches, inMembers = 0 }) => [inMembers, ...stretches.map(({ size }) => size)])
    .reduce((sum, bytes) => sum + bytes, finished.bytes);
  // What could not be opened for a while was begun anew, and is staged twice.
  const fetched = Math.min(kept, total?.bytes ?? kept);
  const expires = updated + expiry;
  return { id, label, ...placeOf(to), total, finished, fetched, started, updated, expires, isElsewhere };
}
