import { TransferError } from '../../core/errors.js';
import { fromBase64 } from '../checksum/index.js';
import type { FileOutcome } from '../download/outcome.js';
import type { FilePlace, FileRequest, Target } from '../download/target.js';
import { notAllWritten } from '../download/verify.js';
import type { WantedFile } from '../download/wanted.js';
import { LocalNames } from '../names.js';
import { SectionSink } from '../sinks/section.js';
import type { Sink } from '../sinks/sink.js';
import { dataDescriptor, directoryOf, layOut, localHeader, type ZipLayout } from './layout.js';

/**
 * All files in one archive. Its layout is fixed before the first byte, so that a seekable sink takes members side by
 * side and a member that failed can be fetched again into its place. An archive with a member missing is never handed
 * over.
 */
export class ZipTarget implements Target {
  readonly needsAll = true;
  readonly alsoCompute = ['crc32'] as const;
  readonly #openSink: (size: number) => Promise<Sink>;
  readonly #headersWritten = new Set<number>();
  readonly #crcs = new Map<number, number>();
  #layout: ZipLayout | undefined;
  #sink: Sink | undefined;
  #delivered = false;
  #aborted = false;

  /** @param openSink finds a place for an archive of that size */
  constructor(openSink: (size: number) => Promise<Sink>) {
    this.#openSink = openSink;
  }

  /** Known once the sink is: it may take bytes from front to back only. */
  get oneByOne(): boolean {
    return this.#sink?.facts.seekable === false;
  }

  get onlyOnce(): boolean {
    return this.oneByOne;
  }

  async prepare(files: readonly WantedFile[]): Promise<void> {
    const names = new LocalNames();
    const members = files.map(({ entry, relative }) => {
      if (entry.size === undefined) {
        throw new TransferError(
          `The storage does not say how large ${entry.path} is, so it cannot go into a zip. Download it by itself, or into a folder.`,
          { kind: 'fatal', reason: 'not-supported', path: entry.path },
        );
      }
      const name = names.place(relative, entry.path).join('/');
      return {
        name,
        size: entry.size,
        ...(entry.modified === undefined ? {} : { modified: entry.modified }),
      };
    });
    this.#layout = layOut(members);
    this.#sink = await this.#openSink(this.#layout.size);
    try {
      if (!this.#aborted) await this.#sink.open(this.#layout.size);
    } finally {
      // Cancelled meanwhile: what was opened just now, or half, was not there to be removed.
      if (this.#aborted) await this.#sink.abort();
    }
  }

  promisedSize(index: number): number | undefined {
    return this.#layout?.members[index]?.size;
  }

  async place({ index }: FileRequest): Promise<FilePlace> {
    return { sink: new SectionSink(this.#sink!, this.#layout!.places[index]!.data) };
  }

  async beforeFile(index: number): Promise<void> {
    // Files that go one by one are lost with the first that failed: the stream cannot leave a gap.
    if (this.oneByOne && index > this.#crcs.size) {
      throw new TransferError('An earlier file could not be fetched, so the zip cannot go on.', {
        kind: 'fatal',
        reason: 'incomplete',
      });
    }
    if (this.#headersWritten.has(index)) return;
    this.#headersWritten.add(index);
    await this.#sink!.write(this.#layout!.places[index]!.header, localHeader(this.#layout!.members[index]!));
  }

  async afterFile(index: number, outcome: FileOutcome): Promise<void> {
    const checksum = outcome.checksums.find(({ algorithm }) => algorithm === 'crc32')!;
    const crc = new DataView(fromBase64(checksum.value).buffer as ArrayBuffer).getUint32(0);
    await this.#sink!.write(
      this.#layout!.places[index]!.descriptor,
      dataDescriptor(this.#layout!.members[index]!, crc),
    );
    this.#crcs.set(index, crc);
  }

  async finish(failed: number): Promise<void> {
    const sink = this.#sink;
    const layout = this.#layout;
    if (sink === undefined || layout === undefined || this.#delivered) return;
    const missing = layout.members.length - this.#crcs.size;
    if (missing > 0 || failed > 0) {
      throw new TransferError(
        `${missing} of ${layout.members.length} files could not be fetched, so the zip was not saved. Try the failed ones again; the others need not be fetched a second time.`,
        { kind: 'fatal', reason: 'incomplete' },
      );
    }
    let at = layout.directory;
    for (const piece of directoryOf(layout, index => this.#crcs.get(index)!)) {
      const { length } = piece;
      await sink.write(at, piece);
      at += length;
    }
    const content = await sink.close();
    if (content !== undefined && content.size !== layout.size) throw notAllWritten('The zip');
    await sink.deliver();
    this.#delivered = true;
  }

  async abort(): Promise<void> {
    this.#aborted = true;
    if (!this.#delivered) await this.#sink?.abort();
  }
}
