import type { Uppy, UppyFile } from '@uppy/core';
import type { Meta } from '@uppy/core/utils';
import type { UploadFile } from '../transfer/types.js';
import { AddedLimits } from './added-limits.js';
import type { Amount, Why } from './admitted.js';
import { inputOf, named } from './file-input.js';
import type { FrontHost } from './front-host.js';
import { HandedOver } from './handed-over.js';
import { type Lifted, withOptions } from './lifted.js';
import { askPage } from './page-hooks.js';
import type { PluginWindow } from './plugin-window.js';
import { RemoteFiles } from './remote-files.js';

type File_ = UppyFile<Meta, Record<string, never>>;

/** User interfaces of Uppy's that have an upload button of their own. */
const withButton = ['Dashboard', 'StatusBar'];

/** Files that plugins add to a drop zone's Uppy: a camera's pictures, those of a web address, of a cloud. */
export class AddedFiles {
  readonly #uppy: Uppy;
  readonly #host: FrontHost;
  readonly #window: PluginWindow;
  readonly #remote: RemoteFiles<Meta, Record<string, never>>;
  readonly #handed: HandedOver;
  #proceedAsked = false;
  /** A function of the page's has said no, which the person was told. */
  #isRefused = false;
  /** Stored by Companion: no upload of the page's counts them. */
  #elsewhere: Amount = { files: 0, bytes: 0 };

  /** `types`: what the page allows, as in `accept`. */
  constructor(uppy: Uppy, host: FrontHost, window: PluginWindow, types: () => readonly string[]) {
    this.#uppy = uppy;
    this.#host = host;
    this.#window = window;
    this.#remote = new RemoteFiles(uppy);
    this.#handed = new HandedOver(uppy, host);
    new AddedLimits(uppy, {
      others: () => sum(host.given(), this.#elsewhere),
      isCounted: id => window.holds(id),
      types,
      off: () => host.off(),
      refuse: refusals => host.refuse(refusals),
    });
    this.#watchUpload();
    uppy.addUploader((ids, uploadId) =>
      window.collect(ids, uploadId) ? Promise.resolve() : this.#handOver(ids, uploadId),
    );
    uppy.on('file-added', ({ id, name, data, isRemote }) => {
      if (window.holds(id)) return;
      if (!isRemote && data instanceof Blob) uppy.setFileState(id, { data: named(data, name) });
      this.proceed();
    });
    uppy.on('file-removed', file => this.#remote.stop(file));
  }

  /** Those that wait in Uppy or are on their way elsewhere, and those that are stored there. */
  get amount(): Amount {
    let amount = this.#elsewhere;
    for (const { id, size } of this.#uppy.getFiles()) {
      if (!this.#window.holds(id)) amount = sum(amount, { files: 1, bytes: size ?? 0 });
    }
    return amount;
  }

  /** Forgets what is stored. */
  clear(): void {
    this.#elsewhere = { files: 0, bytes: 0 };
  }

  /** A camera's picture goes on at once; where Uppy shows an upload button, the person presses that. */
  proceed(): void {
    const uppy = this.#uppy;
    if (this.#proceedAsked || uppy.opts.autoProceed || withButton.some(id => uppy.getPlugin(id))) return;
    this.#proceedAsked = true;
    // After the task in which a plugin adds its files, so that they go together.
    setTimeout(() => {
      this.#proceedAsked = false;
      this.#isRefused = false;
      uppy.upload().catch((error: unknown) => {
        if (this.#isRefused) return;
        if (!(error as { isRestriction?: boolean }).isRestriction) uppy.log(error as Error, 'error');
        this.#host.say(error instanceof Error ? error.message : String(error));
      });
    });
  }

  /** Sends what waited for others to come. */
  proceedWithWaiting(): void {
    if (this.#waiting().length > 0) this.proceed();
  }

  #waiting(): File_[] {
    const isWaiting = ({ id, progress }: File_): boolean =>
      !this.#window.holds(id) && !progress.uploadStarted;
    return this.#uppy.getFiles().filter(isWaiting);
  }

  /** An upload of what plugins added: files in the window are none of it, and all others count too. */
  #watchUpload(): void {
    const uppy = this.#uppy;
    const upload = uppy.upload.bind(uppy);
    uppy.upload = () => {
      const { onBeforeUpload, restrictions } = uppy.opts;
      const off = this.#host.off();
      const held = uppy.getFiles().filter(({ id }) => this.#window.holds(id));
      const others = this.#host.given().files + this.#elsewhere.files - held.length;
      const lifted: Lifted = {
        restrictions: { minNumberOfFiles: Math.max(0, (restrictions.minNumberOfFiles ?? 0) - others) },
        onBeforeUpload: files => {
          const apart = Object.fromEntries(held.map(file => [file.id, file]));
          const added = Object.fromEntries(Object.entries(files).filter(([id]) => !(id in apart)));
          if (off !== undefined) return this.#refuse(Object.values(added), { words: off });
          const answer = this.#ask(() => onBeforeUpload(added), Object.values(added));
          return typeof answer === 'object' && answer !== null ? { ...apart, ...answer } : answer;
        },
      };
      return withOptions(uppy, lifted, upload);
    };
  }

  #ask<T>(ask: () => T, files: readonly File_[]): T | false {
    const told = this.#uppy.getState().info.length;
    const { answer, isBroken } = askPage('onBeforeUpload', ask);
    if (answer !== false) return answer;
    const words = this.#uppy.getState().info.slice(told).at(-1)?.message;
    const why: Why = isBroken ? 'unchecked' : words === undefined ? 'unsaid' : { words };
    return this.#refuse(files, why);
  }

  #refuse(files: readonly File_[], why: Why): false {
    this.#isRefused = true;
    this.#host.refuse(files.map(({ name, size }) => ({ name, size: size ?? undefined, why })));
    return false;
  }

  async #handOver(ids: readonly string[], uploadId: string): Promise<void> {
    const uppy = this.#uppy;
    const inputs = new Map<string, UploadFile>();
    const remote: Promise<void>[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const file = uppy.getFile(id);
      if (!file || file.error || this.#window.holds(id)) continue;
      if (file.isRemote) {
        remote.push(this.#uploadRemote(file, uploadId));
        continue;
      }
      const input = inputOf(file, {} as never, this.#host.taken());
      if (input) inputs.set(id, input);
      gone.push(id);
    }
    if (inputs.size > 0) uppy.emit('upload-start', uppy.getFilesByIds([...inputs.keys()]));
    const handed = new Map([...inputs].map(([id, input]) => [input, uppy.getFile(id)]));
    if (gone.length > 0) uppy.removeFiles(gone);
    await Promise.all([this.#handed.upload(uploadId, handed), ...remote]);
  }

  /** Companion stores what lies elsewhere; the page sees none of its bytes, so there is no job to show. */
  async #uploadRemote(file: Extract<File_, { isRemote: true }>, uploadId: string): Promise<void> {
    const uppy = this.#uppy;
    uppy.emit('upload-start', [file]);
    await this.#remote.upload(file, {} as never);
    const after = uppy.getFile(file.id);
    if (!after) return;
    if (after.error) {
      this.#handed.failed(uploadId, after);
      this.#host.say(`${file.name}: ${after.error}`);
    } else {
      this.#handed.stored(uploadId, after);
      this.#elsewhere = sum(this.#elsewhere, { files: 1, bytes: after.size ?? 0 });
      this.#host.storedElsewhere(file.name);
    }
    // Also one that failed: else whatever is added later waits until Uppy has tried it again.
    uppy.removeFile(file.id);
  }
}

const sum = (a: Amount, b: Amount): Amount => ({ files: a.files + b.files, bytes: a.bytes + b.bytes });
