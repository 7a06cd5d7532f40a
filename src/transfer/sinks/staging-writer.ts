/** Writes into one staged file: through a worker, else from the page. */
import { type OwnWorkerClass, ownWorkerClass } from '../own-worker.js';
import type { StagingAnswer, StagingQuestion } from './staging-protocol.js';

/** Something that writes into one staged file. */
export interface Writer {
  truncate(size: number): Promise<unknown>;
  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined>;
  /** All that was written is on the disk afterwards, and stays there when the page ends. Absent: it does not stay. */
  flush?(): Promise<unknown>;
  close(): Promise<unknown>;
  abort(): Promise<void>;
}

function startWorker(): Worker {
  const Worker: OwnWorkerClass = ownWorkerClass();
  return new Worker(new URL('./staging.worker.js', import.meta.url), { type: 'module' });
}

class WorkerWriter implements Writer {
  readonly #worker: Worker;
  readonly #open = new Map<
    number,
    { resolve: (buffer: ArrayBuffer | undefined) => void; reject: (e: unknown) => void }
  >();
  #lastId = 0;
  /** Set once the worker cannot answer any more. */
  #dead: Error | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.addEventListener('message', ({ data }: MessageEvent<StagingAnswer>) => {
      const asked = this.#open.get(data.id);
      this.#open.delete(data.id);
      if ('name' in data) asked?.reject(Object.assign(new Error(data.message), { name: data.name }));
      else asked?.resolve(data.buffer);
    });
    this.#worker.addEventListener('error', event => {
      event.preventDefault();
      // Its script may not load (a policy, a blocked file): nobody will ever answer.
      this.#dead = new Error('The writing worker does not run.');
      this.#worker.terminate();
      for (const { reject } of this.#open.values()) reject(this.#dead);
      this.#open.clear();
    });
  }

  #ask(
    question: StagingQuestion extends infer Each
      ? Each extends { id: number }
        ? Omit<Each, 'id'>
        : never
      : never,
    transfer: Transferable[] = [],
  ): Promise<ArrayBuffer | undefined> {
    if (this.#dead) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#open.set(id, { resolve, reject });
      this.#worker.postMessage({ ...question, id }, transfer);
    });
  }

  open(handle: FileSystemFileHandle, size: number): Promise<unknown> {
    return this.#ask({ kind: 'open', handle, size });
  }

  truncate(size: number): Promise<unknown> {
    return this.#ask({ kind: 'truncate', size });
  }

  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
    return this.#ask({ kind: 'write', position, bytes }, [bytes.buffer]);
  }

  flush(): Promise<unknown> {
    return this.#ask({ kind: 'flush' });
  }

  async close(): Promise<void> {
    await this.#ask({ kind: 'close' });
    this.#worker.terminate();
  }

  async abort(): Promise<void> {
    // Ending the worker would leave the file locked until the browser notices.
    await this.close().catch(() => this.#worker.terminate());
  }
}

/** Where no worker may run: the asynchronous way, from the page. */
class PageWriter implements Writer {
  readonly #writable: FileSystemWritableFileStream;

  constructor(writable: FileSystemWritableFileStream) {
    this.#writable = writable;
  }

  truncate(size: number): Promise<void> {
    return this.#writable.truncate(size);
  }

  async write(position: number, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    await this.#writable.write({ type: 'write', position, data });
    return data.buffer;
  }

  close(): Promise<void> {
    return this.#writable.close();
  }

  abort(): Promise<void> {
    return this.#writable.abort();
  }
}

/** How often, and every how many milliseconds, a file is asked for that somebody else still holds. */
const whileHeld = { tries: 8, every: 250 };

/** As browsers say that somebody else writes into a file. */
const heldNames: ReadonlySet<string> = new Set(['NoModificationAllowedError', 'InvalidStateError']);

/** The worker of a page that is gone lets go of its file a little later than the page of its locks. */
async function openOnceFree(worker: WorkerWriter, handle: FileSystemFileHandle, size: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await worker.open(handle, size);
      return;
    } catch (error) {
      if (tries === whileHeld.tries || !heldNames.has((error as Error).name)) throw error;
      await new Promise(resolve => setTimeout(resolve, whileHeld.every));
    }
  }
}

/**
 * Opens a staged file, whose content up to `size` stays. Rejects where only a worker could do that and none runs, and
 * when somebody else does not let go of the file.
 */
export async function reopenWriter(handle: FileSystemFileHandle, size: number): Promise<Writer> {
  const worker = new WorkerWriter();
  try {
    await openOnceFree(worker, handle, size);
    return worker;
  } catch (error) {
    await worker.abort();
    throw error;
  }
}

export async function startWriter(handle: FileSystemFileHandle, size: number): Promise<Writer> {
  let worker: WorkerWriter | undefined;
  try {
    worker = new WorkerWriter();
    await worker.open(handle, size);
    return worker;
  } catch (error) {
    await worker?.abort();
    if ((error as Error).name === 'QuotaExceededError') throw error;
    const writable = await handle.createWritable();
    if (size > 0) await writable.truncate(size);
    return new PageWriter(writable);
  }
}
