import { startDownload } from '../download/download-job.js';
import { noDownloadJournal } from '../download/kept-downloads.js';
import { KnownCopies } from '../download/known-copies.js';
import { isSameFile } from '../download/same-file.js';
import { habitsOf } from '../link.js';
import { fold } from '../names.js';
import type { TransferJob } from '../types.js';
import {
  candidateOf,
  changedLocal,
  type LocalEnd,
  localCandidate,
  type RemoteEnd,
  unfinishedPaths,
} from './ends.js';
import { LocalRemoveJob } from './local-removal.js';
import type { SyncOptions } from './options.js';
import type { Candidate, PairedStep } from './plan.js';
import { hasFile, type LocalFile, localFiles, placesOf, type RemoteFile, remoteFiles } from './sides.js';
import { SyncOf } from './sync.js';

interface PlacedFile {
  readonly remote: RemoteFile;
  readonly place: readonly string[];
}

/** The first of each path: the newest. */
const firsts = (files: readonly RemoteFile[]): RemoteFile[] =>
  files.filter((file, at) => at === 0 || files[at - 1]!.path !== file.path);

/** From a storage to a directory. */
export class DownloadSync extends SyncOf<PlacedFile, LocalFile> {
  readonly #from: RemoteEnd;
  readonly #to: LocalEnd;
  protected override readonly kind = 'download';

  constructor(from: RemoteEnd, to: LocalEnd, options: SyncOptions) {
    super(options);
    this.#from = from;
    this.#to = to;
  }

  protected async sides(signal: AbortSignal) {
    const { context, path } = this.#from;
    const [local, remote] = await Promise.all([
      localFiles(this.#to.root, signal),
      remoteFiles(context, path, signal),
    ]);
    const from = new Map<string, Candidate<PlacedFile>>();
    const unfinished = new Set<string>();
    const onTheirWay = unfinishedPaths(remote);
    const whole = remote.filter(file => !file.unfinished || onTheirWay.has(file.path));
    for (const [file, place] of placesOf(firsts(whole))) {
      if (file.unfinished) unfinished.add(place.join('/'));
      else from.set(place.join('/'), candidateOf(file, { remote: file, place }));
    }
    // Many disks take names that differ in case only for one: then this is the file that is wanted, and no extra one.
    const wanted = new Map([...unfinished, ...from.keys()].map(place => [fold(place), place]));
    const to = new Map<string, Candidate<LocalFile>>();
    for (const [place, file] of local) {
      const other = wanted.get(fold(place));
      if (from.has(place) || other === undefined) to.set(place, localCandidate(file.path, file));
      else if (
        from.has(other) &&
        !local.has(other) &&
        (await hasFile(this.#to.root, from.get(other)!.its.place))
      ) {
        to.set(other, localCandidate(file.path, file));
      }
    }
    signal.throwIfAborted();
    return { from, to, unfinished };
  }

  protected async same(
    { remote: { entry } }: PlacedFile,
    { file }: LocalFile,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { hasher, adapter, storage } = this.#from.context;
    const version = await new KnownCopies(storage).versionOf(entry.path, file);
    const same = await isSameFile({ file, version }, entry, {
      ...{ hasher, etagsAreMd5: habitsOf(adapter).md5Etags, signal },
    });
    return same ?? (entry.modified !== undefined && file.lastModified >= entry.modified);
  }

  protected transfer(steps: readonly PairedStep<PlacedFile, LocalFile>[], replace: boolean): TransferJob {
    const wanted = steps.map(({ from }) => {
      const { remote, place } = from!.its;
      return { path: remote.entry.path, as: remote.path, entry: remote.entry, place };
    });
    const { context, add } = this.#from;
    // Whoever goes on with it has to look again at both sides, as only a new sync does.
    const unrecorded = { ...context, downloads: noDownloadJournal };
    return add(
      startDownload(unrecorded, wanted, { to: this.#to.root, conflict: replace ? 'replace' : 'skip' }),
    );
  }

  protected clear(targets: readonly LocalFile[]): TransferJob {
    return this.#from.add(new LocalRemoveJob(this.#to.root, targets));
  }

  protected changed(before: LocalFile, now: LocalFile) {
    return changedLocal(before, now);
  }

  protected add(job: TransferJob): TransferJob {
    return this.#from.add(job);
  }
}
