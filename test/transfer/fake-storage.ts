import { md5 } from 'hash-wasm';
import type {
  Adapter,
  FormPlan,
  PartReceipt,
  PartsPlan,
  RequestPlan,
  ResumeState,
  SignContext,
  TransferResponse,
  UploadIntent,
  UploadOutcome,
  UploadPlan,
} from '../../src/adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../src/core/checksum.js';
import type { Entry } from '../../src/core/entry.js';
import { TransferError, type TransferErrorOptions } from '../../src/core/errors.js';
import { createHasher } from '../../src/transfer/checksum/index.js';

export const hasher = createHasher();

export function failure(
  kind: TransferErrorOptions['kind'],
  reason: TransferErrorOptions['reason'],
): TransferError {
  return new TransferError(`scripted ${reason}`, { kind, reason });
}

interface Stored {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly modified: number;
  readonly checksums: readonly Checksum[];
}

/** A call as a script sees it; `count` is 1 for the first of this operation on this path (and part). */
export interface Call {
  readonly operation: string;
  readonly path: string;
  readonly part: number;
  readonly count: number;
  readonly attempt: number;
  readonly origin: string | undefined;
}

type Hook = (call: Call) => void | TransferError | Promise<void | TransferError>;

export interface FakeOptions {
  readonly plan?: 'request' | 'form' | 'parts';
  /** What answers and entries report; default: CRC64NVME full. */
  readonly reports?: ChecksumAlgorithm | 'none';
  readonly requestChecksum?: ChecksumAlgorithm;
  readonly wholeChecksum?: ChecksumAlgorithm;
  readonly etags?: 'md5' | 'random' | 'none';
  readonly partSize?: number;
  readonly minPartSize?: number;
  readonly maxParts?: number;
  readonly conditionalCreate?: boolean;
  readonly origins?: readonly string[];
  readonly stat?: boolean;
  readonly createFolder?: boolean;
  /** The storage says how large a stored object is in its answer. Default false. */
  readonly reportsSize?: boolean;
  /** The storage can say which parts it has. Default true. */
  readonly listsParts?: boolean;
}

let etagNumber = 0;

/** A storage in memory whose every step can be made to fail before or after it takes effect. */
export class FakeStorage {
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<
    string,
    { path: string; parts: Map<number, { bytes: Uint8Array<ArrayBuffer>; receipt: PartReceipt }> }
  >();
  readonly folders = new Set<string>();
  readonly calls: Call[] = [];
  readonly options: FakeOptions;
  readonly adapter: Adapter;
  /** Runs before a step takes effect. */
  before: Hook = () => {};
  /** Runs after it took effect, before its answer arrives: throwing here loses the answer. */
  after: Hook = () => {};
  /** Changes the bytes on their way. */
  damage: (bytes: Uint8Array<ArrayBuffer>, call: Call) => Uint8Array<ArrayBuffer> = bytes => bytes;
  flying = 0;
  mostFlying = 0;
  #lastUpload = 0;
  readonly #counts = new Map<string, number>();

  constructor(options: FakeOptions = {}) {
    this.options = options;
    this.adapter = this.#makeAdapter();
  }

  count(operation: string): number {
    return this.calls.filter(call => call.operation === operation).length;
  }

  text(path: string): string | undefined {
    const stored = this.objects.get(path);
    return stored && new TextDecoder().decode(stored.bytes);
  }

  async put(path: string, text: string, modified = 1_700_000_000_000): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    this.objects.set(path, await this.#stored(bytes, undefined, modified));
  }

  #call(operation: string, path: string, part = 0, context?: Partial<SignContext>): Call {
    const key = `${operation} ${path} ${part}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    const call = { operation, path, part, count, attempt: context?.attempt ?? 0, origin: context?.origin };
    this.calls.push(call);
    return call;
  }

  async #step<T>(call: Call, effect: () => T | Promise<T>): Promise<T> {
    const before = await this.before(call);
    if (before) throw before;
    const result = await effect();
    const after = await this.after(call);
    if (after) throw after;
    return result;
  }

  async #checksum(bytes: Uint8Array<ArrayBuffer>, algorithm: ChecksumAlgorithm): Promise<Checksum> {
    return (await hasher.hashBytes(bytes, [algorithm])).get(algorithm)!;
  }

  async #stored(
    bytes: Uint8Array<ArrayBuffer>,
    parts: readonly Uint8Array<ArrayBuffer>[] | undefined,
    modified: number,
  ): Promise<Stored> {
    const { reports = 'crc64nvme', etags = 'md5' } = this.options;
    const checksums = reports === 'none' ? [] : [await this.#checksum(bytes, reports)];
    let etag = '';
    if (etags === 'random') etag = (++etagNumber).toString(16).padStart(32, 'a');
    if (etags === 'md5') {
      etag = await md5(bytes);
      if (parts) {
        const digests = await Promise.all(parts.map(part => md5(part)));
        const joined = new Uint8Array(digests.length * 16);
        for (const [index, digest] of digests.entries()) {
          for (let byte = 0; byte < 16; byte++) {
            joined[index * 16 + byte] = Number.parseInt(digest.slice(byte * 2, byte * 2 + 2), 16);
          }
        }
        etag = `${await md5(joined)}-${parts.length}`;
      }
    }
    return { bytes, etag, modified, checksums };
  }

  #entry(path: string): Entry | undefined {
    const stored = this.objects.get(path);
    if (!stored) return undefined;
    return {
      id: path,
      path,
      name: path.slice(path.lastIndexOf('/') + 1),
      kind: 'file',
      size: stored.bytes.length,
      modified: stored.modified,
      ...(stored.etag ? { etag: stored.etag } : {}),
      ...(stored.checksums.length > 0 ? { checksums: stored.checksums } : {}),
    };
  }

  #outcome(path: string): UploadOutcome {
    const stored = this.objects.get(path)!;
    return {
      path,
      ...(stored.etag ? { etag: stored.etag } : {}),
      ...(stored.checksums.length > 0 ? { checksums: stored.checksums } : {}),
      ...(this.options.reportsSize ? { size: stored.bytes.length } : {}),
    };
  }

  async #arrive(
    call: Call,
    body: Blob,
    signal: AbortSignal,
    onSent: (bytes: number) => void,
    effect: (bytes: Uint8Array<ArrayBuffer>) => Promise<Record<string, string>>,
  ): Promise<TransferResponse> {
    this.flying += 1;
    this.mostFlying = Math.max(this.mostFlying, this.flying);
    try {
      const bytes = this.damage(new Uint8Array(await body.arrayBuffer()), call);
      onSent(Math.floor(bytes.length / 2));
      await new Promise(resolve => setTimeout(resolve, 0));
      signal.throwIfAborted();
      const headers = await this.#step(call, () => effect(bytes));
      signal.throwIfAborted();
      onSent(bytes.length);
      return { status: 200, headers, body: '' };
    } finally {
      this.flying -= 1;
    }
  }

  #planBase(): Pick<UploadPlan, 'readError' | 'origins' | 'requestChecksum' | 'wholeChecksum'> {
    const { origins, requestChecksum, wholeChecksum } = this.options;
    return {
      readError: () => undefined,
      ...(origins ? { origins } : {}),
      ...(requestChecksum ? { requestChecksum } : {}),
      ...(wholeChecksum ? { wholeChecksum } : {}),
    };
  }

  #whole(intent: UploadIntent, kind: 'request' | 'form'): RequestPlan | FormPlan {
    const { path } = intent;
    let own: Stored | undefined;
    return {
      ...this.#planBase(),
      kind,
      sign: async context => {
        const call = this.#call('sign', path, 0, context);
        return this.#step(call, () => ({
          deliver: (body, { signal, onSent }) =>
            this.#arrive(this.#call('send', path, 0, context), body, signal, onSent, async bytes => {
              if (intent.createOnly && this.objects.has(path)) throw failure('fatal', 'exists');
              if (context.checksum) await this.#enforce(bytes, context.checksum);
              own = await this.#stored(bytes, undefined, Date.now() + 4e11);
              this.objects.set(path, own);
              return {};
            }),
        }));
      },
      finish: () => this.#step(this.#call('finish', path), () => this.#outcome(path)),
      discard: () =>
        this.#step(this.#call('discard', path), () => {
          if (this.objects.get(path) === own) this.objects.delete(path);
        }),
    } as RequestPlan | FormPlan;
  }

  async #enforce(bytes: Uint8Array<ArrayBuffer>, checksum: Checksum): Promise<void> {
    const own = await this.#checksum(bytes, checksum.algorithm);
    if (own.value !== checksum.value) throw failure('fatal', 'checksum-mismatch');
  }

  #parts(intent: UploadIntent, begun?: ResumeState): PartsPlan {
    const { path } = intent;
    const { minPartSize = 1, maxParts = 10_000, partSize } = this.options;
    const listsParts = this.options.listsParts ?? true;
    const gone = (): TransferError => failure('restart', 'upload-gone');
    return {
      ...this.#planBase(),
      kind: 'parts',
      ...(begun ? { state: begun } : {}),
      rules: {
        minPartSize,
        maxPartSize: 5 * 1024 ** 3,
        maxParts,
        ...(partSize === undefined || begun ? {} : { partSize }),
      },
      begin: () =>
        this.#step(this.#call('begin', path), () => {
          const id = `upload-${++this.#lastUpload}`;
          this.uploads.set(id, { path, parts: new Map() });
          return { id };
        }),
      signPart: async (part, state, context) =>
        this.#step(this.#call('signPart', path, part.number, context), () => ({
          deliver: (body, { signal, onSent }) =>
            this.#arrive(
              this.#call('part', path, part.number, context),
              body,
              signal,
              onSent,
              async bytes => {
                const upload = this.uploads.get(state.id as string);
                if (!upload) throw gone();
                if (context.checksum) await this.#enforce(bytes, context.checksum);
                const etag = await md5(bytes);
                upload.parts.set(part.number, {
                  bytes,
                  receipt: { number: part.number, size: bytes.length, etag },
                });
                return { etag };
              },
            ),
        })),
      readPart: (part, response) => ({
        number: part.number,
        size: part.end - part.start,
        etag: response.headers.etag!,
      }),
      ...(listsParts
        ? {
            listParts: async state =>
              this.#step(this.#call('listParts', path), () => {
                const upload = this.uploads.get(state.id as string);
                if (!upload) throw gone();
                return [...upload.parts.values()].map(part => part.receipt);
              }),
          }
        : {}),
      complete: (state, receipts, { whole }) =>
        this.#step(this.#call('complete', path), async () => {
          const upload = this.uploads.get(state.id as string);
          if (!upload) throw gone();
          if (intent.createOnly && this.objects.has(path)) throw failure('fatal', 'exists');
          // As S3 does.
          if (receipts.some(({ number }, at) => number <= (receipts[at - 1]?.number ?? 0)))
            throw failure('fatal', 'invalid-input');
          const parts = receipts.map(receipt => upload.parts.get(receipt.number)!.bytes);
          const blob = new Blob(parts);
          const bytes = new Uint8Array(await blob.arrayBuffer());
          if (whole) await this.#enforce(bytes, whole);
          this.objects.set(path, await this.#stored(bytes, parts, Date.now() + 4e11));
          this.uploads.delete(state.id as string);
          return this.#outcome(path);
        }),
      abort: state =>
        this.#step(this.#call('abort', path), () => {
          this.uploads.delete(state.id as string);
        }),
    };
  }

  #makeAdapter(): Adapter {
    const { plan = 'request', conditionalCreate = false } = this.options;
    const remove = async (paths: readonly string[]) =>
      paths.map(path => {
        const call = this.#call('removeOne', path);
        const error = this.before(call);
        if (error instanceof TransferError) return { path, error };
        this.objects.delete(path);
        this.folders.delete(path);
        return { path };
      });
    return {
      name: 'fake',
      label: 'Fake',
      capabilities: {
        folders: 'derived',
        recursiveList: true,
        overwrite: 'replace',
        conditionalCreate,
        uploadPlans: ['request', 'form', 'parts'],
        ranges: 'yes',
        checksums: [],
        uploadMetadata: true,
      },
      list: (path, { recursive, token }) =>
        this.#step(this.#call('list', path), () => {
          const entries: Entry[] = [];
          const folders = new Set<string>();
          for (const key of [...this.objects.keys(), ...this.folders].sort()) {
            if (!key.startsWith(path) || (key === path && !this.objects.has(key))) continue;
            const slash = key.indexOf('/', path.length);
            if (recursive || slash < 0) {
              // An object whose name ends in `/` is a file, as in S3 when it has content.
              if (this.objects.has(key)) entries.push(this.#entry(key)!);
            } else folders.add(key.slice(0, slash + 1));
          }
          for (const folder of folders) {
            const name = folder.slice(path.length, -1);
            entries.push({ id: folder, path: folder, name, kind: 'folder' });
          }
          const start = Number(token ?? 0);
          const next = start + 1000;
          return {
            entries: entries.slice(start, next),
            ...(next < entries.length ? { next: String(next) } : {}),
          };
        }),
      ...(this.options.stat === false
        ? {}
        : { stat: path => this.#step(this.#call('stat', path), () => this.#entry(path)) }),
      openUpload: async intent =>
        this.#step(this.#call('openUpload', intent.path), () =>
          plan === 'parts' ? this.#parts(intent) : this.#whole(intent, plan),
        ),
      reopenUpload: async (intent, state) =>
        this.#step(this.#call('reopenUpload', intent.path), () => this.#parts(intent, state)),
      listUnfinishedUploads: async prefix =>
        [...this.uploads].flatMap(([id, { path }]) =>
          path.startsWith(prefix) ? [{ path, state: { id } }] : [],
        ),
      abortUnfinishedUpload: async ({ state }) => {
        this.uploads.delete(state.id as string);
      },
      ...(this.options.createFolder === false
        ? {}
        : {
            createFolder: path =>
              this.#step(this.#call('createFolder', path), () => {
                this.folders.add(path);
                return { id: path, path, name: path, kind: 'folder' as const };
              }),
          }),
      remove: async paths => {
        const call = this.#call('remove', paths[0] ?? '', paths.length);
        return this.#step(call, () => remove(paths));
      },
      copy: (from, to, { replace = false }) =>
        this.#step(this.#call('copy', from), () => {
          if (!replace && this.objects.has(to)) throw failure('fatal', 'exists');
          if (!this.objects.has(from)) throw failure('fatal', 'not-found');
          this.objects.set(to, this.objects.get(from)!);
          return this.#entry(to)!;
        }),
    };
  }
}
