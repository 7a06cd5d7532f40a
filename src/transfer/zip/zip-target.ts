import { TransferError } from '../../core/errors.js';
import { fromBase64 } from '../checksum/index.js';
import type { FileOutcome } from '../download/outcome.js';
import type { FilePlace, FileRequest, Target } from '../download/target.js';
import { notAllWritten } from '../download/verify.js';
import { sourceOf, type WantedFile } from '../download/wanted.js';
import { LocalNames } from '../names.js';
import type { ArchivePlace } from '../sinks/choose.js';
import { HeldSection } from '../sinks/held-section.js';
import { SectionSink } from '../sinks/section.js';
import type { Sink } from '../sinks/sink.js';
import type { KeptContent, KeptMember } from '../sinks/staged-journal.js';
import { InTurn } from './in-turn.js';
import { dataDescriptor, directoryOf, layOut, localHeader, type ZipLayout } from './layout.js';

/** Bytes. A member up to this size is fetched before its turn, and held in memory until then. */
const mostHeld = 1024 * 1024;

const nothingKnown = {
  version: undefined,
  response: undefined,
  content: undefined,
  savedAs: undefined,
} satisfies Partial<FileOutcome>;

function crcOf({ checksums }: Pick<FileOutcome, 'checksums'>): number {
  const { value } = checksums.find(({ algorithm }) => algorithm === 'crc32')!;
  return new DataView(fromBase64(value).buffer as ArrayBuffer).getUint32(0);
}

/**
 * All files in one archive. Its layout is fixed before the first byte, so that a seekable sink takes members side by
 * side and a member that failed can be fetched again into its place; where the sink outlives the page, another page goes
 * on with what is there. An archive with a member missing is never handed over.
 */
export class ZipTarget implements Target {
  readonly needsAll = true;
  readonly alsoCompute = ['crc32'] as const;
  readonly #openSink: (layout: ZipLayout, signal: AbortSignal) => Promise<ArchivePlace>;
  readonly #headersWritten = new Set<number>();
  readonly #crcs = new Map<number, number>();
  readonly #turns = new InTurn();
  /** Of an earlier page that began the same archive: members that are whole, and those that are not. */
  readonly #finished = new Map<number, FileOutcome>();
  readonly #unfinished = new Map<number, KeptContent>();
  #layout: ZipLayout | undefined;
  #sink: Sink | undefined;
  /** All of it is there; what is left is to hand it over. */
  #closed = false;
  #delivered = false;
  #aborted = false;

  /** @param openSink finds a place for that archive */
  constructor(openSink: (layout: ZipLayout, signal: AbortSignal) => Promise<ArchivePlace>) {
    this.#openSink = openSink;
  }

  /** Known once the sink is: it may take bytes from front to back only. */
  get oneByOne(): boolean {
    return this.#sink?.facts.seekable === false;
  }

  get onlyOnce(): boolean {
    return this.oneByOne || this.#sink?.isBroken === true;
  }

  async prepare(files: readonly WantedFile[], signal: AbortSignal): Promise<void> {
    const names = new LocalNames();
    const times = new Map<string, number>();
    const members = files.map(file => {
      const { entry, relative } = file;
      if (entry.size === undefined) {
        throw new TransferError(
          `The storage does not say how large ${entry.path} is, so it cannot go into a zip. Download it by itself, or into a folder.`,
          { kind: 'fatal', reason: 'not-supported', path: entry.path },
        );
      }
      // Asked for twice, it has two members, and no archive may have two of one name.
      const source = sourceOf(file);
      const time = (times.get(`${source}\n${relative}`) ?? 0) + 1;
      times.set(`${source}\n${relative}`, time);
      const name = names.place(relative, `${source}\n${time}`).join('/');
      return {
        name,
        size: entry.size,
        ...(entry.modified === undefined ? {} : { modified: entry.modified }),
      };
    });
    this.#layout = layOut(members);
    const { size } = this.#layout;
    const { sink, id, continues = false } = await this.#openSink(this.#layout, signal);
    this.#sink = sink;
    try {
      if (!this.#aborted && continues) await this.#takeOver(sink, files);
      else if (!this.#aborted) await sink.open(size);
      if (id !== undefined) sink.keep?.({ size, etag: id, stretches: [] });
    } finally {
      // Cancelled meanwhile: what was opened just now, or half, was not there to be removed.
      if (this.#aborted) await this.#sink.abort();
    }
  }

  /** Takes from an earlier page what the storage still has in that version. */
  async #takeOver(sink: Sink, files: readonly WantedFile[]): Promise<void> {
    for (const { index, etag, modified, stretches, whole } of (await sink.keptMembers?.()) ?? []) {
      const now: Partial<WantedFile['entry']> = files[index]?.entry ?? {};
      const { size } = now;
      if (size === undefined || etag !== now.etag || modified !== now.modified) continue;
      if (whole === undefined) this.#unfinished.set(index, { size, etag, stretches });
      else {
        this.#crcs.set(index, crcOf(whole));
        const { checksums, verified } = whole;
        this.#finished.set(index, { ...nothingKnown, size, etag, checksums, verified });
      }
    }
  }

  finishedBefore(index: number): FileOutcome | undefined {
    return this.#finished.get(index);
  }

  async takeUp({ index }: FileRequest) {
    const kept = this.#unfinished.get(index);
    // Once: what is begun anew is written over it.
    this.#unfinished.delete(index);
    return kept && { sink: this.#sectionOf(index), kept };
  }

  #sectionOf(index: number): Sink {
    const { data: offset } = this.#layout!.places[index]!;
    const { size } = this.#layout!.members[index]!;
    return new SectionSink(this.#sink!, { offset, size }, ({ etag, stretches }) =>
      this.#keep(index, etag, stretches),
    );
  }

  #keep(index: number, etag: string, stretches: KeptMember['stretches'], whole?: KeptMember['whole']): void {
    const { modified } = this.#layout!.members[index]!;
    this.#sink!.keepMember?.({ index, etag, modified, stretches, ...(whole && { whole }) });
  }

  promisedSize(index: number): number | undefined {
    return this.#layout?.members[index]?.size;
  }

  async place({ index }: FileRequest): Promise<FilePlace> {
    const { facts } = this.#sink!;
    return { sink: this.#isHeld(index) ? this.#heldOf(index) : this.#sectionOf(index), facts };
  }

  #isHeld(index: number): boolean {
    return this.oneByOne && this.#layout!.members[index]!.size <= mostHeld;
  }

  #heldOf(index: number): Sink {
    const { data } = this.#layout!.places[index]!;
    return new HeldSection(this.#sink!, {
      wait: signal => this.#turns.of(index, signal),
      write: async content => {
        await this.#writeHeader(index);
        const bytes = new Uint8Array(await content.arrayBuffer());
        if (bytes.length > 0) await this.#sink!.write(data, bytes);
      },
    });
  }

  async beforeFile(index: number, signal: AbortSignal): Promise<void> {
    if (this.oneByOne) {
      this.#turns.check(index);
      if (this.#isHeld(index)) return;
      await this.#turns.of(index, signal);
    }
    await this.#writeHeader(index);
  }

  /** Files that go one by one are lost with the first that failed: the stream cannot leave a gap. */
  lost(index: number): void {
    this.#turns.lost(index);
  }

  async #writeHeader(index: number): Promise<void> {
    if (this.#headersWritten.has(index)) return;
    await this.#sink!.write(this.#layout!.places[index]!.header, localHeader(this.#layout!.members[index]!));
    this.#headersWritten.add(index);
  }

  async afterFile(index: number, outcome: FileOutcome): Promise<void> {
    const { checksums, verified, etag } = outcome;
    const crc = crcOf(outcome);
    await this.#sink!.write(
      this.#layout!.places[index]!.descriptor,
      dataDescriptor(this.#layout!.members[index]!, crc),
    );
    this.#crcs.set(index, crc);
    this.#turns.passed(index);
    // A weak validator does not say that the bytes are the same.
    if (etag === undefined || etag.startsWith('W/')) return;
    const { size } = this.#layout!.members[index]!;
    this.#keep(index, etag, [{ start: 0, size, checksums: [] }], { checksums, verified });
  }

  get canFinishAgain(): boolean {
    return this.#closed && !this.#delivered && !this.#aborted;
  }

  async finish(failed: number, _firstError?: TransferError, signal?: AbortSignal): Promise<void> {
    const sink = this.#sink;
    const layout = this.#layout;
    if (sink === undefined || layout === undefined || this.#delivered) return;
    const missing = layout.members.length - this.#crcs.size;
    if (missing > 0 || failed > 0) {
      throw new TransferError(
        `${missing} of ${layout.members.length} files could not be fetched, so the zip was not saved. ${
          this.onlyOnce
            ? 'What had come is lost with it: to get the zip, begin the download anew.'
            : 'Where the failed ones can be tried again, the others need not be fetched a second time.'
        }`,
        { kind: 'fatal', reason: 'archive-incomplete' },
      );
    }
    if (!this.#closed) await this.#complete(sink, layout);
    this.#closed = true;
    try {
      await sink.deliver(signal);
    } catch (error) {
      this.#closed = !(error instanceof TransferError && error.kind === 'restart');
      throw error;
    }
    this.#delivered = true;
  }

  async #complete(sink: Sink, layout: ZipLayout): Promise<void> {
    let at = layout.directory;
    for (const piece of directoryOf(layout, index => this.#crcs.get(index)!)) {
      const { length } = piece;
      await sink.write(at, piece);
      at += length;
    }
    const content = await sink.close();
    if (content !== undefined && content.size !== layout.size) throw notAllWritten('The zip');
  }

  async abort(): Promise<void> {
    this.#aborted = true;
    if (!this.#delivered) await this.#sink?.abort();
  }
}
