import type { UppyInstance, UppyPluginClass, UppyPluginOptions } from '../../../core/uppy-types.js';
import type { TransferJob, UploadInput, UploadSource } from '../../../transfer/types.js';
import type { Admitted, Amount } from '../../../uppy/admitted.js';
import type { UppyFront } from '../../../uppy/front.js';
import type { FrontHost } from '../../../uppy/front-host.js';
import type { Restrictions } from './restrictions.js';

const none: Amount = { files: 0, bytes: 0 };

/** Uppy in front of a drop zone. It is loaded with its first plugin, so a page without one loads none of it. */
export class UppyHook {
  readonly #host: FrontHost;
  #loading: Promise<UppyFront> | undefined;
  #front: UppyFront | undefined;

  constructor(host: FrontHost) {
    this.#host = host;
  }

  get uppy(): UppyInstance | undefined {
    return this.#front?.uppy;
  }

  async use<P extends UppyPluginClass>(
    Plugin: P,
    options: UppyPluginOptions<P>,
    restrictions: () => Restrictions,
  ): Promise<void> {
    this.#loading ??= import('../../../uppy/front.js').then(({ UppyFront }) => new UppyFront(this.#host));
    // A failed load is tried again by the next plugin.
    this.#loading.catch(() => {
      this.#loading = undefined;
    });
    const front = await this.#loading;
    this.#front = front;
    this.limit(restrictions());
    front.use(Plugin as never, options[0] as object | undefined);
  }

  /** Files that plugins added and that are in no upload of the page's. */
  get apart(): Amount {
    return this.#front?.apart ?? none;
  }

  /** The drop zone's limits and Uppy's: the stricter one of two holds, for files that are dropped and for added ones. */
  limit(restrictions: Restrictions, used = 0): Restrictions {
    const front = this.#front;
    if (!front) return restrictions;
    const { accept, maxSize, minSize, maxFiles, room } = restrictions;
    const types = accept.flatMap(rule => rule.extension ?? rule.type ?? []);
    front.limit({ maxSize, minSize, maxFiles, types });
    const most = front.maxFiles;
    return {
      ...restrictions,
      ...(most === undefined || (maxFiles !== undefined && maxFiles <= most)
        ? {}
        : { maxFiles: most, room: Math.min(room, Math.max(0, most - used)) }),
      refusal: (facts, bytes) => front.refusal(facts, bytes),
    };
  }

  /** What Uppy and the page's functions in it let through of a selection. `given`: files stored or on their way. */
  async admit(files: readonly UploadInput[], given: number): Promise<Admitted> {
    return this.#front?.admit(files, given) ?? { inputs: files, refused: [] };
  }

  /** Starts an upload of files that go through the plugins first. */
  through(files: readonly UploadInput[], start: (source: UploadSource) => TransferJob): TransferJob {
    if (!this.#front) return start(files);
    const { source, follow } = this.#front.through(files);
    const job = start(source);
    follow(job);
    return job;
  }

  clear(): void {
    this.#front?.clear();
  }
}
