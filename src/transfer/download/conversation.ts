import type { Checksum } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { changedRemote, etagOf, headersOf, refusalOf, type UrlSource, wrongRange } from './answers.js';
import { type ContentRange, parseContentRange, unsatisfiedTotal } from './content-range.js';

/** What the first answer said; every later one has to agree. */
export interface FirstAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string | undefined;
  /** Ranges work; otherwise every answer is the whole file. */
  readonly ranged: boolean;
  /** Size of the file; undefined when nobody says. */
  readonly total: number | undefined;
  /** Checksums that the adapter knows of the whole. */
  readonly said: readonly Checksum[];
  /** Checksums in the headers: of the whole, or of the range. */
  readonly inHeaders: readonly Checksum[];
}

/** What an answer means for the request it belongs to. */
export interface Accepted {
  /** The first answer of the file, and what was learnt from it. */
  readonly learnt?: FirstAnswer;
  /** Bytes at the beginning of the body that are written already. */
  readonly skip: number;
  /** Checksums in the headers. */
  readonly inHeaders: readonly Checksum[];
}

/** Reads the answers to the requests for one file, and sees to it that they all speak of the same version. */
export class Conversation {
  readonly #entry: Pick<Entry, 'path'> & Partial<Entry>;
  readonly #now: () => number;
  #first: FirstAnswer | undefined;
  /** Every answer showed its validator. */
  #etagsAgree = true;

  constructor(entry: Pick<Entry, 'path'> & Partial<Entry>, now: () => number) {
    this.#entry = entry;
    this.#now = now;
  }

  get first(): FirstAnswer | undefined {
    return this.#first;
  }

  /** A strong validator that all answers had in common. */
  get commonEtag(): string | undefined {
    const etag = this.#first?.etag;
    return etag === undefined || etag.startsWith('W/') || !this.#etagsAgree ? undefined : etag;
  }

  knownSize(source: UrlSource): number | undefined {
    return source.size ?? this.#entry.size;
  }

  asksForRange(source: UrlSource): boolean {
    if (source.ranges === 'no' || this.#first?.ranged === false) return false;
    // No range of an empty file can be satisfied.
    return this.knownSize(source) !== 0;
  }

  /** The caller is ready for what the first answer said. */
  begin(first: FirstAnswer): void {
    this.#first = first;
  }

  /**
   * Checks an answer against the request for the bytes `start` to `end`, and against the first answer. Throws
   * `TransferError`: a refusal, another range than was asked for, or another version of the file (`restart`).
   */
  async accept(response: Response, source: UrlSource, start: number, end: number): Promise<Accepted> {
    const { path } = this.#entry;
    const inHeaders = source.readChecksums?.(headersOf(response)) ?? [];
    const contentRange = response.headers.get('content-range');
    const range = parseContentRange(contentRange);
    if (response.status === 206) {
      if (range !== undefined && range.start !== start) throw wrongRange(path);
      if (this.#first !== undefined) this.#compare(response, range);
      else {
        const total = this.#rangedTotal(response, source, range, end - start);
        return { skip: 0, inHeaders, learnt: this.#learn(response, source, total, true, inHeaders) };
      }
      return { skip: 0, inHeaders };
    }
    if (response.status === 416) {
      const empty = unsatisfiedTotal(contentRange) === 0 || this.knownSize(source) === 0;
      if (!empty || this.#first !== undefined) throw changedRemote(path);
      return { skip: 0, inHeaders, learnt: this.#learn(response, source, 0, false, inHeaders) };
    }
    if (response.status !== 200) throw await refusalOf(response, source, path, this.#now());
    if (this.#first === undefined) {
      const total = this.#wholeTotal(response, source);
      return { skip: 0, inHeaders, learnt: this.#learn(response, source, total, false, inHeaders) };
    }
    // A range that is ignored for once: the beginning is not what is wanted here.
    if (this.#first.ranged) throw wrongRange(path);
    this.#compare(response, undefined);
    // The whole comes once more; what is written already is passed over.
    return { skip: start, inHeaders };
  }

  #wholeTotal(response: Response, source: UrlSource): number | undefined {
    // The length of an encoded body is not that of the file.
    if (response.headers.has('content-encoding')) return undefined;
    const length = response.headers.get('content-length');
    return length === null ? this.knownSize(source) : Number(length);
  }

  #rangedTotal(
    response: Response,
    source: UrlSource,
    range: ContentRange | undefined,
    asked: number,
  ): number {
    const said = range?.total ?? this.knownSize(source);
    if (said !== undefined) return said;
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    // Headers hidden from the page: an answer shorter than the question is the whole.
    if (length < asked) return length;
    throw new TransferError(
      `The storage does not tell this page how large ${this.#entry.path} is. Whoever runs it has to let pages read the Content-Range header (CORS, Access-Control-Expose-Headers).`,
      { kind: 'fatal', reason: 'invalid-answer', path: this.#entry.path },
    );
  }

  #learn(
    response: Response,
    source: UrlSource,
    total: number | undefined,
    ranged: boolean,
    inHeaders: readonly Checksum[],
  ): FirstAnswer {
    const etag = etagOf(response);
    // What was said of an earlier version means nothing for this one.
    const isOf = (said: string | undefined): boolean =>
      said === undefined || etag === undefined || said === etag;
    const said = [
      ...(isOf(source.etag) ? (source.checksums ?? []) : []),
      ...(isOf(this.#entry.etag) ? (this.#entry.checksums ?? []) : []),
    ];
    return { status: response.status, headers: headersOf(response), etag, ranged, total, said, inHeaders };
  }

  #compare(response: Response, range: ContentRange | undefined): void {
    const etag = etagOf(response);
    const known = this.#first!.etag;
    if (etag !== undefined && known !== undefined && etag !== known) throw changedRemote(this.#entry.path);
    const total = this.#first!.total;
    if (range?.total !== undefined && total !== undefined && range.total !== total) {
      throw changedRemote(this.#entry.path);
    }
    if (etag === undefined) this.#etagsAgree = false;
  }
}
