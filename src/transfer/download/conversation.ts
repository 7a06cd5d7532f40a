import type { Checksum } from '../../core/checksum.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import {
  changedRemote,
  encodedRange,
  etagOf,
  headersOf,
  isEncoded,
  refusalOf,
  type UrlSource,
  unnamedVersion,
  withoutRanges,
  wrongRange,
} from './answers.js';
import { type ContentRange, parseContentRange, unsatisfiedTotal } from './content-range.js';

/** Such an ETag changes with every byte. */
export const isStrong = (etag: string | undefined): boolean => etag !== undefined && !etag.startsWith('W/');

/** Later answers can be compared with this one. */
export const namesVersion = ({ etag, headers }: FirstAnswer): boolean =>
  isStrong(etag) || headers['last-modified'] !== undefined;

/** What the first answer said; every later one has to agree. */
export interface FirstAnswer {
  /** 0: of an earlier page. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string | undefined;
  /** Ranges work; otherwise every answer is the whole file. */
  readonly ranged: boolean;
  /** Size of the file; undefined when nobody says. */
  readonly total: number | undefined;
  /** Bytes that an encoded answer has once it is decoded, where that is known. */
  readonly decoded?: number;
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

/** What is known of how a storage sends a file; stays when the file itself begins anew. */
export interface SendingHabits {
  /**
   * The storage sends an encoded form (`Content-Encoding`), which the browser decodes: lengths, ranges and checksums
   * are of that form and say nothing about the bytes that come. Only the whole in one stream makes sense.
   */
  encoded: boolean;
  /** Times in a row that the whole came though a range was asked for, and ranges had come before. */
  rangesIgnored: number;
  /**
   * Nothing says of which version the bytes are. They come in one stream, and from the beginning again when it breaks:
   * ranges of two versions could not be told apart.
   */
  unnamed: boolean;
}

export const noHabits = (): SendingHabits => ({ encoded: false, rangesIgnored: 0, unnamed: false });

/** So often it may be chance: one server of many, or a cache. */
const mostIgnored = 1;

/** Reads the answers to the requests for one file, and sees to it that they all speak of the same version. */
export class Conversation {
  readonly #entry: Pick<Entry, 'path'> & Partial<Entry>;
  readonly #now: () => number;
  readonly #habits: SendingHabits;
  #first: FirstAnswer | undefined;
  #isUnproven = false;

  constructor(entry: Pick<Entry, 'path'> & Partial<Entry>, habits: SendingHabits, now: () => number) {
    this.#entry = entry;
    this.#habits = habits;
    this.#now = now;
  }

  get first(): FirstAnswer | undefined {
    return this.#first;
  }

  /** Nothing that the page may read says whether all answers spoke of the same version. */
  get isUnproven(): boolean {
    return this.#isUnproven;
  }

  knownSize(source: UrlSource): number | undefined {
    return source.size ?? this.#entry.size;
  }

  asksForRange(source: UrlSource): boolean {
    const { encoded, rangesIgnored, unnamed } = this.#habits;
    if (source.ranges === 'no' || this.#first?.ranged === false || encoded || unnamed) return false;
    if (rangesIgnored > mostIgnored) return false;
    // No range of an empty file can be satisfied.
    return this.knownSize(source) !== 0;
  }

  /** What an earlier page learnt from its first answer; every answer has to agree with that. */
  resumed(source: UrlSource, total: number, etag: string): FirstAnswer {
    const said = this.#saidOf(source, etag);
    return { status: 0, headers: {}, etag, ranged: true, total, said, inHeaders: [] };
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
    if (response.ok && isEncoded(response)) this.#habits.encoded = true;
    if (response.status === 206) {
      if (this.#habits.encoded) throw encodedRange(path);
      if (range !== undefined && range.start !== start) throw wrongRange(path);
      this.#habits.rangesIgnored = 0;
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
    this.#compare(response, undefined);
    // The beginning is not what is wanted here.
    if (this.#first.ranged) {
      this.#habits.rangesIgnored += 1;
      throw this.#habits.rangesIgnored > mostIgnored ? withoutRanges(path) : wrongRange(path);
    }
    if (this.#habits.unnamed && start > 0) throw unnamedVersion(path);
    // The whole comes once more; what is written already is passed over.
    return { skip: start, inHeaders };
  }

  #wholeTotal(response: Response, source: UrlSource): number | undefined {
    if (this.#habits.encoded) return undefined;
    const length = response.headers.get('content-length');
    return length === null ? this.knownSize(source) : Number(length);
  }

  /**
   * Encoded on its way, a file has another length there than its storage tells; kept in that form, the same. Firefox ends
   * an encoded body that was cut off as if it were whole.
   */
  #decodedSize(response: Response, source: UrlSource): number | undefined {
    const length = response.headers.get('content-length');
    const known = this.knownSize(source);
    return length === null || Number(length) === known ? undefined : known;
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
    const answer = { status: response.status, headers: headersOf(response), etag, ranged, total };
    if (this.#habits.encoded) {
      const decoded = this.#decodedSize(response, source);
      return { ...answer, said: [], inHeaders: [], ...(decoded === undefined ? {} : { decoded }) };
    }
    return { ...answer, said: this.#saidOf(source, etag), inHeaders };
  }

  #saidOf(source: UrlSource, etag: string | undefined): Checksum[] {
    // What was said of an earlier version means nothing for this one.
    const isOf = (said: string | undefined): boolean =>
      said === undefined || etag === undefined || said === etag;
    return [
      ...(isOf(source.etag) ? (source.checksums ?? []) : []),
      ...(isOf(this.#entry.etag) ? (this.#entry.checksums ?? []) : []),
    ];
  }

  #compare(response: Response, range: ContentRange | undefined): void {
    const etag = etagOf(response);
    const known = this.#first!.etag;
    if (etag !== undefined && known !== undefined && etag !== known) throw changedRemote(this.#entry.path);
    // Of all validators this is the one that every page may read (CORS-safelisted). A weak ETag may stay the same
    // while bytes change.
    const modified = response.headers.get('last-modified');
    const before = this.#first!.headers['last-modified'];
    const isProven = isStrong(etag) && isStrong(known);
    if (!isProven && modified !== null && before !== undefined && modified !== before) {
      throw changedRemote(this.#entry.path);
    }
    if (!isProven && (modified === null || before === undefined)) this.#isUnproven = true;
    const total = this.#first!.total;
    if (range?.total !== undefined && total !== undefined && range.total !== total) {
      throw changedRemote(this.#entry.path);
    }
    if (this.#first!.status === 0) {
      this.#first = { ...this.#first!, status: response.status, headers: headersOf(response) };
    }
  }
}
