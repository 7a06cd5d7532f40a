/** The page's end of a download through the download worker. */
import { TransferError } from '../../core/errors.js';
import type { FromFeeder, ToFeeder, ToPage, ToWorker } from './messages.js';
import type { DownloadWorker } from './register.js';

/** Milliseconds for the worker to answer, and for the browser to ask for the file. */
const longestWait = 15_000;
/** A browser may end a worker that hears nothing for thirty seconds. */
const tellEvery = 10_000;

const open = new Map<string, Feed>();
let telling: ReturnType<typeof setInterval> | undefined;

const stopped = (name: string): TransferError =>
  new TransferError(
    `The browser has stopped saving ${name}. Its list of downloads may say why: somebody has stopped it there, for one, or the disk is full. Start the download again.`,
    { kind: 'fatal', reason: 'aborted' },
  );

const lost = (name: string): TransferError =>
  new TransferError(
    `The browser has ended what was saving ${name}, so the file is not whole. Start the download again, or choose a place to save it to.`,
    { kind: 'fatal', reason: 'incomplete' },
  );

const noStart = (name: string): TransferError =>
  new TransferError(
    `The browser did not begin to save ${name}. Allow downloads for this page and start it again.`,
    { kind: 'fatal', reason: 'not-supported' },
  );

class Feed {
  readonly #id = crypto.randomUUID();
  readonly #name: string;
  readonly #worker: ServiceWorker;
  readonly #port: MessagePort;
  readonly #stages = new Map<ToFeeder['kind'], () => void>();
  #wanted = 0;
  /** Buffers whose content the browser has read. */
  readonly #spares: ArrayBuffer[] = [];
  /** The latest piece, until the next one or the end: Firefox takes the last byte for success, whatever comes then. */
  #held: Uint8Array<ArrayBuffer> | undefined;
  #controller: WritableStreamDefaultController | undefined;
  #failure: TransferError | undefined;
  #frame: HTMLIFrameElement | undefined;

  constructor(name: string, size: number | undefined, worker: ServiceWorker) {
    this.#name = name;
    this.#worker = worker;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<ToFeeder>) => this.#hear(data);
    open.set(this.#id, this);
    keepTelling();
    this.#tellWorker({ kind: 'open', id: this.#id, name, size }, [port2]);
  }

  get worker(): ServiceWorker {
    return this.#worker;
  }

  /** Rejects with `late` when it does not come in time. */
  stage(kind: ToFeeder['kind'], late = noStart, within = longestWait): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const timer = setTimeout(() => reject(late(this.#name)), within);
      this.#stages.set(kind, () => {
        clearTimeout(timer);
        if (this.#failure) reject(this.#failure);
        else resolve();
      });
    });
  }

  /** The answer is an attachment, so the frame stays empty and the page where it is. */
  ask(scope: string): void {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = new URL(`${this.#id}/${encodeURIComponent(this.#name)}`, scope).href;
    document.body.append(frame);
    this.#frame = frame;
  }

  stream(): WritableStream<Uint8Array> {
    return new WritableStream<Uint8Array>({
      start: controller => {
        this.#controller = controller;
        // Told at once; the sink's own `abort` would wait for the piece that the browser does not take.
        controller.signal.addEventListener('abort', () => this.end(stopped(this.#name)));
      },
      write: async chunk => {
        const before = this.#held;
        // A view's buffer may be somebody else's too.
        this.#held = (
          chunk.byteLength === chunk.buffer.byteLength ? chunk : chunk.slice()
        ) as Uint8Array<ArrayBuffer>;
        if (before) await this.#send(before);
      },
      close: async () => {
        if (this.#held) await this.#send(this.#held);
        const ended = this.stage('ended', lost);
        this.#say({ kind: 'end' });
        await ended;
        this.#close();
      },
    });
  }

  async #send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    while (this.#wanted === 0 && !this.#failure) await this.stage('wanted', lost, 2 ** 31 - 1);
    if (this.#failure) throw this.#failure;
    this.#wanted -= 1;
    this.#say({ kind: 'bytes', bytes }, [bytes.buffer]);
  }

  /** The browser's download fails. */
  giveUp(): void {
    this.#say({ kind: 'fail' });
    this.#close();
  }

  /** Nothing more comes: of no use when it has ended. */
  end(error: TransferError = lost(this.#name)): void {
    if (open.has(this.#id)) this.giveUp();
    this.#fail(error);
  }

  /** The worker knows nothing of it any more. */
  isLost(): void {
    this.#fail(lost(this.#name));
  }

  takeSpare(): ArrayBuffer | undefined {
    return this.#spares.pop();
  }

  #hear(message: ToFeeder): void {
    const { kind } = message;
    if (kind === 'wanted') {
      this.#wanted += 1;
      if (message.spare) this.#spares.push(message.spare);
    }
    if (kind === 'cancelled') {
      this.#fail(stopped(this.#name));
      return;
    }
    this.#stages.get(kind)?.();
    this.#stages.delete(kind);
  }

  #fail(error: TransferError): void {
    this.#failure = error;
    this.#controller?.error(error);
    for (const wake of this.#stages.values()) wake();
    this.#stages.clear();
    this.#close();
  }

  #close(): void {
    open.delete(this.#id);
    keepTelling();
    this.#port.close();
    // In Firefox a download is the frame's until its first byte has come, and ends with it. The latest piece may still
    // be on its way.
    setTimeout(() => this.#frame?.remove(), longestWait);
  }

  #say(message: FromFeeder, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #tellWorker(message: ToWorker, transfer: Transferable[]): void {
    this.#worker.postMessage(message, transfer);
  }
}

function keepTelling(): void {
  if (open.size === 0) {
    clearInterval(telling);
    telling = undefined;
    globalThis.removeEventListener('pagehide', endAll);
    navigator.serviceWorker.removeEventListener('message', onMessage);
    return;
  }
  if (telling !== undefined) return;
  telling = setInterval(tell, tellEvery);
  globalThis.addEventListener('pagehide', endAll);
  navigator.serviceWorker.addEventListener('message', onMessage);
  navigator.serviceWorker.startMessages();
}

function tell(): void {
  const byWorker = new Map<ServiceWorker, string[]>();
  for (const [id, { worker }] of open) byWorker.set(worker, [...(byWorker.get(worker) ?? []), id]);
  for (const [worker, ids] of byWorker) worker.postMessage({ kind: 'alive', ids } satisfies ToWorker);
}

function onMessage({ data }: MessageEvent<ToPage>): void {
  if (data?.kind === 'lost') for (const id of data.ids) open.get(id)?.isLost();
}

/** A page that goes cannot feed on: better a download that failed than half a file that looks whole. */
function endAll(): void {
  for (const feed of [...open.values()]) feed.end();
}

/** A download that the browser saves while it is fed. */
export interface FedDownload {
  readonly stream: WritableStream<Uint8Array>;
  /** A buffer of what was written, free for new bytes. Undefined: none has come back. */
  takeSpare(): ArrayBuffer | undefined;
}

/**
 * A stream into the browser's list of downloads. Resolves once the browser has asked for the file. Rejects with
 * `TransferError` when it does not.
 *
 * @param name safe for a disk
 * @param size bytes; another number of them makes the download fail
 */
export async function feedDownload(
  { scope, worker }: Pick<DownloadWorker, 'scope' | 'worker'>,
  name: string,
  size: number | undefined,
): Promise<FedDownload> {
  const feed = new Feed(name, size, worker);
  try {
    await feed.stage('ready');
    feed.ask(scope);
    await feed.stage('started');
    return { stream: feed.stream(), takeSpare: () => feed.takeSpare() };
  } catch (error) {
    feed.giveUp();
    throw error;
  }
}
