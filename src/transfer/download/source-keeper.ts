import type { DownloadSource } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { abortable, within } from '../clock.js';
import type { TransferContext } from '../context.js';
import { asTransferError, originOf, signerSilent, signingKey, signWithin } from '../transfer-errors.js';
import type { UrlSource } from './answers.js';
import { Redirects } from './redirects.js';

/** A URL that ends sooner than this is signed again before it is used. Milliseconds. */
const expiryMargin = 5_000;

/** The end of a redirect serves no longer, which costs one more request through it. */
const movedOn = (cause: TransferError): TransferError =>
  new TransferError(
    'The address that the storage had redirected to is used up; it is asked for another one.',
    {
      kind: 're-sign',
      reason: 'expired',
      cause,
    },
  );

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
  readonly #redirects = new Redirects();

  constructor(context: TransferContext, entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>) {
    this.#context = context;
    this.#entry = entry;
  }

  /** What is known now, fresh or not. */
  get known(): DownloadSource | undefined {
    return this.#source;
  }

  /** Origins that requests for `source` go to now. */
  origins(source: UrlSource): string[] {
    const origins = this.#urls(source).map(url => originOf(url));
    return [...new Set(origins.filter(origin => origin !== undefined))];
  }

  /** The URL to ask at `origin`. */
  urlAt(origin: string, source: UrlSource): string {
    return this.#urls(source).find(url => originOf(url) === origin) ?? source.url;
  }

  /** All of the same bytes. */
  #urls({ url, mirrors = [] }: UrlSource): string[] {
    return [url, ...mirrors].map(each => this.#redirects.endOf(each));
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

  /** An answer from `url` broke off. */
  brokeOffAt(url: string): void {
    this.#redirects.drop(url);
  }

  /** `source` goes out with a request. */
  used(source: DownloadSource): void {
    if (this.#unused === source) this.#unused = undefined;
  }

  /** The answer to a request for `url` was of use. */
  answered(url: string, response: Response): void {
    this.#redirects.answered(url, response);
  }

  /**
   * A request for `url`, of `source`, failed. Returns the error to go on with; where it was of kind `re-sign`, the next
   * call of {@link current} asks for another source, or the next request goes through its redirect again.
   */
  failed(error: unknown, url: string, source: UrlSource): unknown {
    if (!(error instanceof TransferError)) return error;
    const isEnd = url !== source.url && !source.mirrors?.includes(url);
    if (!isEnd) {
      if (error.kind === 're-sign' && this.#source === source) this.forget();
      return error;
    }
    if (error.reason === 'network') return this.#redirects.lost(url) ? movedOn(error) : error;
    // Wherever the redirect leads by now, it may be better there.
    this.#redirects.drop(url);
    return error.kind === 'fatal' || error.kind === 're-sign' ? movedOn(error) : error;
  }

  forget(): void {
    this.#source = undefined;
    this.#redirects.forget();
  }
}
