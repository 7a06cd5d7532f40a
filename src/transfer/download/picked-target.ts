import {
  type LastingVersion,
  lastingVersion,
  sinkForPicked,
  unfinishedPicked,
} from '../sinks/choose-picked.js';
import type { PickedFile } from '../sinks/picked-file.js';
import type { Sink } from '../sinks/sink.js';
import type { FilePlace, FileRequest, Target } from './target.js';
import type { StagedUnder } from './targets.js';

/** One file into a picked file, such that a page that goes away costs nothing of what has come. */
export class PickedTarget implements Target {
  readonly #file: PickedFile;
  readonly #under: StagedUnder;
  #sink: Sink | undefined;
  #delivered = false;

  constructor(file: PickedFile, under: StagedUnder) {
    this.#file = file;
    this.#under = under;
  }

  #version({ file: { entry }, size }: FileRequest): LastingVersion | undefined {
    return lastingVersion(size, entry.etag, this.#under && { ...this.#under, path: entry.path });
  }

  async takeUp(request: FileRequest) {
    const unfinished = await unfinishedPicked(this.#file, this.#version(request));
    if (unfinished) this.#sink = unfinished.sink;
    return unfinished;
  }

  async place(request: FileRequest): Promise<FilePlace> {
    this.#sink = await sinkForPicked(this.#file, this.#version(request));
    return { sink: this.#sink };
  }

  async afterFile(): Promise<void> {
    this.#delivered = true;
  }

  async abort(): Promise<void> {
    if (!this.#delivered) await this.#sink?.abort();
  }
}
