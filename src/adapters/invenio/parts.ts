/** Transfer type M: the bytes in parts, which go to the repository itself or to the object storage behind it. */
import type { Checksum } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, PartsPlan, ResumeState, UploadIntent, UploadOutcome } from '../adapter.js';
import { expiryOf, readStorageError } from '../signed-url.js';
import type { InvenioClient } from './client.js';
import { Commit } from './commit.js';
import { uploadGone } from './errors.js';
import { isSameEntry, newFileOf, removeOwn, requireSameEntry, UploadStart } from './start.js';
import { type FileJson, timeOf } from './wire.js';

const MiB = 1024 ** 2;
/** The rules of S3, which repositories pass on. */
const RULES = { minPartSize: 5 * MiB, maxPartSize: 5 * 1024 * MiB, maxParts: 10_000 };
/** A URL that ends this soon is asked for anew, in milliseconds. */
const NEARLY_ENDED = 60_000;
/** Commits that fail before the parts are taken to be incomplete. */
const COMMIT_ATTEMPTS = 3;

interface PartsState extends ResumeState {
  readonly partSize: number;
  readonly count: number;
  readonly size: number;
  /** When the repository made the entry, as it writes it: what tells this upload from another of the name. */
  readonly created?: string;
}

interface PartUrl {
  readonly url: string;
  readonly expiresAt: number | undefined;
}

export function partsPlan(
  client: InvenioClient,
  intent: UploadIntent,
  begun?: PartsState,
  file?: FileJson,
): PartsPlan {
  const { path } = intent;
  const commit = new Commit(client, path);
  const urls = new PartUrls(client, path);
  let start: UploadStart | undefined;
  let begunAt = begun?.created;
  if (file) urls.learn(file);

  const plan: PartsPlan = {
    kind: 'parts',
    rules: { ...RULES, ...(begun ? { partSize: begun.partSize } : {}) },
    ...(begun ? { state: begun } : {}),
    async begin({ partSize, count }, { signal }) {
      start ??= new UploadStart(client, newFileOf(intent, { type: 'M', parts: count, part_size: partSize }));
      try {
        const started = await start.run({ signal });
        if (started.links?.parts) urls.learn(started);
        const { created } = started;
        begunAt = created;
        return {
          partSize,
          count,
          size: intent.size,
          ...(created === undefined ? {} : { created }),
        } satisfies PartsState;
      } catch (error) {
        throw error instanceof TransferError ? withoutParts(error, client, path) : error;
      }
    },

    async signPart({ number }, _state, { signal, attempt, checksum }) {
      const { url, expiresAt } = await urls.of(number, { signal, attempt });
      const authorization = await client.authorization(url, { signal, attempt });
      return {
        method: 'PUT',
        url,
        headers: {
          'content-type': 'application/octet-stream',
          ...(checksum ? { 'content-md5': checksum.value } : {}),
          ...authorization,
        },
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    },

    readError(response) {
      const error = urls.elsewhere
        ? readStorageError(response, {
            path,
            expiresAt: urls.earliestEnd,
            subject: 'The storage behind the repository',
          })
        : client.readContentError(response, path);
      return error?.reason === 'not-found' ? uploadGone(path) : error;
    },

    readPart({ number, start: from, end }, { body }) {
      urls.used(number);
      // The repository answers with the entry that took the part; object storages answer with nothing.
      const taker = urls.elsewhere ? undefined : entryIn(body);
      if (taker?.key === path) requireSameEntry(taker, begunAt);
      return { number, size: end - from };
    },

    async complete(state, _receipts, { signal, partChecksums }): Promise<UploadOutcome> {
      const { created } = state as PartsState;
      // Looked at before, too: the parts of the page that replaced this upload must not be closed by this one.
      const file = await client.file(path, { signal });
      if (!file) throw uploadGone(path);
      requireSameEntry(file, created);
      try {
        const outcome = await commit.run(signal, Promise.resolve(file));
        return { ...outcome, ...etagOf(outcome, urls.elsewhere ? partChecksums : undefined) };
      } catch (error) {
        // The repository does not say which parts it lacks; it fails as it would for any bug of its own.
        const failed = error instanceof TransferError && error.reason === 'server';
        if (failed && commit.tried >= COMMIT_ATTEMPTS) {
          throw uploadGone(
            path,
            'The repository could not put the parts together, so the file has to be sent again.',
          );
        }
        throw error;
      }
    },

    async abort(state, { signal }) {
      await removeOwn(client, path, (state as PartsState).created, { signal });
    },
  };
  // Only an object storage checks Content-MD5, the repository's own content route does not look at it; which of the two
  // it is, the answer to `begin` tells.
  return Object.defineProperty(plan, 'requestChecksum', {
    enumerable: true,
    get: (): 'md5' | undefined => {
      const wanted = intent.checksum !== 'none' && client.options.partChecksums !== false;
      return wanted && urls.elsewhere ? 'md5' : undefined;
    },
  });
}

export async function reopenUpload(
  client: InvenioClient,
  intent: UploadIntent,
  state: ResumeState,
  { signal }: CallOptions,
): Promise<PartsPlan> {
  const { path, size } = intent;
  const begun = state as PartsState;
  const file = await client.file(path, { signal, attempts: client.attempts });
  const { parts, part_size: partSize, type } = file?.transfer ?? {};
  const same =
    file?.status === 'pending' &&
    type === 'M' &&
    isSameEntry(file, begun.created) &&
    size === begun.size &&
    (parts ?? begun.count) === begun.count &&
    (partSize ?? begun.partSize) === begun.partSize &&
    (file.size === undefined || Number(file.size) === size);
  if (!file || !same) throw uploadGone(path);
  return partsPlan(client, intent, begun, file);
}

/** Where the parts go. URLs of an object storage are secrets: they live here and not in the state. */
class PartUrls {
  readonly #client: InvenioClient;
  readonly #path: string;
  readonly #urls = new Map<number, PartUrl>();
  readonly #inUse = new Map<number, number>();
  #asking: Promise<void> | undefined;
  #elsewhere = false;

  constructor(client: InvenioClient, path: string) {
    this.#client = client;
    this.#path = path;
  }

  /** The parts go to another origin than the repository's, where its token must not. */
  get elsewhere(): boolean {
    return this.#elsewhere;
  }

  /** When the first of the URLs under way ends. */
  get earliestEnd(): number | undefined {
    return this.#inUse.size > 0 ? Math.min(...this.#inUse.values()) : undefined;
  }

  learn({ links }: FileJson): void {
    for (const { part, url: link, expiration } of links?.parts ?? []) {
      const url = this.#client.follow(link, '');
      if (part === undefined || url === '') continue;
      this.#elsewhere = new URL(url).origin !== this.#client.origin;
      // `expiration` may be the operator's wish; the signature's own end is what counts.
      this.#urls.set(part, { url, expiresAt: expiryOf(url) ?? timeOf(expiration) });
    }
  }

  async of(number: number, { signal, attempt }: CallOptions & { attempt: number }): Promise<PartUrl> {
    let found = this.#urls.get(number);
    const ends = found?.expiresAt ?? Number.POSITIVE_INFINITY;
    if (!found || ends - Date.now() < NEARLY_ENDED || (attempt > 1 && this.#elsewhere)) {
      this.#asking ??= this.#ask(signal).finally(() => {
        this.#asking = undefined;
      });
      await this.#asking;
      found = this.#urls.get(number);
    }
    if (!found) throw uploadGone(this.#path);
    if (found.expiresAt !== undefined) this.#inUse.set(number, found.expiresAt);
    return found;
  }

  used(number: number): void {
    this.#inUse.delete(number);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const file = await this.#client.file(this.#path, { signal });
    if (file?.status !== 'pending' || !file.links?.parts) throw uploadGone(this.#path);
    this.learn(file);
  }
}

/**
 * Right after the commit the checksum is `multipart:<etag>-<part size>`, with the storage's ETag: the MD5 of the parts'
 * MD5s, which says what the parts were, as long as their MD5s were sent along.
 */
function etagOf({ body }: UploadOutcome, sent: readonly Checksum[] | undefined): { etag?: string } {
  if (!sent) return {};
  const { checksum = '' } = body as FileJson;
  const etag = /^multipart:"?([0-9a-f]{32}-\d+)"?-\d+$/i.exec(checksum)?.[1];
  return etag === undefined ? {} : { etag };
}

function entryIn(body: string): FileJson | undefined {
  try {
    return (JSON.parse(body) as FileJson | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A repository that refuses the parts themselves takes the file whole: remembered, and begun again that way. */
function withoutParts(error: TransferError, client: InvenioClient, path: string): TransferError {
  if (error.reason !== 'invalid-input' || !/transfer/i.test(error.serverMessage ?? '')) return error;
  client.learned.noParts = true;
  return new TransferError('The repository takes no uploads in parts, so the file is sent whole.', {
    kind: 'restart',
    reason: 'not-supported',
    path,
  });
}
