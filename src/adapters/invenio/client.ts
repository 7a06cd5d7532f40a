/** One repository, and one face of one record in it, as its calls see them. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, TransferResponse } from '../adapter.js';
import { createHttpClient, type HttpClient } from '../http.js';
import { askForToken } from '../page-function.js';
import { withRetry } from '../retry.js';
import { type InvenioErrorContext, readDownloadError, readInvenioError } from './errors.js';
import { checkOptions, faceOf, type InvenioOptions, type RecordFace, repositoryUrlOf } from './options.js';
import { type FileJson, type FilesJson, type Json, objectOf, SUBJECT } from './wire.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CallInvenioOptions extends CallOptions {
  /** Attempts in all. Default 1: a plan's calls are repeated by the engine. */
  readonly attempts?: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  /** Statuses that are an answer here, not an error. */
  readonly accept?: readonly number[];
  /** Milliseconds until the answer must have begun. */
  readonly timeout?: number;
}

/** What was learned of a repository while it was used; shared by the adapters of all its records. */
export interface Learned {
  /** Drafts whose files are frozen, by container id. */
  readonly frozen: Set<string>;
  /** It refused to take a file in parts. */
  noParts: boolean;
  /** It refused metadata that no person had given. */
  noMarks: boolean;
}

export class InvenioClient {
  readonly options: InvenioOptions;
  readonly origin: string;
  readonly baseUrl: string;
  readonly recordsUrl: string;
  readonly face: RecordFace | undefined;
  readonly learned: Learned;
  /** Names of the record's files as of the last answer that held them all. */
  names: ReadonlySet<string> | undefined;
  readonly #http: HttpClient;
  /** The token that was refused last, to tell a renewed one from the same one again. Never leaves this object. */
  #refused: string | undefined;
  #handed: string | undefined;

  constructor(options: InvenioOptions, face?: RecordFace, learned?: Learned) {
    checkOptions(options);
    this.options = options;
    this.baseUrl = repositoryUrlOf(options.baseUrl);
    this.origin = new URL(this.baseUrl).origin;
    this.recordsUrl = (options.recordsUrl ?? `${this.baseUrl}/api/records`).replace(/\/+$/, '');
    this.face = face;
    this.learned = learned ?? { frozen: new Set(), noParts: false, noMarks: false };
    const { getToken } = options;
    this.#http = createHttpClient({
      subject: SUBJECT,
      ...(getToken ? { token: { origin: this.origin, getToken: async call => getToken(call) } } : {}),
    });
  }

  /** The same repository, another record. */
  open(containerId: string): InvenioClient {
    return new InvenioClient(this.options, faceOf(containerId), this.learned);
  }

  /** @throws TransferError when no record was chosen yet. */
  get record(): RecordFace {
    if (this.face) return this.face;
    throw new TransferError('No record is chosen yet. Choose one, or create a draft.', {
      kind: 'fatal',
      reason: 'invalid-input',
    });
  }

  get draft(): boolean {
    return this.face?.draft === true;
  }

  recordUrl({ id, draft }: RecordFace = this.record): string {
    return `${this.recordsUrl}/${encodeURIComponent(id)}${draft ? '/draft' : ''}`;
  }

  get filesUrl(): string {
    return `${this.recordUrl()}/${this.options.area ?? 'files'}`;
  }

  /** Address of one file; a slash in its name stays one. */
  fileUrl(path: string): string {
    return `${this.filesUrl}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  /**
   * A link of an answer as an address to send to, or `fallback` where it is none. Servers behind a proxy often write
   * `http:` for their own host; that stays with this origin, where the token belongs.
   */
  follow(link: string | null | undefined, fallback: string): string {
    if (!link || !URL.canParse(link, this.baseUrl)) return fallback;
    const url = new URL(link, this.baseUrl);
    if (!/^https?:$/.test(url.protocol)) return fallback;
    const own = new URL(this.origin);
    if (url.host === own.host) url.protocol = own.protocol;
    return url.href;
  }

  /** How often a call that may be repeated is attempted. */
  get attempts(): number {
    return this.options.attempts ?? 5;
  }

  /** Sends one control call. @throws TransferError for every refusal that is not accepted. */
  send(method: Method, url: string, options: CallInvenioOptions): Promise<TransferResponse> {
    const { signal, attempts = 1, json, headers, path, accept, timeout = this.options.timeout } = options;
    return withRetry(
      async () => {
        const response = await this.#http.send(
          {
            method,
            url,
            headers: { accept: 'application/json', ...headers },
            ...(json === undefined ? {} : { json }),
            ...(timeout === undefined ? {} : { timeout }),
          },
          { signal },
        );
        if (!accept?.includes(response.status)) {
          const error = readInvenioError(response, this.#context(path));
          if (error) throw error;
        }
        return response;
      },
      { signal, attempts },
    );
  }

  /** A call whose answer is a JSON object. */
  async json<T = Json>(method: Method, url: string, options: CallInvenioOptions): Promise<T> {
    return objectOf(await this.send(method, url, options)) as T;
  }

  /** One file's entry; undefined when the record has none of that name. */
  async file(path: string, options: CallInvenioOptions): Promise<FileJson | undefined> {
    const response = await this.send('GET', this.fileUrl(path), { path, ...options, accept: [404] });
    if (response.status === 404) {
      const error = readInvenioError(response, this.#context(path))!;
      if (/persistent identifier/i.test(error.serverMessage ?? '')) throw error;
      return undefined;
    }
    return objectOf(response) as unknown as FileJson;
  }

  /** Takes note of an answer that lists all files. */
  noteFiles({ entries = [] }: FilesJson): void {
    this.names = new Set(entries.map(entry => entry.key));
  }

  /**
   * The header that lets a content request in, for the repository's own origin alone.
   * @throws TransferError (`unauthorized`) when the token that was just refused is given again.
   */
  async authorization(
    url: string,
    { signal, attempt = 1 }: CallOptions & { attempt?: number },
  ): Promise<Record<string, string>> {
    const { getToken } = this.options;
    if (!getToken || new URL(url).origin !== this.origin) return {};
    const token = await askForToken(getToken, { signal });
    if (token === undefined) return {};
    if (attempt > 1 && token === this.#refused) {
      throw readInvenioError({ status: 401, headers: {}, body: '' }, this.#context(undefined))!;
    }
    this.#handed = token;
    return { authorization: `Bearer ${token}` };
  }

  /** Reads the answer to content: as any other, but an ended token may be renewed. */
  readContentError(response: TransferResponse, path: string): TransferError | undefined {
    return this.#renewable(readInvenioError(response, this.#context(path)), response);
  }

  readDownloadError(response: TransferResponse, path: string): TransferError | undefined {
    return this.#renewable(readDownloadError(response, this.origin, this.#context(path)), response);
  }

  #renewable(error: TransferError | undefined, { status }: TransferResponse): TransferError | undefined {
    if (!error || status !== 401 || !this.#handed) return error;
    this.#refused = this.#handed;
    const { message, reason, serverMessage, path } = error;
    return new TransferError(message, {
      kind: 're-sign',
      reason,
      status,
      ...(serverMessage === undefined ? {} : { serverMessage }),
      ...(path === undefined ? {} : { path }),
    });
  }

  #context(path: string | undefined): InvenioErrorContext {
    return { path, draft: this.draft };
  }
}
