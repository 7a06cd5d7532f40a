import type { DownloadSource } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { abortable, within } from '../clock.js';
import type { TransferContext } from '../context.js';
import { asTransferError, originOf, signerSilent, signingKey, signWithin } from '../transfer-errors.js';
import type { UrlSource } from './answers.js';

/** A URL that ends sooner than this is signed again before it is used. Milliseconds. */
const expiryMargin = 5_000;

/** All URLs of the same bytes. */
export const urlsOf = (source: UrlSource): readonly string[] => [source.url, ...(source.mirrors ?? [])];

export function originsOf(source: UrlSource): string[] {
  const origins = urlsOf(source).map(url => originOf(url));
  return [...new Set(origins.filter(origin => origin !== undefined))];
}

/**
 * Knows where the bytes of one file are. One signature serves all its ranges; when it has run out, one new one is
 * asked for by all of them together.
 */
export class SourceKeeper {
  readonly #context: TransferContext;
  readonly #entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  #source: DownloadSource | undefined;
  #asking: Promise<DownloadSource> | undefined;
  #signatures = 0;
  /** A URL that is short-lived from the start is used at least once. */
  #unused: DownloadSource | undefined;
  /** Failures of asking for a URL, as opposed to those of using it. */
  readonly #failures = new WeakSet<object>();

  constructor(context: TransferContext, entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>) {
    this.#context = context;
    this.#entry = entry;
  }

  /** What is known now, fresh or not. */
  get known(): DownloadSource | undefined {
    return this.#source;
  }

  async current(signal: AbortSignal): Promise<DownloadSource> {
    const { adapter, clock } = this.#context;
    const source = this.#source;
    const expiresAt = source?.kind === 'url' ? source.expiresAt : undefined;
    const expired = expiresAt !== undefined && expiresAt - clock.now() < expiryMargin;
    if (source !== undefined && (!expired || this.#unused === source)) return source;
    if (adapter.resolveDownload === undefined) {
      throw new TransferError('This storage does not offer downloads.', {
        kind: 'fatal',
        reason: 'not-supported',
      });
    }
    const { path, id, version } = this.#entry;
    // Shared by all who ask, so nobody's pause ends it: each only stops waiting.
    const ask = (): Promise<DownloadSource> => {
      const end = new AbortController();
      const resolving = adapter.resolveDownload!(
        { path, id, ...(version === undefined ? {} : { version }) },
        { signal: end.signal, attempt: ++this.#signatures },
      );
      return within(resolving, signWithin, () => {
        const error = signerSilent(path);
        end.abort(error);
        return error;
      });
    };
    this.#asking ??= ask()
      .then(
        resolved => {
          this.#context.connectivity.prove(signingKey(adapter));
          return (this.#source = this.#unused = resolved);
        },
        (thrown: unknown) => {
          const error = asTransferError(thrown, path);
          this.#failures.add(error);
          throw error;
        },
      )
      .finally(() => (this.#asking = undefined));
    this.#asking.catch(() => {});
    return abortable(this.#asking, signal);
  }

  /** Whether `error` came of asking for a URL: then what signs is out of reach, not the storage. */
  brokeOff(error: TransferError): boolean {
    return this.#failures.has(error);
  }

  /** `source` goes out with a request. */
  used(source: DownloadSource): void {
    if (this.#unused === source) this.#unused = undefined;
  }

  /** `source` was refused as expired: the next call of {@link current} asks for another one. */
  refused(source: DownloadSource): void {
    if (this.#source === source) this.#source = undefined;
  }

  forget(): void {
    this.#source = undefined;
  }
}
