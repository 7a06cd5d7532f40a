import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { FileDownload } from '../download/file-download.js';
import type { ItemControl } from '../item-run.js';
import { localName } from '../names.js';
import type { Flow } from '../scheduler.js';
import { smallEnoughForMemory } from '../sinks/choose.js';
import { MemorySink } from '../sinks/memory.js';
import type { Sink } from '../sinks/sink.js';
import { canStage } from '../sinks/staged-files.js';
import { StagingSink } from '../sinks/staging.js';
import type { CarryOptions } from './options.js';

/** A file's bytes in this browser. */
export interface FetchedContent {
  readonly blob: Blob;
  /** Validator of the bytes, where the storage gives one. */
  readonly etag: string | undefined;
  /** Lets go of the bytes: a staged file is removed. */
  release(): void;
}

const noRoom = (path: string): TransferError =>
  new TransferError(
    `${path} does not fit into the space that the browser gives this site, through which it would have to go. Free some space, or copy it by other means.`,
    { kind: 'fatal', reason: 'quota', path },
  );

/**
 * Brings one whole file into the browser: small ones into memory, larger ones into the browser's own storage. Whole,
 * because it is checked before a byte of it goes on, and because an upload that is repeated needs its bytes again.
 */
export class ContentFetch {
  readonly #download: FileDownload;
  #release: () => void = () => {};

  constructor(
    context: TransferContext,
    entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>,
    options: {
      readonly flow: Flow;
      readonly verify: CarryOptions['verify'];
      onSize(bytes: number): void;
    },
  ) {
    this.#download = new FileDownload({
      context,
      entry,
      flow: options.flow,
      verify: options.verify ?? 'size',
      onSize: options.onSize,
      openSink: (size, type) => this.#openSink(entry.path, size, type),
    });
  }

  async #openSink(path: string, size: number | undefined, type: string): Promise<Sink> {
    if (size !== undefined && size <= smallEnoughForMemory) return new MemorySink(type);
    if (await canStage(size ?? smallEnoughForMemory)) {
      return new StagingSink(localName(path.slice(path.lastIndexOf('/') + 1)), {
        save: (_file, _name, release) => {
          this.#release = release;
        },
      });
    }
    if (size === undefined) return new MemorySink(type);
    throw noRoom(path);
  }

  /** Rejects with the signal's reason when paused or cancelled; call again to go on. */
  async run(control: ItemControl): Promise<FetchedContent> {
    const { content, etag } = await this.#download.run(fetching(control));
    const release = this.#release;
    return { blob: content ?? new Blob([]), etag, release };
  }

  async discard(): Promise<void> {
    await this.#download.discard();
  }
}

/** What arrives here is on its way; only what the other storage confirms is acknowledged. */
function fetching(control: ItemControl): ItemControl {
  return {
    signal: control.signal,
    get stopped() {
      return control.stopped;
    },
    setState: (state, ...why) => control.setState(state === 'finishing' ? 'active' : state, ...why),
    setSent: bytes => control.setSent(bytes),
    setAcknowledged: () => {},
  };
}
