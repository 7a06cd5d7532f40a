import { type FedDownload, feedDownload } from '../service-worker/feed.js';
import { type DownloadWorker, downloadWorker } from '../service-worker/register.js';
import type { Sink } from './sink.js';
import { StreamSink, streamFacts } from './stream.js';

/** Through the download worker into the browser's list of downloads, in order and written once. */
export class WorkerStreamSink implements Sink {
  readonly facts = streamFacts;
  /** Once its end is told, the browser calls the file whole. */
  readonly replaces = true;
  readonly #worker: DownloadWorker;
  readonly #name: string;
  #download: FedDownload | undefined;
  #stream: StreamSink | undefined;

  constructor(worker: DownloadWorker, name: string) {
    this.#worker = worker;
    this.#name = name;
  }

  async open(size: number | undefined): Promise<void> {
    // What was begun counts as failed in the browser's list.
    await this.#stream?.abort();
    this.#stream = undefined;
    this.#download = await feedDownload(this.#worker, this.#name, size);
    this.#stream = new StreamSink(this.#download.stream, true);
  }

  async write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
    await this.#stream!.write(position, bytes);
    return this.#download!.takeSpare();
  }

  async close(): Promise<undefined> {
    await this.#stream!.close();
    // It is the browser's now, and nothing can take it back.
    this.#stream = undefined;
  }

  async deliver(): Promise<string> {
    return this.#name;
  }

  async abort(): Promise<void> {
    await this.#stream?.abort();
    this.#stream = undefined;
  }
}

/** Undefined when the page has registered no worker, or it does not run. */
export async function throughWorker(name: string): Promise<Sink | undefined> {
  const worker = await downloadWorker();
  return worker && new WorkerStreamSink(worker, name);
}
