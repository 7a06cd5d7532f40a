/** Uploads that an earlier page left unfinished: which there are, going on with them, clearing them away. */
import type { UnfinishedUpload } from '../adapters/adapter.js';
import { nameOf } from '../core/path.js';
import type { TransferContext } from './context.js';
import type { KeptUpload } from './journal.js';
import type { TransferJob, UploadFile } from './types.js';
import { compareWithEarlier, removeEarlier } from './upload/earlier-upload.js';
import { type EarlierFile, relativePath } from './upload/inputs.js';
import { mayRead } from './upload/read-permission.js';

/** Records that nobody went on with for so long are removed, with what the storage holds of them. Milliseconds. */
const expiry = 7 * 24 * 60 * 60 * 1000;

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
   * `file-gone`: it was moved or removed · `elsewhere`: another tab has it.
   */
  readonly why: 'needs-file' | 'no-permission' | 'file-gone' | 'elsewhere';
}

export interface ResumeOptions {
  /** Files chosen again. They are recognised by their content; those that belong to no upload are left alone. */
  readonly files?: Iterable<File | UploadFile>;
}

export interface Resumed {
  /** The uploads that go on. A file that has changed fails there (`changed-local`) and begins anew when retried. */
  readonly job: TransferJob | undefined;
  readonly notResumed: readonly NotResumed[];
  /** Files that belong to none of the uploads. */
  readonly unknownFiles: readonly (File | UploadFile)[];
}

type Ids = readonly Pick<InterruptedUpload, 'id'>[];

export class InterruptedUploads {
  readonly #context: TransferContext;
  readonly #start: (files: readonly EarlierFile[]) => TransferJob;

  /** `start` begins a job of these files. */
  constructor(context: TransferContext, start: (files: readonly EarlierFile[]) => TransferJob) {
    this.#context = context;
    this.#start = start;
  }

  async list(): Promise<readonly InterruptedUpload[]> {
    const { kept, owned } = await this.#kept();
    return kept.map(upload => describe(upload, owned.has(upload.id)));
  }

  /** Those that this page does not work on itself. Expired ones go. */
  async #kept(): Promise<{ kept: readonly KeptUpload[]; owned: ReadonlySet<string> }> {
    const { journal, storage } = this.#context;
    const [all, owned] = await Promise.all([journal.kept(storage), journal.owned()]);
    const kept: KeptUpload[] = [];
    for (const upload of all) {
      if (journal.owns(upload.id)) continue;
      if (upload.updated + expiry > Date.now() || owned.has(upload.id)) kept.push(upload);
      else void this.#expire(upload);
    }
    return { kept, owned };
  }

  async #expire(upload: KeptUpload): Promise<void> {
    const { journal } = this.#context;
    if (!(await journal.claim(upload.id))) return;
    // What cannot be removed any more is not offered for ever: storages clear such uploads away, or list them.
    if (!(await removeEarlier(this.#context, upload))) journal.ended(upload.id, 'aborted');
  }

  async resume(ids: Ids | undefined, { files = [] }: ResumeOptions): Promise<Resumed> {
    const { journal, storage } = this.#context;
    const { kept } = await this.#kept();
    const wanted = ids ? kept.filter(({ id }) => ids.some(each => each.id === id)) : kept;
    const notResumed: NotResumed[] = [];
    const refuse = (upload: KeptUpload, why: NotResumed['why']) =>
      notResumed.push({ upload: describe(upload, why === 'elsewhere'), why });

    const chosen = await this.#match(wanted, [...files]);
    const readable: EarlierFile[] = [];
    // One question to the person at most: browsers ask for all files of a page at once.
    let mayAsk = true;
    for (const upload of wanted) {
      const file = chosen.found.get(upload);
      if (file) {
        readable.push(fileOf(upload, file));
        continue;
      }
      const { handle } = upload;
      if (!handle) {
        refuse(upload, 'needs-file');
        continue;
      }
      const allowed = await mayRead(handle, mayAsk);
      if (allowed !== 'granted') mayAsk = false;
      if (allowed !== 'granted') refuse(upload, 'no-permission');
      else if (
        await handle.getFile().then(
          () => true,
          () => false,
        )
      )
        readable.push(fileOf(upload, handle));
      else refuse(upload, 'file-gone');
    }

    const mine: EarlierFile[] = [];
    for (const file of readable) {
      if (await journal.claim(file.earlier.id)) mine.push(file);
      else refuse(file.earlier, 'elsewhere');
    }
    // Another tab may have gone on with it, or finished it, between the look and the claim.
    const now = new Map((await journal.kept(storage)).map(upload => [upload.id, upload]));
    const going: EarlierFile[] = [];
    for (const file of mine) {
      const earlier = now.get(file.earlier.id);
      if (!earlier) {
        journal.release(file.earlier.id);
        continue;
      }
      journal.adopt({ ...earlier, handle: file.handle });
      going.push({ ...file, earlier });
    }
    return {
      job: going.length > 0 ? this.#start(going) : undefined,
      notResumed,
      unknownFiles: chosen.unknown,
    };
  }

  /** Which file belongs to which upload: by its size and what it begins with, whatever it is called. */
  async #match(
    uploads: readonly KeptUpload[],
    files: readonly (File | UploadFile)[],
  ): Promise<{ found: Map<KeptUpload, File | UploadFile>; unknown: (File | UploadFile)[] }> {
    const { hasher } = this.#context;
    const found = new Map<KeptUpload, File | UploadFile>();
    let others = [...files];
    // Those of the same name first: files of one size may begin alike, and each belongs to its own upload.
    for (const isSameName of [true, false]) {
      const left: (File | UploadFile)[] = [];
      for (const file of others) {
        const name = nameOf(relativePath(file));
        const blob = await blobOf(file);
        const modified = blob instanceof File ? blob.lastModified : undefined;
        const facts = { blob, size: blob.size, modified };
        let owner: KeptUpload | undefined;
        for (const upload of uploads) {
          if (found.has(upload) || (nameOf(upload.path) === name) !== isSameName) continue;
          if ((await compareWithEarlier(upload, facts, hasher)) === 'other') continue;
          owner = upload;
          break;
        }
        if (owner) found.set(owner, file);
        else left.push(file);
      }
      others = left;
    }
    // One of the same name is a new version: its upload says that it changed, and begins anew when the person wishes.
    const unknown = others.filter(file => {
      const name = nameOf(relativePath(file));
      const owner = uploads.find(upload => !found.has(upload) && nameOf(upload.path) === name);
      if (owner) found.set(owner, file);
      return !owner;
    });
    return { found, unknown };
  }

  async discard(ids: Ids | undefined): Promise<readonly InterruptedUpload[]> {
    const { journal } = this.#context;
    const { kept } = await this.#kept();
    const wanted = ids ? kept.filter(({ id }) => ids.some(each => each.id === id)) : kept;
    const left = await Promise.all(
      wanted.map(async upload => {
        if (!(await journal.claim(upload.id))) return describe(upload, true);
        if (await removeEarlier(this.#context, upload)) return undefined;
        journal.release(upload.id);
        return describe(upload, false);
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
    const known = await journal.kept(storage);
    return all.filter(({ state }) => !known.some(upload => isSameState(upload.state, state)));
  }
}

/** The storage lists what names an upload, and not all that its page knew. */
function isSameState(known: KeptUpload['state'], listed: UnfinishedUpload['state']): boolean {
  const shared = Object.keys(listed).filter(key => key in known && listed[key] !== null);
  return shared.length > 0 && shared.every(key => known[key] === listed[key]);
}

const blobOf = async (file: File | UploadFile): Promise<Blob> => {
  if (file instanceof Blob) return file;
  return typeof file.file === 'function' ? file.file() : file.file;
};

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
