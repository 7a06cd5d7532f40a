import { TransferError } from '../../core/errors.js';
import { handOver } from './hand-over.js';
import type { PickedFile } from './picked-file.js';
import type { Sink, SinkFacts } from './sink.js';
import type { KeptContent, KeptMember } from './staged-journal.js';
import type { StagingSink } from './staging.js';

/** The browser may take away what it keeps for a site. */
const takenAway = (name: string): TransferError =>
  new TransferError(
    `The browser has removed what had come of ${name} before it was in its place. It has to be fetched anew.`,
    { kind: 'restart', reason: 'incomplete' },
  );

const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

/**
 * A picked file that survives the page: staged in the browser's own storage, and written into its place once it is
 * whole and checked. Until it stands there, the staged bytes stay, so that nothing is fetched again when that fails.
 */
export class StagedForFileSink implements Sink {
  readonly facts: SinkFacts;
  readonly #staged: StagingSink;
  readonly #file: PickedFile;
  #content: File | undefined;
  #delivered: File | undefined;

  constructor(staged: StagingSink, file: PickedFile) {
    this.#staged = staged;
    this.#file = file;
    this.facts = { ...staged.facts, needsClick: true };
  }

  get delivered(): File | undefined {
    return this.#delivered;
  }

  async open(size: number | undefined): Promise<void> {
    this.#content = undefined;
    await this.#staged.open(size);
  }

  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
    return this.#staged.write(position, bytes);
  }

  keep(content: KeptContent): void {
    this.#staged.keep(content);
  }

  keepMember(member: KeptMember): void {
    this.#staged.keepMember(member);
  }

  keptMembers(): Promise<readonly KeptMember[]> {
    return this.#staged.keptMembers();
  }

  async close(): Promise<File> {
    // A page that goes away while the file is handed over must not cost another byte.
    await this.#staged.allNoted();
    this.#content = await this.#staged.close();
    return this.#content;
  }

  async deliver(signal?: AbortSignal): Promise<string> {
    const content = this.#content!;
    try {
      this.#delivered = await handOver(content, this.#file, signal);
    } catch (error) {
      if (!signal?.aborted && !(await isReadable(content))) throw takenAway(this.#file.name);
      throw error;
    }
    await this.#staged.abort();
    return this.#file.name;
  }

  async abort(): Promise<void> {
    await this.#staged.abort();
    try {
      await this.#file.undo(this.#delivered !== undefined);
    } catch {
      // An empty file may stay behind: this browser cannot remove it, or the person has.
    }
    this.#delivered = undefined;
  }
}
