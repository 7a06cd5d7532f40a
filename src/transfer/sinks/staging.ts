/**
 * Files kept in the browser's own storage (OPFS) until they are whole and checked, then handed to the browser's
 * download list. The only seekable sink that every engine has, and the only one that survives the page.
 */
import { errorName } from '../../core/errors.js';
import { saveBlob } from './browser-save.js';
import { withSinkErrors } from './errors.js';
import type { Sink, SinkFacts } from './sink.js';
import { own, removeStaged, stagingFolder, sweepStaged } from './staged-files.js';
import {
  forget,
  type KeptContent,
  type KeptMember,
  membersOf,
  recordsOf,
  remember,
  type StagedOrigin,
  type StagedRecord,
} from './staged-journal.js';
import { reopenWriter, startWriter, type Writer } from './staging-writer.js';

/** Thousands of small files of an archive are noted together every so many milliseconds. */
const membersEvery = 500;

let swept = false;

export interface StagingOptions {
  /** Hands the whole file over; `release` is to be called when it is no longer needed. Default: the browser saves it. */
  readonly save?: (file: File, name: string, release: () => void) => void;
  /** What is staged, so that another page can go on with it. Absent: it cannot. */
  readonly origin?: StagedOrigin;
}

export class StagingSink implements Sink {
  readonly facts: SinkFacts;
  readonly #name: string;
  readonly #save: (file: File, name: string, release: () => void) => void;
  readonly #origin: StagedOrigin | undefined;
  #id: string = crypto.randomUUID();
  #release: (() => void) | undefined;
  #writer: Writer | undefined;
  #file: File | undefined;
  /** What was told last. */
  #toKeep: KeptContent | undefined;
  /** What was told of the files of an archive, and is not noted yet. */
  #members = new Map<number, KeptMember>();
  /** Bytes that are kept of each file of an archive. */
  readonly #inMembers = new Map<number, number>();
  #isNoted = true;
  #notingSoon: ReturnType<typeof setTimeout> | undefined;
  #keeping: Promise<void> | undefined;
  /** Nothing may be noted any more. */
  #closing = false;

  /** @param name the name under which the browser saves the file; must be safe */
  constructor(name: string, { save = saveBlob, origin }: StagingOptions = {}) {
    this.#name = name;
    this.#save = save;
    this.#origin = origin;
    this.facts = {
      seekable: true,
      canResume: true,
      canVerify: true,
      survivesReload: origin !== undefined && typeof indexedDB !== 'undefined',
      survivesTabClose: false,
      needsClick: false,
      copiesTwice: true,
    };
  }

  /**
   * Goes on with what an earlier page has staged of this version of the file, unless another tab does so. Resolves to
   * what is on the disk; undefined: nothing, or it cannot be used now. What can never be used is removed.
   */
  async takeOver(size: number, etag: string): Promise<KeptContent | undefined> {
    if (this.#origin === undefined || this.#writer !== undefined) return undefined;
    try {
      for (const record of await recordsOf(this.#origin)) {
        const release = await own(record.id);
        if (release === undefined) continue;
        const isVersion = record.size === size && record.etag === etag;
        const found = isVersion ? await this.#adopt(record) : 'useless';
        if (found === 'adopted') {
          this.#release = release;
          return record;
        }
        // Another version of the file, or not what the note says: nobody will ever want it.
        if (found === 'useless') await removeStaged(record.id).catch(() => {});
        release();
      }
    } catch {
      // No journal here: then nothing was kept in it either.
    }
    return undefined;
  }

  /** What cannot be opened just now (`unreachable`) may be the work of days: another try or page may get it. */
  async #adopt({ id, size }: StagedRecord): Promise<'adopted' | 'unreachable' | 'useless'> {
    try {
      const handle = await (await stagingFolder()).getFileHandle(id);
      if ((await handle.getFile()).size !== size) return 'useless';
      this.#writer = await reopenWriter(handle, size);
      this.#id = id;
      return 'adopted';
    } catch (error) {
      return errorName(error) === 'NotFoundError' ? 'useless' : 'unreachable';
    }
  }

  open(size: number | undefined): Promise<void> {
    return withSinkErrors(this.#name, async () => {
      // What was noted is void from here on.
      await this.#stopKeeping();
      await forget(this.#id).catch(() => {});
      this.#closing = false;
      if (this.#writer !== undefined) {
        await this.#writer.truncate(size ?? 0);
        return;
      }
      if (!swept) {
        swept = true;
        await sweepStaged().catch(() => 0);
      }
      this.#release ??= await own(this.#id);
      const folder = await stagingFolder();
      this.#writer = await startWriter(await folder.getFileHandle(this.#id, { create: true }), size ?? 0);
    });
  }

  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
    return withSinkErrors(this.#name, () => this.#writer!.write(position, bytes));
  }

  get #keeps(): boolean {
    return this.facts.survivesReload && this.#writer?.flush !== undefined;
  }

  keep(content: KeptContent): void {
    if (!this.#keeps) return;
    this.#toKeep = content;
    this.#startNoting();
  }

  keepMember(member: KeptMember): void {
    if (!this.#keeps || this.#closing) return;
    this.#members.set(member.index, member);
    this.#count(member);
    this.#notingSoon ??= setTimeout(() => {
      this.#notingSoon = undefined;
      this.#startNoting();
    }, membersEvery);
  }

  async keptMembers(): Promise<readonly KeptMember[]> {
    const members = this.#keeps ? await membersOf(this.#id) : [];
    for (const member of members) this.#count(member);
    return members;
  }

  #count({ index, stretches }: KeptMember): void {
    const bytes = stretches.reduce((sum, { size }) => sum + size, 0);
    this.#inMembers.set(index, bytes);
  }

  #startNoting(): void {
    this.#isNoted = false;
    this.#keeping ??= this.#note().finally(() => {
      this.#keeping = undefined;
    });
  }

  /** First the bytes, then the note of them: a note must never promise what is not on the disk. */
  async #note(): Promise<void> {
    while (!this.#isNoted && this.#toKeep !== undefined) {
      const content = this.#toKeep;
      const members = [...this.#members.values()];
      this.#isNoted = true;
      this.#members.clear();
      // Before the wait: what is told meanwhile is in none of these members.
      const inMembers = [...this.#inMembers.values()].reduce((sum, bytes) => sum + bytes, 0);
      try {
        await this.#writer?.flush?.();
        if (this.#closing) return;
        const record = { ...this.#origin!, ...content, id: this.#id, inMembers, written: Date.now() };
        await remember(record, members);
      } catch {
        // Without the note an interrupted download begins anew, which is no reason to end this one.
      }
    }
  }

  async #stopKeeping(): Promise<void> {
    this.#closing = true;
    this.#toKeep = undefined;
    this.#members.clear();
    clearTimeout(this.#notingSoon);
    this.#notingSoon = undefined;
    await this.#keeping;
  }

  /**
   * Resolves once all that was told is noted. To be called before {@link close} where the file stays for a while after
   * it: else the latest notes, which would be void in a moment, are not taken any more.
   */
  async allNoted(): Promise<void> {
    if (!this.#keeps) return;
    clearTimeout(this.#notingSoon);
    this.#notingSoon = undefined;
    while (this.#toKeep !== undefined && (!this.#isNoted || this.#members.size > 0)) {
      this.#startNoting();
      await this.#keeping;
    }
  }

  close(): Promise<File> {
    return withSinkErrors(this.#name, async () => {
      await this.#stopKeeping();
      await this.#writer!.close();
      this.#writer = undefined;
      const folder = await stagingFolder();
      this.#file = await (await folder.getFileHandle(this.#id)).getFile();
      return this.#file;
    });
  }

  async deliver(): Promise<string> {
    await forget(this.#id).catch(() => {});
    this.#save(this.#file!, this.#name, () => void this.#remove());
    return this.#name;
  }

  async abort(): Promise<void> {
    await this.#stopKeeping();
    await this.#writer?.abort().catch(() => {});
    this.#writer = undefined;
    await this.#remove();
  }

  async #remove(): Promise<void> {
    try {
      await removeStaged(this.#id);
    } catch {
      // The sweep at the next start gets it.
    }
    this.#release?.();
    this.#release = undefined;
  }
}
