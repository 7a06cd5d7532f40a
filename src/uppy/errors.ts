import { TransferError } from '../core/errors.js';

/** A restored file without its data. */
export const dataGone = ({ name }: { name: string }): TransferError =>
  new TransferError(`The content of ${name} is not in this page any more. Choose the file again.`, {
    kind: 'fatal',
    reason: 'unreadable',
    path: name,
  });

/** The page's own `path` or `metadata` threw. */
export const inputError = ({ name }: { name: string }, cause: unknown): TransferError =>
  new TransferError(
    `${name} was not uploaded: this page could not say where to store it${cause instanceof Error ? ` (${cause.message})` : ''}.`,
    { kind: 'fatal', reason: 'invalid-input', path: name, cause },
  );

/** The uploader was taken out of Uppy in the middle. */
export const uploaderGone = (): TransferError =>
  new TransferError('The upload was ended: its uploader was removed from the page.', {
    kind: 'fatal',
    reason: 'aborted',
  });
