import { TransferError } from '../../core/errors.js';
import type { UploadOutcome } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { outcomeOf } from './entries.js';
import { uploadGone } from './errors.js';
import { requireSameEntry } from './start.js';
import type { FileJson } from './wire.js';

/** Completing a file of ten thousand parts takes minutes. */
const COMMIT_TIMEOUT = 180_000;

/** The last step of an upload. A second attempt first looks whether the first one did its work. */
export class Commit {
  readonly #client: InvenioClient;
  readonly #path: string;
  #tried = 0;

  constructor(client: InvenioClient, path: string) {
    this.#client = client;
    this.#path = path;
  }

  /** Attempts so far. */
  get tried(): number {
    return this.#tried;
  }

  async run(signal: AbortSignal, file: Promise<FileJson>): Promise<UploadOutcome> {
    const client = this.#client;
    const path = this.#path;
    const { links, created } = await file;
    const url = client.follow(links?.commit, `${client.fileUrl(path)}/commit`);
    if (this.#tried > 0) {
      const seen = await client.file(path, { signal });
      if (!seen) throw uploadGone(path);
      requireSameEntry(seen, created);
      if (seen.status === 'completed') return outcomeOf(seen);
    }
    this.#tried += 1;
    const response = await client.send('POST', url, {
      signal,
      json: {},
      path,
      timeout: Math.max(COMMIT_TIMEOUT, client.options.timeout ?? 0),
      accept: [404],
    });
    const committed = await this.#entryOf(response.status === 404 ? '' : response.body, signal);
    requireSameEntry(committed, created);
    if (committed.status === 'failed') {
      throw uploadGone(path, 'The repository could not close the file, so it has to be sent again.');
    }
    if (committed.status === 'pending') {
      throw new TransferError('The repository has not closed the file yet.', {
        kind: 'retry',
        reason: 'server',
        path,
      });
    }
    const { status, headers } = response;
    return { ...outcomeOf(committed), response: { status, headers } };
  }

  /** The answer should be the entry; if it is not, the entry is asked for. */
  async #entryOf(body: string, signal: AbortSignal): Promise<FileJson> {
    try {
      const file = JSON.parse(body) as FileJson;
      if (file?.key === this.#path) return file;
    } catch {
      // Asked for below.
    }
    const file = await this.#client.file(this.#path, { signal });
    if (!file) throw uploadGone(this.#path);
    return file;
  }
}
