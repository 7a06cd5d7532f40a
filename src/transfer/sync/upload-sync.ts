import { TransferError } from '../../core/errors.js';
import { patiently } from '../patiently.js';
import type { TransferJob, UploadFile } from '../types.js';
import { isSameFile } from '../upload/same-file.js';
import { UploadJob } from '../upload/upload-job.js';
import {
  changedRemote,
  type LocalEnd,
  localCandidate,
  makesNewFiles,
  type RemoteEnd,
  remoteCandidates,
  removeRemote,
} from './ends.js';
import type { SyncOptions } from './options.js';
import type { Candidate, PairedStep } from './plan.js';
import { type LocalFile, localFiles, type RemoteFile, targetFiles } from './sides.js';
import { SyncOf } from './sync.js';

/** One of the two would be taken for the other, and what the other one was would be replaced. */
const sameName = (name: string, label: string): TransferError =>
  new TransferError(
    `${label} keeps files without folders, and two of the directory’s are called ${name}. Rename one of them, or upload them without synchronising; nothing was changed.`,
    { kind: 'fatal', reason: 'invalid-input', path: name },
  );

/** From a directory to a storage. */
export class UploadSync extends SyncOf<LocalFile, RemoteFile> {
  readonly #from: LocalEnd;
  readonly #to: RemoteEnd;
  protected override readonly kind = 'upload';

  constructor(from: LocalEnd, to: RemoteEnd, options: SyncOptions) {
    super(options);
    this.#from = from;
    this.#to = to;
  }

  protected override get keepsReplaced(): boolean {
    return makesNewFiles(this.#to);
  }

  protected async sides(signal: AbortSignal) {
    const { context, path } = this.#to;
    const [local, remote] = await Promise.all([
      localFiles(this.#from.root, signal),
      targetFiles(context, path, signal),
    ]);
    const to = new Map(remoteCandidates(remote));
    const from = new Map<string, Candidate<LocalFile>>();
    for (const file of local.values()) {
      // A storage without paths may have kept the name alone.
      const name = file.place.at(-1)!;
      const known = context.adapter.capabilities.folders === 'none' && !to.has(file.path) && to.has(name);
      const key = known ? name : file.path;
      if (from.has(key)) throw sameName(name, context.adapter.label);
      from.set(key, localCandidate(file.path, file));
    }
    return { from, to };
  }

  protected same({ file }: LocalFile, { entry }: RemoteFile, signal: AbortSignal): Promise<boolean> {
    const { context } = this.#to;
    const { size, type, lastModified: modified } = file;
    const opened = { blob: file, size, type, modified };
    return patiently(context, { signal }, () => isSameFile(context, opened, entry, signal));
  }

  protected transfer(steps: readonly PairedStep<LocalFile, RemoteFile>[], replace: boolean): TransferJob {
    const { context, path, add } = this.#to;
    const files = steps.map(({ from }): UploadFile => {
      const { path: below, handle, file } = from!.its;
      return { file: () => handle.getFile(), path: below, size: file.size, handle };
    });
    return add(new UploadJob(context, files, { into: path, conflict: replace ? 'replace' : 'skip' }));
  }

  protected clear(targets: readonly RemoteFile[]): TransferJob {
    return removeRemote(this.#to, targets);
  }

  protected changed(before: RemoteFile, now: RemoteFile) {
    return changedRemote(before, now);
  }

  protected add(job: TransferJob): TransferJob {
    return this.#to.add(job);
  }
}
