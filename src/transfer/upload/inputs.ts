import { TransferError } from '../../core/errors.js';
import type { KeptUpload } from '../journal.js';
import type { UploadExtra, UploadFile, UploadInput } from '../types.js';
import { BlobParts, type PartSource } from './part-source.js';

/** Something with bytes to upload. The page's own object: nothing is copied for a file that only waits. */
export type FileInput = File | UploadFile;

export const isExtra = (input: UploadInput): input is UploadExtra => 'kind' in input;
const isFile = (input: FileInput): input is File => input instanceof Blob;

/** Path of an input below the target folder. */
export function relativePath(input: UploadInput): string {
  if (!isExtra(input) && isFile(input)) return input.webkitRelativePath || input.name;
  return input.path;
}

export function sizeOf(input: FileInput): number | undefined {
  if (isFile(input)) return input.size;
  return input.size ?? (typeof input.file === 'function' ? undefined : input.file.size);
}

/** Why a path cannot be stored under; undefined when it can. */
export function pathProblem(path: string): string | undefined {
  const name = path.endsWith('/') ? path.slice(0, -1) : path;
  if (name === '') return 'A file without a name cannot be stored.';
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.' || segment === '..') {
      return `“${path}” is no path below the chosen folder. Rename the file and try again.`;
    }
  }
  return undefined;
}

/** A file as it was when its turn came. */
export interface OpenedFile {
  /** All bytes; empty where {@link parts} is all there is. */
  readonly blob: Blob;
  readonly parts: PartSource;
  readonly size: number;
  readonly type: string;
  readonly modified: number | undefined;
}

/** Opens the bytes. Rejects with `TransferError` (`unreadable`) or whatever the page's opener threw. */
export async function openInput(input: FileInput): Promise<OpenedFile> {
  const blob = isFile(input) ? input : typeof input.file === 'function' ? await input.file() : input.file;
  const extra = isFile(input) ? undefined : input;
  const lastModified = blob instanceof File ? blob.lastModified : undefined;
  return {
    blob,
    parts: new BlobParts(blob),
    size: blob.size,
    type: extra?.type ?? blob.type,
    modified: extra?.modified ?? lastModified,
  };
}

/** Whether opening it again gives the file as it is then, and not as it was when it was chosen. */
export const canBeReopened = (input: FileInput): boolean =>
  !isFile(input) && typeof input.file === 'function';

export const handleOf = (input: FileInput): FileSystemFileHandle | undefined =>
  isFile(input) ? undefined : input.handle;

/** A file whose upload an earlier page began. */
export interface EarlierFile extends UploadFile {
  readonly earlier: KeptUpload;
}

export const earlierOf = (input: FileInput): KeptUpload | undefined =>
  'earlier' in input ? (input as EarlierFile).earlier : undefined;

/** Another file in the place of one that cannot be sent, with what was wanted for that. */
export function inPlaceOf(input: FileInput, instead: FileInput): FileInput {
  if (isFile(input)) return instead;
  const { path, metadata } = input;
  const wanted = { path, ...(metadata === undefined ? {} : { metadata }) };
  return isFile(instead) ? { ...wanted, file: instead } : { ...wanted, ...instead, path };
}

export const metadataOf = (input: FileInput) => (isFile(input) ? undefined : input.metadata);

function changedError(path: string): TransferError {
  return new TransferError(
    `${path} changed on disk since its upload began. Nothing of the old version is mixed with the new one: choose it again to upload the new version.`,
    { kind: 'fatal', reason: 'changed-local', path },
  );
}

/**
 * Whether a file is still the one that was opened: a browser tells a changed file as a broken connection, or not at
 * all. Resolves to what is wrong; undefined when nothing is.
 */
export async function localProblem(
  input: FileInput,
  opened: OpenedFile,
  path: string,
): Promise<TransferError | undefined> {
  const handle = handleOf(input);
  try {
    if (handle) {
      const now = await handle.getFile();
      const before = opened.blob instanceof File ? opened.blob.lastModified : undefined;
      if (now.size !== opened.size || (before !== undefined && now.lastModified !== before)) {
        return changedError(path);
      }
    }
    // Reading one byte makes the browser compare the file with its memory of it.
    await opened.blob.slice(0, 1).arrayBuffer();
    return undefined;
  } catch (error) {
    return unreadableError(path, error);
  }
}

function unreadableError(path: string, error: unknown): TransferError {
  const gone = error instanceof DOMException && error.name === 'NotFoundError';
  return new TransferError(
    gone
      ? `${path} was moved or removed from this computer while it was uploaded. Choose it again.`
      : `${path} can no longer be read: it was changed on disk since it was chosen, or may not be opened. Choose it again.`,
    { kind: 'fatal', reason: 'unreadable', path, cause: error },
  );
}

/** Reads a small file once for its checksums and its sending: what is checked is what goes out. */
export async function readWhole(blob: Blob, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw unreadableError(path, error);
  }
}
