/** One or two checksum workers: started when the first job comes, ended when none came for a while. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import { type OwnWorkerClass, ownWorkerClass } from '../own-worker.js';
import type { HashSource } from './hash-source.js';
import type { Answer, Question } from './protocol.js';

/** Jobs given to one worker at a time, so that reading one blob overlaps hashing another. */
const jobsPerWorker = 4;
/** Milliseconds without a job until the workers end. */
const idleTime = 10_000;

/** No worker can run in this page: its code did not load or a policy forbids it. */
export class NoWorkerError extends Error {}

/** A worker that had worked has ended; another one may be started. */
export class WorkerLostError extends Error {}

/** The worker runs, but a policy of its own forbids WebAssembly there. */
export class NotInWorkerError extends Error {}

interface Job {
  readonly id: number;
  readonly source: HashSource;
  readonly algorithms: readonly ChecksumAlgorithm[];
  readonly onBytes: ((bytes: number) => void) | undefined;
  readonly resolve: (digests: ReadonlyMap<ChecksumAlgorithm, Uint8Array>) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

function startWorker(): Worker {
  const Worker: OwnWorkerClass = ownWorkerClass();
  return new Worker(new URL('./checksum.worker.js', import.meta.url), { type: 'module' });
}

export class WorkerPool {
  readonly #members: Member[] = [];
  readonly #waiting: Job[] = [];
  readonly #most = Math.max(1, Math.min(2, (globalThis.navigator?.hardwareConcurrency ?? 2) - 1));
  readonly #start: () => Worker;
  /** A worker has answered once, so workers do run in this page. */
  #hasAnswered = false;
  #lastId = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(start: () => Worker = startWorker) {
    this.#start = start;
  }

  /** Rejects with `NoWorkerError` when no worker can run, `WorkerLostError` when it ended, with the signal's reason, or
   * with what reading threw. */
  run(
    source: HashSource,
    algorithms: readonly ChecksumAlgorithm[],
    options: { signal?: AbortSignal; onBytes?: (bytes: number) => void },
  ): Promise<ReadonlyMap<ChecksumAlgorithm, Uint8Array>> {
    const { signal, onBytes } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = ++this.#lastId;
      const cancel = () => {
        this.#cancel(id);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const ended =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          signal?.removeEventListener('abort', cancel);
          settle(value);
        };
      this.#waiting.push({ id, source, algorithms, onBytes, resolve: ended(resolve), reject: ended(reject) });
      this.#assign();
    });
  }

  /** Ends the workers. Jobs under way reject with `WorkerLostError`. */
  close(): void {
    this.#fail(new WorkerLostError('The hasher was closed.'));
  }

  #assign(): void {
    clearTimeout(this.#idleTimer);
    while (this.#waiting.length > 0) {
      let member = this.#members.reduce<Member | undefined>(
        (best, other) => (best === undefined || other.jobs.size < best.jobs.size ? other : best),
        undefined,
      );
      if ((member === undefined || member.jobs.size > 0) && this.#members.length < this.#most)
        member = this.#add();
      if (member === undefined || member.jobs.size >= jobsPerWorker) return;
      const job = this.#waiting.shift()!;
      const { id, source, algorithms } = job;
      member.jobs.set(id, job);
      try {
        this.#ask(member, { kind: 'hash', id, source, algorithms });
      } catch (error) {
        member.jobs.delete(id);
        job.reject(error);
      }
    }
    if (this.#members.every(member => member.jobs.size === 0)) {
      this.#idleTimer = setTimeout(() => this.#end(), idleTime);
    }
  }

  #add(): Member | undefined {
    let worker: Worker;
    try {
      worker = this.#start();
    } catch (error) {
      this.#fail(new NoWorkerError('No worker can be started.', { cause: error }));
      return undefined;
    }
    const member: Member = { worker, jobs: new Map() };
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#hear(member, data));
    worker.addEventListener('error', event => {
      event.preventDefault();
      // A worker can run out of memory; that says nothing about the next one.
      this.#fail(
        this.#hasAnswered
          ? new WorkerLostError('The checksum worker has ended.')
          : new NoWorkerError('The checksum worker does not run.'),
      );
    });
    this.#members.push(member);
    return member;
  }

  #ask(member: Member, question: Question): void {
    member.worker.postMessage(question);
  }

  #hear(member: Member, answer: Answer): void {
    this.#hasAnswered = true;
    const job = member.jobs.get(answer.id);
    if (job === undefined) return;
    if (answer.kind === 'bytes') {
      job.onBytes?.(answer.bytes);
      return;
    }
    member.jobs.delete(answer.id);
    if (answer.kind === 'digests') job.resolve(answer.digests);
    else if (answer.name === 'TransferError') job.reject(new NotInWorkerError(answer.message));
    else job.reject(Object.assign(new Error(answer.message), { name: answer.name }));
    this.#assign();
  }

  #cancel(id: number): void {
    const place = this.#waiting.findIndex(job => job.id === id);
    if (place >= 0) this.#waiting.splice(place, 1);
    for (const member of this.#members) {
      if (!member.jobs.delete(id)) continue;
      this.#ask(member, { kind: 'cancel', id });
      this.#assign();
    }
  }

  #fail(error: Error): void {
    const jobs = [...this.#members.flatMap(member => [...member.jobs.values()]), ...this.#waiting.splice(0)];
    this.#end();
    for (const job of jobs) job.reject(error);
  }

  #end(): void {
    clearTimeout(this.#idleTimer);
    for (const { worker } of this.#members.splice(0)) worker.terminate();
  }
}
