import type { UppyFile } from '@uppy/core';
import type { Body, LocalUppyFile, Meta } from '@uppy/core/utils';
import type { Capabilities } from '../adapters/adapter.js';
import type { EntryMetadata } from '../core/entry.js';
import type { UploadFile } from '../transfer/types.js';
import type { TransferUploaderOptions } from './options.js';
import { getAllowedMetaFields } from './peer.js';

/** Fields of `meta` that say where a file goes and what it is. */
const ownFields = new Set(['name', 'type', 'relativePath']);

/** What a storage says about metadata. */
export type MetadataTaken = Pick<Capabilities, 'uploadMetadata' | 'metadataNames'>;

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

/** Fields of `meta` that are set and wanted, with their values. */
function fieldsOf<M extends Meta, B extends Body>(
  file: UppyFile<M, B>,
  allowed: boolean | string[] = true,
): [name: string, value: unknown][] {
  return getAllowedMetaFields(allowed, file.meta).flatMap((field): [string, unknown][] => {
    const value: unknown = file.meta[field];
    const isWanted = value !== undefined && value !== null && !(allowed === true && ownFields.has(field));
    return isWanted ? [[field, value]] : [];
  });
}

/** The allowed fields of a file's `meta` as text, as far as their names match; nothing of those that are not set. */
export function metadataOf<M extends Meta, B extends Body>(
  file: UppyFile<M, B>,
  allowed?: boolean | string[],
  names?: RegExp,
): EntryMetadata | undefined {
  const kept = fieldsOf(file, allowed).filter(([field]) => !names || names.test(field));
  if (kept.length === 0) return undefined;
  const text = (value: unknown): string =>
    typeof value === 'object' ? JSON.stringify(value) : String(value);
  return { custom: Object.fromEntries(kept.map(([field, value]) => [field, text(value)])) };
}

/** The allowed fields of `meta` whose names a storage cannot take. */
export function fieldsLeftOut<M extends Meta, B extends Body>(
  file: UppyFile<M, B>,
  options: Pick<TransferUploaderOptions<M, B>, 'allowedMetaFields' | 'metadata'>,
  { uploadMetadata, metadataNames }: MetadataTaken,
): readonly string[] {
  if (options.metadata || !uploadMetadata || !metadataNames) return [];
  return fieldsOf(file, options.allowedMetaFields).flatMap(([field]) =>
    metadataNames.test(field) ? [] : field,
  );
}

/** What the engine is given for a file; undefined when its bytes are not there (a restored file without its data). */
export function inputOf<M extends Meta, B extends Body>(
  file: LocalUppyFile<M, B>,
  options: TransferUploaderOptions<M, B>,
  { uploadMetadata, metadataNames }: MetadataTaken,
): UploadFile | undefined {
  const { data } = file;
  if (!data) return undefined;
  const metadata = options.metadata
    ? options.metadata(file)
    : uploadMetadata
      ? metadataOf(file, options.allowedMetaFields, metadataNames)
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
