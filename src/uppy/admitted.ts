/**
 * What a drop zone is told about a selection. Types of Uppy are kept out: the elements' declarations lead here, and pages
 * without Uppy have none of them.
 */
import type { TransferJob, UploadFile, UploadInput } from '../transfer/types.js';

/** A file as the page gave it. */
export type Given = File | UploadFile;

export const isGiven = (input: UploadInput): input is Given => !('kind' in input);

/**
 * Why a file may not be uploaded: words for the person, of Uppy or of the page; `unsaid`: the page's function said no and
 * nothing else; `unchecked`: that function broke.
 */
export type Why = { readonly words: string } | 'unsaid' | 'unchecked';

/** A file that may not be uploaded. */
export interface Refused {
  readonly input: Given;
  readonly why: Why;
}

export interface Admitted {
  /** What may be uploaded, in order, as the page's functions left it. Folders and unreadable ones too. */
  readonly inputs: readonly UploadInput[];
  readonly refused: readonly Refused[];
}

/** A file that a plugin wanted to add and that may not be. */
export interface Refusal {
  readonly name: string;
  /** Bytes, where known. */
  readonly size: number | undefined;
  readonly why: Why;
}

/** Files, and their bytes as far as sizes are known. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** What became of files that were handed over. */
export interface Taken {
  readonly job: TransferJob;
  /** What the job was given, in its order. */
  readonly files: readonly UploadInput[];
}
