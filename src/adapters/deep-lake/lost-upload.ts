/**
 * The file that an upload may have made although its answer never came. Name, size and time point to candidates; the
 * content decides, because files here may share their names and a directory holds many `index.html` of one size.
 */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, LocalDelivery, TransferResponse } from '../adapter.js';
import { abortedError, noAnswerError } from '../http-errors.js';
import type { DeepLakeClient } from './client.js';
import { createdIn, type FileFacts, sizeIn } from './entries.js';
import { readApiError, SUBJECT } from './errors.js';
import { bearsName, readFiles } from './list.js';

/** Clocks of pages and servers differ by this much at most. Milliseconds. */
const CLOCK_TOLERANCE = 15 * 60_000;
/** Files that others may have added since, read in pages of the size that every server takes. */
const PAGE = 20;
const MOST_PAGES = 10;

interface Sought {
  readonly path: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly began: number;
}

export class LostUpload {
  readonly #client: DeepLakeClient;
  readonly #sought: Sought;
  /** Files that look like this one and hold other bytes. */
  readonly #others = new Set<string>();

  constructor(client: DeepLakeClient, sought: Sought) {
    this.#client = client;
    this.#sought = sought;
  }

  /** In place of another form: the answer of the file that is there already, once its content is proven. */
  async look({ signal }: CallOptions): Promise<LocalDelivery | undefined> {
    const candidate = await this.#candidate({ signal });
    if (!candidate) return undefined;
    return {
      deliver: async (body, hooks) => {
        const id = candidate.id as string;
        if (await this.#holds(id, body, hooks)) {
          this.#client.made.add(id);
          return { status: 200, headers: {}, body: JSON.stringify(candidate) };
        }
        this.#others.add(id);
        throw new TransferError('The file did not arrive: what was sent of it is not at the storage.', {
          kind: 'retry',
          reason: 'incomplete',
          retryAfter: 0,
          path: this.#sought.path,
        });
      },
    };
  }

  async #candidate({ signal }: CallOptions): Promise<FileFacts | undefined> {
    const earliest = this.#sought.began - CLOCK_TOLERANCE;
    for (let number = 0; number < MOST_PAGES; number += 1) {
      const page = await readFiles(this.#client, {
        signal,
        offset: number * PAGE,
        limit: PAGE,
        again: false,
      });
      const found = page.files.find(facts => this.#resembles(facts, earliest));
      if (found) return found;
      // The newest come first, so nothing younger follows a page that is all older.
      const times = page.files.map(createdIn).filter(time => time !== undefined);
      if (!page.more || (times.length > 0 && times.every(time => time < earliest))) return undefined;
    }
    return undefined;
  }

  #resembles(facts: FileFacts, earliest: number): boolean {
    const { fileName, size } = this.#sought;
    const id = facts.id as string;
    const created = createdIn(facts);
    const stored = sizeIn(facts);
    return (
      !this.#client.made.has(id) &&
      !this.#others.has(id) &&
      bearsName(facts, fileName) &&
      (stored === undefined || stored === size) &&
      (created === undefined || created >= earliest)
    );
  }

  /** Whether a file holds exactly these bytes. Reads both piece by piece, and no further than they agree. */
  async #holds(
    id: string,
    body: Blob,
    { signal, onSent }: { signal: AbortSignal; onSent(bytes: number): void },
  ): Promise<boolean> {
    const url = this.#client.url('files', id, 'content');
    const headers = await this.#client.headers({ signal });
    let offset = 0;
    try {
      // The client for control calls reads text; a redirect would take the organisation's header along.
      const response = await fetch(url, { headers, signal, credentials: 'omit', redirect: 'error' });
      if (!response.ok) throwRefusal(await answerOf(response), this.#sought.path);
      const reader = response.body?.getReader();
      for (; reader; ) {
        const { done, value } = await reader.read();
        if (done) break;
        const ours = new Uint8Array(await body.slice(offset, offset + value.length).arrayBuffer());
        if (ours.length !== value.length || !ours.every((byte, index) => byte === value[index])) {
          await reader.cancel();
          return false;
        }
        offset += value.length;
        onSent(offset);
      }
    } catch (error) {
      if (signal.aborted) throw abortedError();
      if (error instanceof TransferError) {
        if (error.reason === 'not-found') return false;
        throw error;
      }
      throw noAnswerError(url, SUBJECT);
    }
    if (offset !== body.size) return false;
    onSent(offset);
    return true;
  }
}

function throwRefusal(answer: TransferResponse, path: string): never {
  throw readApiError(answer, path) ?? noAnswerError(answer.url ?? '', SUBJECT);
}

async function answerOf(response: Response): Promise<TransferResponse> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: (await response.text()).slice(0, 4096),
  };
}
