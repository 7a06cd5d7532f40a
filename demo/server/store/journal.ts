import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * An append-only log of JSON lines. Appending is synchronous: checking a condition, writing the record and changing the
 * state happen without another request in between, which is what makes every change atomic.
 */
export class Journal<Entry> {
  readonly #path: string;
  #descriptor: number;
  #length = 0;

  /** Reads what is there; a last line that a crash cut off is dropped. */
  constructor(directory: string, replay: (entry: Entry) => void) {
    this.#path = join(directory, 'journal.ndjson');
    rmSync(`${this.#path}.new`, { force: true });
    if (!existsSync(this.#path)) closeSync(openSync(this.#path, 'w'));
    this.#descriptor = openSync(this.#path, 'r+');
    for (const { line, end } of this.#lines()) {
      try {
        replay(JSON.parse(line) as Entry);
      } catch (error) {
        throw new Error(`The store's journal is damaged before byte ${end}.`, { cause: error });
      }
      this.#length = end;
    }
    ftruncateSync(this.#descriptor, this.#length);
  }

  append(entries: readonly Entry[]): void {
    const bytes = Buffer.from(entries.map(entry => `${JSON.stringify(entry)}\n`).join(''));
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#length + done);
      }
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#length);
      throw error;
    }
    this.#length += bytes.length;
  }

  /** Replaces the whole log by these entries. */
  compact(entries: Iterable<Entry>): void {
    const descriptor = openSync(`${this.#path}.new`, 'w+');
    let length = 0;
    let batch: string[] = [];
    const flush = () => {
      const bytes = Buffer.from(batch.join(''));
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(descriptor, bytes, done, bytes.length - done, length + done);
      }
      length += bytes.length;
      batch = [];
    };
    for (const entry of entries) {
      batch.push(`${JSON.stringify(entry)}\n`);
      if (batch.length === 1000) flush();
    }
    flush();
    renameSync(`${this.#path}.new`, this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#length = length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  *#lines(): Generator<{ line: string; end: number }> {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    let end = 0;
    for (let position = 0; ; ) {
      const read = readSync(this.#descriptor, chunk, 0, chunk.length, position);
      if (read === 0) return;
      position += read;
      const text = Buffer.concat([rest, chunk.subarray(0, read)]);
      let start = 0;
      for (let stop = text.indexOf(10); stop >= 0; stop = text.indexOf(10, start)) {
        end += stop + 1 - start;
        yield { line: text.toString('utf8', start, stop), end };
        start = stop + 1;
      }
      rest = text.subarray(start);
    }
  }
}
