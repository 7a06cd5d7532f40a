/** A manager and jobs whose every step a test takes itself, on the engine's own table and snapshot. */
import type { Adapter } from '../../src/adapters/adapter.js';
import type { Entry } from '../../src/core/entry.js';
import { TransferError } from '../../src/core/errors.js';
import type { InterruptedDownload } from '../../src/transfer/download/interrupted-downloads.js';
import type { InterruptedUpload } from '../../src/transfer/interrupted.js';
import { ItemTable } from '../../src/transfer/item-table.js';
import { jobSnapshot, jobState, kindMovesBytes } from '../../src/transfer/job-snapshot.js';
import type { TransferManager } from '../../src/transfer/manager.js';
import type { SinkFacts } from '../../src/transfer/sinks/sink.js';
import type {
  DownloadOptions,
  ItemState,
  JobKind,
  JobResult,
  NextTry,
  TransferJob,
  TransferResult,
  UploadFile,
  UploadInput,
  UploadOptions,
} from '../../src/transfer/types.js';

let lastId = 0;

export class FakeJob extends EventTarget implements TransferJob {
  readonly id = `fake-${++lastId}`;
  readonly items = new ItemTable();
  readonly startedAt = 1_700_000_000_000 + lastId;
  readonly calls: string[] = [];
  readonly finished: Promise<JobResult>;
  canPause = true;
  paused = false;
  cancelled = false;
  ended = false;
  closed = true;
  reason: TransferError | undefined;
  facts: SinkFacts | undefined;
  speed: number | undefined;
  secondsLeft: number | undefined;
  resolveFinished!: (result: JobResult) => void;
  rejectFinished!: (error: unknown) => void;

  constructor(
    readonly kind: JobKind,
    readonly label: string,
    files: readonly (readonly [path: string, size: number | undefined])[],
  ) {
    super();
    this.finished = new Promise((resolve, reject) => {
      this.resolveFinished = resolve;
      this.rejectFinished = reject;
    });
    this.finished.catch(() => {});
    for (const [path, size] of files) this.items.add(path, size);
  }

  isRetryable(): boolean {
    return !this.cancelled && this.items.count('failed') > 0;
  }

  canSendAgain(index?: number): boolean {
    if (index !== undefined) return ['cancelled', 'failed'].includes(this.items.state(index));
    return this.kind === 'upload' && this.items.count('cancelled') > 0;
  }

  sendAgain(index?: number, instead?: File | UploadFile): void {
    const file = instead && (instead instanceof File ? instead.name : instead.path);
    this.calls.push(`again ${index ?? 'all'}${file === undefined ? '' : ` ${file}`}`);
    this.ended = false;
    this.cancelled = false;
    for (const at of index === undefined ? this.items.inState(['cancelled']) : [index])
      this.set(at, 'active');
    this.tell('itemchange', 'statechange');
  }

  get movesBytes(): boolean {
    return kindMovesBytes(this.kind);
  }

  get snapshot() {
    const {
      id,
      kind,
      items: table,
      closed,
      ended,
      cancelled,
      paused,
      speed,
      secondsLeft,
      reason,
      startedAt,
    } = this;
    const state = jobState(table, { closed, ended, cancelled, paused, ending: false, broken: false });
    return jobSnapshot({
      id,
      kind,
      state,
      table,
      closed,
      highestProgress: 0,
      speed,
      secondsLeft,
      reason,
      startedAt,
      endedAt: ended ? startedAt + 5000 : undefined,
    });
  }

  /** Moves an item: bytes, state, error, result. */
  set(
    index: number,
    state: ItemState,
    more: {
      bytes?: number;
      error?: TransferError;
      nextTry?: NextTry;
      result?: Partial<TransferResult>;
    } = {},
  ) {
    if (more.bytes !== undefined) this.items.setAcknowledged(index, more.bytes);
    if (state === 'done') this.items.setAcknowledged(index, this.items.size(index) ?? 0);
    this.items.setError(index, more.error);
    if (state === 'done' || more.result) {
      const path = this.items.path(index);
      this.items.setResult(index, {
        path,
        size: this.items.size(index) ?? 0,
        checksums: [],
        verified: { level: 'checksum', by: 'storage', algorithm: 'crc64nvme' },
        ...more.result,
      });
    }
    this.items.setState(index, state);
    this.items.setNextTry(index, more.nextTry);
    return this;
  }

  tell(...types: ('progress' | 'itemchange' | 'statechange')[]): this {
    for (const type of types) this.dispatchEvent(Object.assign(new Event(type), { indexes: [] }));
    return this;
  }

  end(): this {
    this.ended = true;
    this.tell('itemchange', 'statechange');
    const { snapshot } = this;
    this.resolveFinished({ state: snapshot.state as JobResult['state'], snapshot, items: this.items });
    return this;
  }

  pause(index?: number): void {
    this.calls.push(`pause ${index ?? 'all'}`);
    if (index === undefined) {
      this.paused = true;
      for (const at of this.items.inState(['active', 'queued', 'preparing']))
        this.items.setState(at, 'paused');
    } else this.items.setState(index, 'paused');
    this.tell('itemchange', 'statechange');
  }

  resume(index?: number): void {
    this.calls.push(`resume ${index ?? 'all'}`);
    this.paused = false;
    for (const at of index === undefined ? this.items.inState(['paused']) : [index])
      this.items.setState(at, 'active');
    this.tell('itemchange', 'statechange');
  }

  async cancel(index?: number): Promise<void> {
    this.calls.push(`cancel ${index ?? 'all'}`);
    if (index !== undefined) {
      this.items.setState(index, 'cancelled');
      this.tell('itemchange', 'statechange');
      return;
    }
    for (const at of this.items.inState(['queued', 'preparing', 'active', 'waiting', 'paused', 'finishing']))
      this.items.setState(at, 'cancelled');
    this.cancelled = true;
    this.end();
  }

  retryFailed(index?: number): void {
    this.calls.push(`retry ${index ?? 'all'}`);
    this.ended = false;
    for (const at of index === undefined ? this.items.inState(['failed']) : [index]) this.set(at, 'active');
    this.tell('itemchange', 'statechange');
  }
}

export const forbidden = new TransferError(
  'The storage refused this page’s request (403 AccessDenied). Ask whoever runs it to allow this site.',
  {
    kind: 'fatal',
    reason: 'forbidden',
    status: 403,
    serverCode: 'AccessDenied',
    serverMessage: 'Access Denied',
    requestId: '7F2AC41D9B',
  },
);

export const offline = new TransferError('There is no connection.', { kind: 'wait', reason: 'offline' });

export interface FakeManagerOptions {
  /** What `stat` finds; without it every path is a file. */
  readonly entries?: Readonly<Record<string, Partial<Entry>>>;
  readonly without?: readonly (keyof Adapter)[];
}

export class FakeManager extends EventTarget {
  readonly jobs: FakeJob[] = [];
  readonly uploads: { files: UploadInput[]; options: UploadOptions; job: FakeJob }[] = [];
  readonly downloads: { paths: readonly string[]; options: DownloadOptions; job: FakeJob }[] = [];
  readonly adapter: Adapter;
  journalProblem: TransferError | undefined;
  /** What `interrupted` resolves to. */
  left: readonly InterruptedUpload[] = [];
  /** What `interruptedDownloads` resolves to. */
  leftDownloads: readonly InterruptedDownload[] = [];

  constructor({ entries, without = [] }: FakeManagerOptions = {}) {
    super();
    const adapter: Record<string, unknown> = {
      name: 'fake',
      label: 'Fake',
      capabilities: { overwrite: 'replace' },
      list: async () => ({ entries: [] }),
      stat: async (path: string) => (entries ? entries[path] : { size: 1000 }),
      openUpload: async () => {
        throw new Error('The engine is not here.');
      },
      resolveDownload: async () => {
        throw new Error('The engine is not here.');
      },
    };
    for (const name of without) delete adapter[name];
    this.adapter = adapter as unknown as Adapter;
  }

  /** As the elements see it. */
  get asManager(): TransferManager {
    return this as unknown as TransferManager;
  }

  async interrupted(): Promise<readonly InterruptedUpload[]> {
    return this.left;
  }

  async interruptedDownloads(): Promise<readonly InterruptedDownload[]> {
    return this.leftDownloads;
  }

  add(job: FakeJob): FakeJob {
    this.jobs.push(job);
    this.dispatchEvent(Object.assign(new Event('jobadd'), { job }));
    return job;
  }

  upload(source: Iterable<UploadInput>, options: UploadOptions): FakeJob {
    const files = [...source];
    const into = options.into ?? '';
    const job = new FakeJob(
      'upload',
      files.length === 1 ? nameOf(files[0]!) : `${files.length} files`,
      files.map(file => [into + nameOf(file), sizeOf(file)] as const),
    );
    this.uploads.push({ files, options, job });
    return this.add(job);
  }

  download(paths: readonly string[], options: DownloadOptions): FakeJob {
    const job = new FakeJob(
      'download',
      paths[0] ?? '',
      paths.map(path => [path, 1000] as const),
    );
    this.downloads.push({ paths, options, job });
    return this.add(job);
  }

  dismiss(job: TransferJob): void {
    const index = this.jobs.indexOf(job as FakeJob);
    if (index < 0) return;
    this.jobs.splice(index, 1);
    this.dispatchEvent(Object.assign(new Event('jobremove'), { job }));
  }
}

const nameOf = (input: UploadInput): string =>
  input instanceof File ? input.webkitRelativePath || input.name : input.path;
const sizeOf = (input: UploadInput): number | undefined =>
  input instanceof File ? input.size : 'size' in input ? input.size : undefined;

/** Many files with the sizes and states of a long upload. */
export function bigJob(count: number): FakeJob {
  const job = new FakeJob(
    'upload',
    'runs/2026/',
    Array.from({ length: count }, (_, index) => [
      `runs/2026/sample_${String(index).padStart(6, '0')}_R1_001.fastq.gz`,
      1_000_000 + (index % 977) * 1000,
    ]),
  );
  const done = Math.floor(count * 0.4);
  for (let index = 0; index < done; index++) job.set(index, 'done');
  for (let index = done; index < Math.min(count, done + 6); index++)
    job.set(index, 'active', { bytes: 400_000 });
  job.speed = 12_400_000;
  job.secondsLeft = 220;
  return job;
}
