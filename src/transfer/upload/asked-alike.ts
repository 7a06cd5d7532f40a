import type { KeptUpload } from '../journal.js';
import type { UploadOptions } from '../types.js';
import { intentOf } from './file-intent.js';
import { type FileInput, openInput } from './inputs.js';

/**
 * Whether an upload that an earlier page began was asked for as the page would ask for it now: what it has stored by
 * then carries the metadata and the checks of then.
 */
export async function isAskedAlike(
  { path, wishes }: KeptUpload,
  input: FileInput,
  options: UploadOptions,
): Promise<boolean> {
  const { conflict = 'replace', verify } = options;
  const { type, checksum, metadata } = intentOf(path, input, await openInput(input), options);
  return (
    type === wishes.type &&
    checksum === wishes.checksum &&
    verify === wishes.verify &&
    JSON.stringify(metadata) === JSON.stringify(wishes.metadata) &&
    // Asked to replace nothing, it was seen to have nothing in its way; asked to replace, it did not look.
    (conflict !== 'replace') === expectsFree(wishes)
  );
}

/** Whether the path was free when the upload began, and was to be: what is there later is somebody else's. */
export const expectsFree = ({ expectsFree: expected, createOnly }: KeptUpload['wishes']): boolean =>
  expected ?? Boolean(createOnly);
