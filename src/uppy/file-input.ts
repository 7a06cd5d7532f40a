import type { UppyFile } from '@uppy/core';
import { type Body, getAllowedMetaFields, type LocalUppyFile, type Meta } from '@uppy/core/utils';
import type { EntryMetadata } from '../core/entry.js';
import type { UploadFile } from '../transfer/types.js';
import type { TransferUploaderOptions } from './options.js';

/** Fields of `meta` that say where a file goes and what it is. */
const ownFields = new Set(['name', 'type', 'relativePath']);

/** The path that a file of Uppy's asks for: its folder as it was dropped, its name as a person may have edited it. */
export function pathOf<M extends Meta, B extends Body>(file: UppyFile<M, B>): string {
  // `null` where a file came without a folder, in spite of its type.
  const { name, relativePath } = file.meta as { name?: string | null; relativePath?: string | null };
  const folder = relativePath ? relativePath.slice(0, relativePath.lastIndexOf('/') + 1) : '';
  return `${folder.replace(/^\/+/, '')}${name || file.name}`;
}

/** The same bytes under a name. Compressors name their result after what they are given, a camera's `Blob` after nothing. */
export const named = (data: Blob, name: string): File =>
  data instanceof File ? data : new File([data], name, { type: data.type });

/** The allowed fields of a file's `meta` as text; nothing of those that are not set. */
export function metadataOf<M extends Meta, B extends Body>(
  file: UppyFile<M, B>,
  allowed: boolean | string[] = true,
): EntryMetadata | undefined {
  const custom: Record<string, string> = {};
  for (const field of getAllowedMetaFields(allowed, file.meta)) {
    const value: unknown = file.meta[field];
    if (value === undefined || value === null) continue;
    if (allowed === true && ownFields.has(field)) continue;
    custom[field] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return Object.keys(custom).length === 0 ? undefined : { custom };
}

/** What the engine is given for a file; undefined when its bytes are not there (a restored file without its data). */
export function inputOf<M extends Meta, B extends Body>(
  file: LocalUppyFile<M, B>,
  options: TransferUploaderOptions<M, B>,
  takesMetadata: boolean,
): UploadFile | undefined {
  const { data } = file;
  if (!data) return undefined;
  const metadata = options.metadata
    ? options.metadata(file)
    : takesMetadata
      ? metadataOf(file, options.allowedMetaFields)
      : undefined;
  return {
    file: data,
    path: options.path ? options.path(file) : pathOf(file),
    size: data.size,
    type: file.type || data.type,
    ...(metadata ? { metadata } : {}),
  };
}

/** Whether a second try of a file asks for the same as the first one, so that what is stored already is of use. */
export const isSameInput = (a: UploadFile, b: UploadFile): boolean =>
  a.file === b.file &&
  a.path === b.path &&
  a.type === b.type &&
  JSON.stringify(a.metadata) === JSON.stringify(b.metadata);
