import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { type ItemControl, PutOff } from '../item-run.js';
import { noJournal } from '../journal.js';
import { patiently } from '../patiently.js';
import type { Flow } from '../scheduler.js';
import { smallEnoughForMemory } from '../sinks/choose.js';
import type { ConflictPolicy, TransferResult, UploadFile } from '../types.js';
import { type Resolution, takenError } from '../upload/conflicts.js';
import { intentOf } from '../upload/file-intent.js';
import { FileUpload } from '../upload/file-upload.js';
import { type OpenedFile, openInput } from '../upload/inputs.js';
import { openPlan } from '../upload/open-plan.js';
import { skippedResult } from '../upload/results.js';
import { newSession, type UploadSession } from '../upload/session.js';
import { ContentFetch, type FetchedContent } from './fetch-content.js';
import { keptMetadata } from './kept-metadata.js';
import type { CarryOptions } from './options.js';
import { NoRanges, OtherSize } from './range-reader.js';
import { type StreamedContent, streamedContent } from './streamed-content.js';

const nothing = new Blob([]);

export interface CarriedFileHost {
  readonly source: TransferContext;
  readonly target: TransferContext;
  readonly policy: ConflictPolicy;
  readonly options: CarryOptions;
  readonly flow: Flow;
  /** Settles what is at the new path. `again`: somebody took it since it was looked at. */
  settle(path: string, again: boolean, control: ItemControl): Promise<Resolution>;
  setSize(bytes: number): void;
}

/**
 * One file on its way through the page: looked for at its new place, fetched and checked, uploaded and proven. Large
 * files go part by part where both storages can do that, others as a whole. Lives through pauses and retries of its
 * item: what is stored is not sent again, and what was fetched as a whole is not fetched again.
 */
export class CarriedFile {
  readonly #host: CarriedFileHost;
  #entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  #to: string;
  #createOnly: boolean | 'preferred' | undefined;
  #fetch: ContentFetch | undefined;
  #content: FetchedContent | undefined;
  #upload: FileUpload | undefined;
  /** What goes part by part. */
  #streamed: StreamedContent | undefined;
  /** It was found out that it has to be here as a whole. */
  #needsWhole = false;

  constructor(entry: CarriedFile['entry'], to: string, host: CarriedFileHost) {
    this.#entry = entry;
    this.#to = to;
    this.#host = host;
  }

  /** What is carried, with its validator as soon as that is known. */
  get entry(): Pick<Entry, 'path' | 'id'> & Partial<Entry> {
    return this.#entry;
  }

  async run(control: ItemControl): Promise<TransferResult> {
    if (this.#createOnly === undefined) {
      const resolution = await this.#settle(false, control);
      if ('skip' in resolution) return skippedResult(resolution.existing, resolution.skip);
    }
    if (this.#entry.size === undefined) await this.#describe(control);
    const result = (await this.#stream(control)) ?? (await this.#carryWhole(control));
    this.#letGo();
    return result;
  }

  async #carryWhole(control: ItemControl): Promise<TransferResult> {
    this.#content ??= await this.#fetchContent(control);
    this.#upload ??= await this.#newUpload(await this.#asInput(this.#content.blob, control));
    return this.#upload.run(control);
  }

  /** Undefined: it cannot go part by part. */
  async #stream(control: ItemControl): Promise<TransferResult | undefined> {
    if (this.#needsWhole || this.#content) return undefined;
    if (!this.#streamed && !(await this.#beginStream(control))) {
      this.#needsWhole = true;
      return undefined;
    }
    const streamed = this.#streamed!;
    streamed.goOn(control);
    try {
      const result = await this.#upload!.run(control);
      const { etag = this.#entry.etag } = streamed;
      this.#entry = { ...this.#entry, ...(etag === undefined ? {} : { etag }) };
      return result;
    } catch (error) {
      // Nobody knows when this file goes on: until then its parts must not fill the memory. They are fetched again.
      streamed.clear();
      if (!(error instanceof NoRanges || error instanceof OtherSize)) throw error;
      await this.#upload!.discard();
      this.#letGo();
      if (error instanceof OtherSize) {
        // What was known is of a version that is gone; a retry asks anew.
        this.#entry = { path: this.#entry.path, id: this.#entry.id };
        throw error;
      }
      this.#needsWhole = true;
      return undefined;
    }
  }

  async #beginStream(control: ItemControl): Promise<boolean> {
    const { source, target, options, flow, setSize } = this.#host;
    const { size = 0, type = '', modified } = this.#entry;
    const { verify = 'size' } = options;
    if (size <= smallEnoughForMemory || verify !== 'size') return false;
    if (!target.adapter.capabilities.uploadPlans.includes('parts')) return false;
    const input = await this.#asInput(nothing, control);
    const opened: OpenedFile = { ...(await openInput(input)), size, type: input.type ?? type, modified };
    const session = this.#sessionOf(input, opened);
    const plan = await openPlan(session, control);
    if (plan.kind !== 'parts') return false;
    const streamed = await streamedContent(source, this.#entry, plan, { flow, control });
    if (!streamed) return false;
    setSize(size);
    this.#streamed = streamed;
    this.#upload = this.#uploadOf({ ...session, opened: { ...opened, parts: streamed }, plan });
    return true;
  }

  async #settle(again: boolean, control: ItemControl): Promise<Resolution> {
    const { adapter } = this.#host.target;
    const resolution = await this.#host.settle(this.#to, again, control);
    if ('cancel' in resolution) throw new PutOff(takenError(this.#to));
    if ('go' in resolution) {
      this.#to = resolution.go;
      this.#createOnly = adapter.capabilities.conditionalCreate && resolution.createOnly;
    }
    return resolution;
  }

  async #fetchContent(control: ItemControl): Promise<FetchedContent> {
    const { source, options, flow, setSize } = this.#host;
    this.#fetch ??= new ContentFetch(source, this.#entry, { flow, verify: options.verify, onSize: setSize });
    const content = await this.#fetch.run(control);
    this.#fetch = undefined;
    const { etag = this.#entry.etag } = content;
    this.#entry = { ...this.#entry, size: content.blob.size, ...(etag === undefined ? {} : { etag }) };
    setSize(content.blob.size);
    return content;
  }

  async #describe(control: ItemControl): Promise<void> {
    const { source } = this.#host;
    const { path } = this.#entry;
    if (!source.adapter.stat) return;
    const found = await patiently(source, control, signal => source.adapter.stat!(path, { signal }));
    if (!found) {
      throw new TransferError(`${path} is not in the storage any more. It may have been moved or deleted.`, {
        kind: 'fatal',
        reason: 'not-found',
        path,
      });
    }
    this.#entry = found;
  }

  async #asInput(blob: Blob, control: ItemControl): Promise<UploadFile> {
    const { source, target, options } = this.#host;
    const { modified, type } = this.#entry;
    const metadata =
      options.metadata === 'drop' ? undefined : await keptMetadata(source, target, this.#entry, control);
    return {
      file: blob,
      path: this.#to,
      type: metadata?.headers?.['content-type'] ?? type ?? blob.type,
      ...(modified === undefined ? {} : { modified }),
      ...(metadata === undefined ? {} : { metadata }),
    };
  }

  async #newUpload(input: UploadFile): Promise<FileUpload> {
    return this.#uploadOf(this.#sessionOf(input, await openInput(input)));
  }

  #sessionOf(input: UploadFile, opened: OpenedFile): UploadSession {
    const { target, options, flow } = this.#host;
    const createOnly = this.#createOnly ?? false;
    return newSession({
      // No person could give the file again after a reload: it is fetched anew then.
      context: { ...target, journal: noJournal },
      input,
      opened,
      flow,
      verify: options.verify,
      intent: { ...intentOf(this.#to, input, opened, {}), createOnly },
      earlier: undefined,
      settled: true,
    });
  }

  #uploadOf(session: UploadSession): FileUpload {
    const { policy, setSize } = this.#host;
    return new FileUpload(session, {
      policy,
      setSize,
      origins: () => {},
      settleConflict: async (asked, again) => {
        const resolution = await this.#settle(true, again);
        if ('go' in resolution) {
          asked.intent = { ...asked.intent, path: this.#to, createOnly: this.#createOnly ?? false };
        }
        return resolution;
      },
    });
  }

  #letGo(): void {
    this.#content?.release();
    this.#content = undefined;
    this.#streamed?.clear();
    this.#streamed = undefined;
    this.#upload = undefined;
  }

  /** Leaves nothing behind: not here, and nothing unfinished at the new place. */
  async discard(): Promise<void> {
    const [fetch, upload] = [this.#fetch, this.#upload];
    this.#fetch = undefined;
    this.#createOnly = undefined;
    await Promise.allSettled([fetch?.discard(), upload?.discard()]);
    this.#letGo();
  }
}
