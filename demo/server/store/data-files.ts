import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, unlink } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from './errors.js';
import type { Segment } from './model.js';

interface Entry {
  size: number;
  /** Objects, parts and running downloads that need the file. */
  holders: number;
}

/**
 * The bytes on disk. A file is written under a random name that no client chose, counts for nothing until the journal
 * names it, and goes when the last object, part or running download that needs it is gone.
 */
export class DataFiles {
  readonly #directory: string;
  readonly #entries = new Map<string, Entry>();
  #stored = 0;
  #beingWritten = 0;
  #swept = false;

  constructor(
    directory: string,
    readonly capacity: number,
  ) {
    this.#directory = join(directory, 'data');
    for (let i = 0; i < 256; i++)
      mkdirSync(join(this.#directory, i.toString(16).padStart(2, '0')), { recursive: true });
  }

  /** Bytes on disk, those of running uploads included. */
  get used(): number {
    return this.#stored + this.#beingWritten;
  }

  /** @throws S3Error InsufficientStorage when the bytes do not fit any more */
  reserve(bytes: number): void {
    if (this.used + bytes > this.capacity) throw new S3Error('InsufficientStorage');
    this.#beingWritten += bytes;
  }

  unreserve(bytes: number): void {
    this.#beingWritten -= bytes;
  }

  async create(): Promise<{ file: string; handle: FileHandle }> {
    const file = randomBytes(16).toString('hex');
    return { file, handle: await open(this.#path(file), 'wx') };
  }

  /** A file that was written and not committed. */
  discard(file: string): void {
    unlink(this.#path(file), () => undefined);
  }

  openForReading(file: string): Promise<FileHandle> {
    return open(this.#path(file), 'r');
  }

  hold(segments: readonly Segment[]): void {
    for (const { file, offset, length } of segments) {
      const entry = this.#entries.get(file);
      if (entry) entry.holders++;
      else {
        this.#entries.set(file, { size: offset + length, holders: 1 });
        this.#stored += offset + length;
      }
    }
  }

  release(segments: readonly Segment[]): void {
    for (const { file } of segments) {
      const entry = this.#entries.get(file);
      if (!entry || --entry.holders > 0) continue;
      this.#entries.delete(file);
      this.#stored -= entry.size;
      if (this.#swept) this.discard(file);
    }
  }

  /**
   * Removes what a crash left: files nothing names. To be called after the journal was replayed; nothing is removed
   * before, since a later entry may take up a file that an earlier one let go.
   */
  sweep(): void {
    this.#swept = true;
    for (const folder of readdirSync(this.#directory)) {
      for (const file of readdirSync(join(this.#directory, folder))) {
        if (!this.#entries.has(file)) this.discard(file);
      }
    }
  }

  #path(file: string): string {
    return join(this.#directory, file.slice(0, 2), file);
  }
}
