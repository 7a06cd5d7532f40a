import { CarryJob } from '../copy/carry-job.js';
import { sameAcross } from '../copy/same-content.js';
import { RelocateJob } from '../operations/relocate-job.js';
import { patiently } from '../patiently.js';
import { sharedPlace } from '../same-storage.js';
import type { TransferJob } from '../types.js';
import {
  changedRemote,
  makesNewFiles,
  type RemoteEnd,
  remoteCandidates,
  removeRemote,
  unfinishedPaths,
} from './ends.js';
import type { SyncOptions } from './options.js';
import type { PairedStep } from './plan.js';
import { type RemoteFile, remoteFiles, targetFiles } from './sides.js';
import { SyncOf } from './sync.js';

/** Between two storages, or two folders of one. */
export class RemoteSync extends SyncOf<RemoteFile, RemoteFile> {
  readonly #from: RemoteEnd;
  readonly #to: RemoteEnd;
  protected override readonly kind = 'copy';

  constructor(from: RemoteEnd, to: RemoteEnd, options: SyncOptions) {
    super(options);
    this.#from = from;
    this.#to = to;
  }

  protected override get keepsReplaced(): boolean {
    return makesNewFiles(this.#to);
  }

  protected async sides(signal: AbortSignal) {
    const [from, to] = await Promise.all([
      remoteFiles(this.#from.context, this.#from.path, signal),
      targetFiles(this.#to.context, this.#to.path, signal),
    ]);
    return {
      from: new Map(remoteCandidates(from)),
      to: new Map(remoteCandidates(to)),
      unfinished: unfinishedPaths(from),
    };
  }

  protected async same(from: RemoteFile, to: RemoteFile, signal: AbortSignal): Promise<boolean> {
    const listed = sameAcross(from.entry, to.entry);
    if (listed !== undefined) return listed;
    // A listing says less than a question about the one file.
    const [one, other] = await Promise.all([
      described(this.#from, from, signal),
      described(this.#to, to, signal),
    ]);
    return sameAcross(one, other) === true;
  }

  protected transfer(steps: readonly PairedStep<RemoteFile, RemoteFile>[], replace: boolean): TransferJob {
    const { context: source } = this.#from;
    const { context: target, path, add } = this.#to;
    const relocations = steps.map(({ from }) => {
      const { entry, path: below } = from!.its;
      return { from: entry.path, to: path + below, isFile: true as const };
    });
    const isWithin = source.adapter === target.adapter;
    if (isWithin && source.adapter.copy) {
      return add(new RelocateJob(target, 'copy', relocations, { replace }));
    }
    const shared = isWithin ? undefined : sharedPlace(source, target);
    if (shared?.context.adapter.copy) {
      return add(new RelocateJob(shared.context, 'copy', relocations.map(shared.in), { replace }));
    }
    return add(
      new CarryJob('copy', source, isWithin ? source : target, relocations, {
        conflict: replace ? 'replace' : 'skip',
      }),
    );
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

async function described({ context }: RemoteEnd, { entry }: RemoteFile, signal: AbortSignal) {
  const { adapter } = context;
  return (await patiently(context, { signal }, async () => adapter.stat?.(entry.path, { signal }))) ?? entry;
}
