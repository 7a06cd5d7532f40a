/** Uploads that an earlier page left unfinished: which there are, going on with them, clearing them away. */
import type { UnfinishedUpload } from '../adapters/adapter.js';
import { nameOf } from '../core/path.js';
import type { TransferContext } from './context.js';
import { permissionFor } from './handle-permission.js';
import type { KeptUpload } from './journal.js';
import { byPath, clearOlder, type OfOnePath } from './superseded.js';
import type { TransferJob, UploadFile, UploadOptions } from './types.js';
import { isAskedAlike } from './upload/asked-alike.js';
import { removeEarlier, removeParts } from './upload/earlier-upload.js';
import type { EarlierFile } from './upload/inputs.js';
import { recognise } from './upload/recognise.js';

/** Records that nobody went on with for so long are removed, with what the storage holds of them. Milliseconds. */
const expiry = 7 * 24 * 60 * 60 * 1000;

/** A person waits for clearing away to end: with a connection, and without one. Milliseconds. */
const discardWithin = { online: 20_000, offline: 3000 };

/** An upload that an earlier page began and did not finish. */
export interface InterruptedUpload {
  readonly id: string;
  /** Path at the storage. */
  readonly path: string;
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes that the storage has confirmed, as far as this browser noted. */
  readonly stored: number;
  /** When it began, and when it last moved: milliseconds since 1970. */
  readonly started: number;
  readonly updated: number;
  /** When it is given up and cleared away, milliseconds since 1970. */
  readonly expires: number;
  /** The person has to choose the file again: this browser keeps no handle of it. */
  readonly needsFile: boolean;
  /** Another tab works on it now. */
  readonly isElsewhere: boolean;
}

/** Why an upload did not go on. */
export interface NotResumed {
  readonly upload: InterruptedUpload;
  /**
   * `needs-file`: choose it again (`ResumeOptions.files`) · `no-permission`: the person did not allow to read it ·
   * `file-gone`: it was moved or removed · `elsewhere`: another tab has it · `other-wishes`: it was asked for in another
   * way (`ResumeOptions.options`).
   */
  readonly why: 'needs-file' | 'no-permission' | 'file-gone' | 'elsewhere' | 'other-wishes';
}

export interface ResumeOptions {
  /** Files chosen again. They are recognised by their content; those that belong to no upload are left alone. */
  readonly files?: Iterable<File | UploadFile>;
  /**
   * How the page would upload these files now. Given, an upload goes on only with the very file, and only if it was
   * asked for in the same way; the others are left alone (`other-wishes`), for the page to begin anew. What to do with a
   * file that came to the path meanwhile is decided as these say. Default: as was asked for then, and never over a file
   * that came meanwhile where nothing was there.
   */
  readonly options?: Omit<UploadOptions, 'into'>;
}

export interface Resumed {
  /** The uploads that go on. A file that has changed fails there (`changed-local`) and begins anew when retried. */
  readonly job: TransferJob | undefined;
  readonly notResumed: readonly NotResumed[];
  /** Files that belong to none of the uploads. */
  readonly unknownFiles: readonly (File | UploadFile)[];
}

interface Kept {
  readonly kept: readonly KeptUpload[];
  readonly owned: ReadonlySet<string>;
  readonly groups: ReadonlyMap<KeptUpload, OfOnePath>;
}

type Start = (files: readonly EarlierFile[], options: UploadOptions) => TransferJob;
type Ids = readonly Pick<InterruptedUpload, 'id'>[];

export class InterruptedUploads {
  readonly #context: TransferContext;
  readonly #start: Start;

  /** `start` begins a job of these files. */
  constructor(context: TransferContext, start: Start) {
    this.#context = context;
    this.#start = start;
  }

  async list(): Promise<readonly InterruptedUpload[]> {
    const { kept, owned } = await this.#kept();
    return kept.map(upload => describe(upload, owned.has(upload.id)));
  }

  /** Those that this page does not work on itself, of each path the newest. Expired ones go. */
  async #kept(): Promise<Kept> {
    const { journal, storage } = this.#context;
    // Read again whenever an upload begins or ends, so not with the parts of those under way here.
    const found = await journal.kept(storage, { receipts: 'not-of-this-page' });
    const owned = await journal.owned();
    const all = await this.#stillThere(found, owned);
    const groups = new Map<KeptUpload, OfOnePath>();
    for (const group of byPath(all)) {
      const { newest, older } = group;
      if (journal.owns(newest.id)) continue;
      if (newest.updated + expiry > Date.now() || owned.has(newest.id)) groups.set(newest, group);
      else for (const upload of [newest, ...older]) void this.#expire(upload);
    }
    return { kept: [...groups.keys()].sort((one, other) => one.started - other.started), owned, groups };
  }

  /**
   * Without those that ended between both looks: records go before their owner lets go of them, so what nobody owns and
   * is on record afterwards was left.
   */
  async #stillThere(
    found: readonly KeptUpload[],
    owned: ReadonlySet<string>,
  ): Promise<readonly KeptUpload[]> {
    if (found.every(({ id }) => owned.has(id))) return found;
    const now = await this.#context.journal.kept(this.#context.storage, { receipts: 'none' });
    const ids = new Set(now.map(({ id }) => id));
    return found.filter(({ id }) => ids.has(id));
  }

  async #expire(upload: KeptUpload): Promise<void> {
    const { journal } = this.#context;
    if (!(await journal.claim(upload.id))) return;
    // What cannot be removed any more is not offered for ever: storages clear such uploads away, or list them.
    await removeParts(this.#context, upload);
    journal.ended(upload.id, 'aborted');
  }

  async resume(ids: Ids | undefined, { files = [], options }: ResumeOptions): Promise<Resumed> {
    const { journal, storage } = this.#context;
    const { kept, groups } = await this.#kept();
    const wanted = ids ? kept.filter(({ id }) => ids.some(each => each.id === id)) : kept;
    const notResumed: NotResumed[] = [];
    const refuse = (upload: KeptUpload, why: NotResumed['why']) =>
      notResumed.push({ upload: describe(upload, why === 'elsewhere'), why });

    const chosen = await recognise(wanted, [...files], {
      hasher: this.#context.hasher,
      onlyByContent: options !== undefined,
    });
    const readable: EarlierFile[] = [];
    // One question to the person at most: browsers ask for all files of a page at once.
    let mayAsk = true;
    for (const upload of wanted) {
      const file = chosen.found.get(upload);
      if (file) {
        if (options && !(await isAskedAlike(upload, file, options))) refuse(upload, 'other-wishes');
        else readable.push(fileOf(upload, file));
        continue;
      }
      const { handle } = upload;
      if (!handle) {
        refuse(upload, 'needs-file');
        continue;
      }
      // Of what is gone, some browsers do not even answer the question for permission.
      const allowed = await permissionFor(handle, 'read', mayAsk).catch(() => 'gone' as const);
      if (allowed === 'gone') {
        refuse(upload, 'file-gone');
        continue;
      }
      if (allowed !== 'granted') {
        mayAsk = false;
        refuse(upload, 'no-permission');
        continue;
      }
      const onDisk = await handle.getFile().catch(() => undefined);
      if (!onDisk) refuse(upload, 'file-gone');
      else if (options && !(await isAskedAlike(upload, onDisk, options))) refuse(upload, 'other-wishes');
      else readable.push(fileOf(upload, handle));
    }

    const mine: EarlierFile[] = [];
    for (const file of readable) {
      if (await journal.claim(file.earlier.id)) mine.push(file);
      else refuse(file.earlier, 'elsewhere');
    }
    // Another tab may have gone on with it, or finished it, between the look and the claim.
    const now = new Map((await journal.kept(storage)).map(upload => [upload.id, upload]));
    const going: EarlierFile[] = [];
    const clearing: OfOnePath[] = [];
    for (const file of mine) {
      const earlier = now.get(file.earlier.id);
      if (!earlier) {
        journal.release(file.earlier.id);
        continue;
      }
      journal.adopt({ ...earlier, handle: file.handle });
      going.push({ ...file, earlier });
      for (const [upload, group] of groups) if (upload.id === earlier.id) clearing.push(group);
    }
    for (const group of clearing) void clearOlder(this.#context, group);
    const { conflict, onConflict } = options ?? {};
    const policy = { ...(conflict ? { conflict } : {}), ...(onConflict ? { onConflict } : {}) };
    return {
      job: going.length > 0 ? this.#start(going, policy) : undefined,
      notResumed,
      unknownFiles: chosen.unknown,
    };
  }

  async discard(ids: Ids | undefined): Promise<readonly InterruptedUpload[]> {
    const { journal, connectivity } = this.#context;
    const { kept, groups } = await this.#kept();
    const wanted = ids ? kept.filter(({ id }) => ids.some(each => each.id === id)) : kept;
    const signal = AbortSignal.timeout(connectivity.online ? discardWithin.online : discardWithin.offline);
    const left = await Promise.all(
      wanted.map(async upload => {
        if (!(await journal.claim(upload.id))) return describe(upload, true);
        // Else they would be offered next.
        await clearOlder(this.#context, groups.get(upload)!, signal);
        return (await removeEarlier(this.#context, upload, signal)) ? undefined : describe(upload, false);
      }),
    );
    return left.filter(upload => upload !== undefined);
  }

  // ── Without a record ────────────────────────────────────────────────────────────────────────────────────────────

  /** Uploads in parts at the storage of which no tab of this browser knows. */
  async strays(prefix: string, signal: AbortSignal): Promise<readonly UnfinishedUpload[]> {
    const { adapter, journal, storage } = this.#context;
    if (!adapter.listUnfinishedUploads) return [];
    const all = await adapter.listUnfinishedUploads(prefix, { signal });
    const known = await journal.kept(storage, { receipts: 'none' });
    // Who cannot read what this browser keeps cannot tell its own uploads from strays.
    if (journal.problem) return [];
    return all.filter(({ state }) => !known.some(upload => isSameState(upload.state, state)));
  }
}

/** The storage lists what names an upload, and not all that its page knew. */
function isSameState(known: KeptUpload['state'], listed: UnfinishedUpload['state']): boolean {
  const shared = Object.keys(listed).filter(key => key in known && listed[key] !== null);
  return shared.length > 0 && shared.every(key => known[key] === listed[key]);
}

function fileOf(earlier: KeptUpload, from: File | UploadFile | FileSystemFileHandle): EarlierFile {
  const { path, size } = earlier;
  if (from instanceof Blob) return { file: from, path, size, earlier };
  if ('file' in from) {
    return { file: from.file, path, size, earlier, ...(from.handle ? { handle: from.handle } : {}) };
  }
  return { file: () => from.getFile(), path, size, handle: from, earlier };
}

function describe(upload: KeptUpload, isElsewhere: boolean): InterruptedUpload {
  const { id, path, size, started, updated, handle, receipts } = upload;
  const stored = receipts.reduce((sum, receipt) => sum + receipt.size, 0);
  return {
    id,
    path,
    name: nameOf(path),
    size,
    stored,
    started,
    updated,
    expires: updated + expiry,
    needsFile: handle === undefined,
    isElsewhere,
  };
}
