import type { UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import type { EntryMetadata } from '../core/entry.js';
import { TransferError } from '../core/errors.js';
import type { UploadExtra, UploadFile, UploadInput } from '../transfer/types.js';
import type { Given } from './admitted.js';
import { pathOf } from './file-input.js';

/** A file as the page gave it, opened. */
export interface Opened {
  readonly input: Given;
  readonly path: string;
  readonly blob: Blob;
}

/** A file in Uppy: as it came in, and as the plugins left it. */
export interface Passing extends Opened {
  readonly before: UppyFile<Meta, Body>;
  after: UppyFile<Meta, Body> | undefined;
}

/** What is kept of a file's meta fields as its own metadata. */
export type MetadataOf = (file: UppyFile<Meta, Body>) => EntryMetadata | undefined;

const givenPath = (input: Given): string =>
  input instanceof File ? input.webkitRelativePath || input.name : input.path;

export async function open(
  input: Given,
): Promise<Opened | { readonly kind: 'failed'; readonly input: Given; readonly extra: UploadExtra }> {
  const path = givenPath(input);
  if (input instanceof File) return { input, path, blob: input };
  const { file } = input;
  try {
    return { input, path, blob: typeof file === 'function' ? await file() : file };
  } catch (cause) {
    const message = `${path} can no longer be read. Choose it again.`;
    const error =
      cause instanceof TransferError
        ? cause
        : new TransferError(message, { kind: 'fatal', reason: 'unreadable', path, cause });
    return { kind: 'failed', input, extra: { kind: 'unreadable', path, error } };
  }
}

/** What is uploaded of a file that came out of Uppy; `failure`: what a plugin threw meanwhile. */
export function outcomeOf(
  { input, path, blob, before, after }: Passing,
  failure: unknown,
  metadata: MetadataOf,
): UploadInput {
  if (!after) return leftOut(path, failure ?? new Error('A plugin of this page took it out.'));
  if (after.error) return leftOut(path, new Error(after.error));
  if (after.isRemote || !after.data)
    return leftOut(path, new Error('A plugin of this page left it without content.'));
  return changed({ input, path, blob }, before, { ...after, data: after.data }, metadata);
}

/** A file as Uppy has it now. Untouched: the page's own object goes on, with its handle and all that it says. */
export function changed(
  { input, blob }: Opened,
  before: UppyFile<Meta, Body>,
  after: UppyFile<Meta, Body> & { data: Blob },
  metadataOf: MetadataOf,
): Given {
  const hasSameData = after.data === before.data;
  const isSame = hasSameData && after.meta === before.meta && after.type === before.type;
  const added = metadataOf(after);
  if (isSame && !added) return input;
  const earlier = input instanceof File ? undefined : input;
  const modified = earlier?.modified ?? (blob instanceof File ? blob.lastModified : undefined);
  const metadata = withMeta(earlier, added);
  return {
    file: after.data,
    path: pathOf(after),
    size: after.data.size,
    type: after.type,
    ...(modified === undefined ? {} : { modified }),
    ...(metadata ? { metadata } : {}),
    // A resumed upload would take the file as it lies on the disk, so changed content has no handle.
    ...(hasSameData && earlier?.handle ? { handle: earlier.handle } : {}),
  };
}

function withMeta(earlier: UploadFile | undefined, added: EntryMetadata | undefined) {
  if (!added) return earlier?.metadata;
  return { ...earlier?.metadata, custom: { ...earlier?.metadata?.custom, ...added.custom } };
}

export function leftOut(path: string, cause: unknown): UploadExtra {
  const why = cause instanceof Error ? cause.message : String(cause);
  const error = new TransferError(`${path} was not uploaded: ${why}`, {
    kind: 'fatal',
    reason: 'invalid-input',
    path,
    cause,
  });
  return { kind: 'unreadable', path, error };
}
