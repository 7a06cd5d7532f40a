/**
 * Files kept in the browser's own storage (OPFS) until they are whole and checked, then handed to the browser's
 * download list. The only seekable sink that every engine has.
 */
import { type OwnWorkerClass, ownWorkerClass } from '../own-worker.js';
import { saveBlob } from './browser-save.js';
import { withSinkErrors } from './errors.js';
import type { Sink, SinkFacts } from './sink.js';
import type { StagingAnswer, StagingQuestion } from './staging-protocol.js';

const folderName = 'file-transfer-elements.staged';
/** A staged file that nobody has touched for so many milliseconds is left over: its download has long been saved. */
const orphanAge = 60 * 60 * 1000;

const lockName = (id: string): string => `${folderName}:${id}`;

async function stagingFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(folderName, { create: true });
}

/** Says which page uses a staged file, until `release` or the end of the page. */
async function own(id: string): Promise<() => void> {
  if (navigator.locks === undefined) return () => {};
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await new Promise<void>((resolve, reject) => {
    navigator.locks
      .request(lockName(id), () => {
        resolve();
        return released;
      })
      .catch(reject);
  });
  return release;
}

/**
 * Removes staged files that no page uses and that are older than `age` milliseconds. Resolves to how many.
 */
export async function sweepStaged(age = orphanAge): Promise<number> {
  const folder = (await stagingFolder()) as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  let removed = 0;
  for (const name of names) {
    const remove = async (lock: unknown): Promise<void> => {
      if (lock === null) return;
      const file = await (await folder.getFileHandle(name)).getFile();
      if (Date.now() - file.lastModified < age) return;
      await folder.removeEntry(name);
      removed += 1;
    };
    try {
      if (navigator.locks === undefined) await remove(undefined);
      else await navigator.locks.request(lockName(name), { ifAvailable: true }, remove);
    } catch {
      // Another tab was faster, or the file is being read: there will be a next time.
    }
  }
  return removed;
}

/** Something that writes into one staged file. */
interface Writer {
  truncate(size: number): Promise<unknown>;
  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined>;
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

async function startWriter(handle: FileSystemFileHandle, size: number): Promise<Writer> {
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

let swept = false;

export class StagingSink implements Sink {
  readonly facts: SinkFacts = {
    seekable: true,
    canResume: true,
    canVerify: true,
    survivesReload: false,
    survivesTabClose: false,
    needsClick: false,
    copiesTwice: true,
  };
  readonly #name: string;
  readonly #save: (file: File, name: string, release: () => void) => void;
  readonly #id = crypto.randomUUID();
  #release: (() => void) | undefined;
  #writer: Writer | undefined;
  #file: File | undefined;

  /** @param name the name under which the browser saves the file; must be safe */
  constructor(name: string, save: (file: File, name: string, release: () => void) => void = saveBlob) {
    this.#name = name;
    this.#save = save;
  }

  open(size: number | undefined): Promise<void> {
    return withSinkErrors(this.#name, async () => {
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

  close(): Promise<Blob> {
    return withSinkErrors(this.#name, async () => {
      await this.#writer!.close();
      this.#writer = undefined;
      const folder = await stagingFolder();
      this.#file = await (await folder.getFileHandle(this.#id)).getFile();
      return this.#file;
    });
  }

  async deliver(): Promise<string> {
    this.#save(this.#file!, this.#name, () => void this.#remove());
    return this.#name;
  }

  async abort(): Promise<void> {
    await this.#writer?.abort().catch(() => {});
    this.#writer = undefined;
    await this.#remove();
  }

  async #remove(): Promise<void> {
    try {
      await (await stagingFolder()).removeEntry(this.#id);
    } catch {
      // The sweep at the next start gets it.
    }
    this.#release?.();
    this.#release = undefined;
  }
}

/** Lasting storage is at most so many times what is given without asking. */
const lastingFactor = 10;
/** Milliseconds to wait for a person's answer about lasting storage; a download must not hang on it. */
const answerTime = 15_000;

/** Firefox asks the person; others decide by themselves. */
async function askForLastingStorage(): Promise<boolean> {
  const answer = navigator.storage.persist?.() ?? Promise.resolve(false);
  return Promise.race([answer, new Promise<boolean>(resolve => setTimeout(resolve, answerTime, false))]);
}

/**
 * Whether `size` bytes can be staged, as far as anybody can tell beforehand: the browser's estimate is a hint, the
 * error while writing is the truth. Asks for lasting storage when that may help.
 */
export async function canStage(size: number): Promise<boolean> {
  const needed = size * 1.05;
  try {
    await stagingFolder();
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (quota - usage > needed) return true;
    if (quota * lastingFactor < needed) return false;
    const fits = async (): Promise<boolean> => {
      const estimate = await navigator.storage.estimate();
      return (estimate.quota ?? 0) - (estimate.usage ?? 0) > needed;
    };
    if ((await sweepStaged()) > 0 && (await fits())) return true;
    return (await askForLastingStorage()) && (await fits());
  } catch {
    return false;
  }
}
