import type { UploadInput } from '../transfer/types.js';
import type { Amount, Refusal, Taken } from './admitted.js';
import type { MetadataTaken } from './file-input.js';

/** What stands behind Uppy: a drop zone, say. */
export interface FrontHost {
  /** Uploads files that plugins added (a camera, a web address). Resolves to undefined where none is uploaded. */
  take(files: readonly UploadInput[]): Promise<Taken | undefined>;
  /** Tells the person something. */
  say(text: string): void;
  /** Tells the person and the page that files are not taken. */
  refuse(refusals: readonly Refusal[]): void;
  /** A file of another site was stored by Companion, which gave the page none of it. */
  storedElsewhere(name: string): void;
  /** Why nothing is taken from the person at all, in words; undefined: something is. */
  off(): string | undefined;
  /** Files that are stored, on their way or just being read. */
  given(): Amount;
  /** What the storage says about metadata. */
  taken(): MetadataTaken;
}
