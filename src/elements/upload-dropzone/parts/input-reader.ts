import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { TransferError } from '../../../core/errors.js';
import { itemsFromFiles } from '../../../transfer/drop-items.js';
import type { UploadInput, UploadSource } from '../../../transfer/types.js';
import type { Admitted, Amount, Refusal, Refused } from '../../../uppy/admitted.js';
import type { pickFiles } from './pick-files.js';
import { Gate, type Rejection, type Restrictions, refusedByPage } from './restrictions.js';

export interface InputReaderOptions {
  readonly localize: LocalizeController;
  readonly announce: (text: string) => void;
  readonly restrictions: () => Restrictions;
  readonly rejected: (rejections: readonly Rejection[]) => void;
  /** Looks at a whole selection; `others`: files that are being read or about to be uploaded besides. */
  readonly admit: (files: readonly UploadInput[], others: number) => Promise<Admitted>;
}

/** Milliseconds between two numbers: one that changes per file cannot be read, and slows the reading down. */
const interval = 150;

/** Reads what was dropped, chosen or pasted, folder by folder, and keeps what is said about it. */
export class InputReader implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: InputReaderOptions;
  /** What is being read, several drops at once perhaps, and how many files each has had so far. */
  readonly #readings = new Map<AbortController, number>();
  /** Those whose files are in no upload yet: they take up room. */
  readonly #gates = new Set<Gate>();
  #shown = 0;

  rejections: readonly Rejection[] = [];
  showsAllRejections = false;
  /** One remark, such as that nothing was found. */
  note: string | undefined;

  constructor(host: ReactiveControllerHost, options: InputReaderOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.stop();
  }

  /** Files read so far; undefined: nothing is being read. */
  get count(): number | undefined {
    if (this.#readings.size === 0) return undefined;
    return [...this.#readings.values()].reduce((sum, count) => sum + count, 0);
  }

  stop(): void {
    for (const stop of this.#readings.keys()) stop.abort();
  }

  /** Forgets what was said. */
  clear(): void {
    this.rejections = [];
    this.showsAllRejections = false;
    this.note = undefined;
    this.#host.requestUpdate();
  }

  clearNote(): void {
    this.note = undefined;
    this.#host.requestUpdate();
  }

  clearRejections(): void {
    this.rejections = [];
    this.#host.requestUpdate();
  }

  showAllRejections(): void {
    this.showsAllRejections = true;
    this.#host.requestUpdate();
  }

  say(text: string): void {
    this.note = text;
    this.#options.announce(text);
    this.#host.requestUpdate();
  }

  /** Shows that something is being read, from now on. */
  begin(stop = new AbortController()): AbortController {
    this.#readings.set(stop, 0);
    this.clear();
    return stop;
  }

  /** Opens the browser's dialogue. `impossible`: there is none, an `<input>` must do. */
  async pick(
    pick: typeof pickFiles,
    multiple: boolean,
  ): Promise<{ source: UploadSource; stop: AbortController } | 'cancelled' | 'impossible'> {
    // Not yet reading: while the dialogue is open nothing happens.
    const stop = new AbortController();
    const { accept } = this.#options.restrictions();
    const source = await pick({ accept, multiple, signal: stop.signal });
    return typeof source === 'string' ? source : { source, stop: this.begin(stop) };
  }

  /** Files of an `<input>`, which may be chosen again at once. */
  fromInput(input: HTMLInputElement): { source: UploadSource; stop: AbortController } | undefined {
    if (!input.files?.length) return undefined;
    const stop = this.begin();
    const source = itemsFromFiles([...input.files], { signal: stop.signal });
    input.value = '';
    return { source, stop };
  }

  /** The files are in an upload, or will not be: they take up no room here any more. */
  release(files: readonly UploadInput[]): void {
    for (const gate of this.#gates) if (gate.accepted === files) this.#gates.delete(gate);
  }

  /** Files that were let through and are in no upload yet. */
  get taking(): Amount {
    let [files, bytes] = [0, 0];
    for (const gate of this.#gates) {
      files += gate.files;
      bytes += gate.bytes;
    }
    return { files, bytes };
  }

  /** How many more files may come, with all that are being read counted in. */
  #room(): number {
    let { room } = this.#options.restrictions();
    for (const { files } of this.#gates) room -= files;
    return room;
  }

  /** Bytes in all, likewise. */
  #usedBytes(): number {
    let { usedBytes } = this.#options.restrictions();
    for (const { bytes } of this.#gates) usedBytes += bytes;
    return usedBytes;
  }

  /**
   * Reads to the end. Undefined: stopped, or nothing is left to upload. Else call {@link release} later. `admitted`: the
   * files were looked at as a whole before.
   */
  async read(
    source: UploadSource,
    stop: AbortController,
    admitted = false,
  ): Promise<readonly UploadInput[] | undefined> {
    const { localize, restrictions } = this.#options;
    const gate = new Gate(restrictions(), localize, {
      room: () => this.#room(),
      usedBytes: () => this.#usedBytes(),
    });
    this.#gates.add(gate);
    let isWhole = false;
    try {
      for await (const input of source) {
        stop.signal.throwIfAborted();
        gate.take(input);
        this.#show(stop, gate.seen);
      }
      if (!admitted && gate.accepted.length > 0) {
        await this.#ask(gate);
        stop.signal.throwIfAborted();
      }
      isWhole = gate.accepted.length > 0;
    } catch (error) {
      if (stop.signal.aborted) return undefined;
      // A page's own list of files that throws; what the browser cannot read is nobody's mistake.
      if (!(error instanceof TransferError || error instanceof DOMException)) reportError(error);
      this.say(error instanceof TransferError ? localize.error(error) : localize.text('upload.unreadable'));
      return undefined;
    } finally {
      if (!isWhole) this.#gates.delete(gate);
      this.#readings.delete(stop);
      this.#shown = 0;
      this.#host.requestUpdate();
    }
    this.#reject(gate.rejected);
    if (gate.accepted.length > 0) return gate.accepted;
    if (gate.rejected.length === 0) this.say(localize.text('upload.nothingFound'));
    return undefined;
  }

  /** Files that are not taken though nobody gave them here. */
  refuse(refusals: readonly Refusal[]): void {
    const { localize } = this.#options;
    this.#reject(
      refusals.map(({ name, size, why }) => refusedByPage({ path: name, name, size }, why, localize)),
    );
  }

  #reject(rejections: readonly Rejection[]): void {
    if (rejections.length === 0) return;
    const { localize, announce, rejected } = this.#options;
    this.rejections = [...this.rejections, ...rejections];
    this.#host.requestUpdate();
    announce(localize.text('upload.announceRejected', { count: rejections.length }));
    rejected(rejections);
  }

  /** Asks about the whole selection. When a listener of the page's throws meanwhile, nobody has let these files through. */
  async #ask(gate: Gate): Promise<void> {
    let others = 0;
    for (const { files } of this.#gates) others += files;
    try {
      gate.settle(await this.#options.admit(gate.accepted, others - gate.files));
    } catch (error) {
      reportError(error);
      const refused = gate.accepted.flatMap((input): Refused[] =>
        'kind' in input ? [] : [{ input, why: 'unchecked' }],
      );
      gate.settle({ inputs: gate.accepted.filter(input => 'kind' in input), refused });
    }
  }

  #show(stop: AbortController, count: number): void {
    const now = performance.now();
    if (now - this.#shown < interval) return;
    this.#shown = now;
    this.#readings.set(stop, count);
    this.#host.requestUpdate();
  }
}
