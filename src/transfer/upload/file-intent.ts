import type { UploadIntent } from '../../adapters/adapter.js';
import type { EntryMetadata } from '../../core/entry.js';
import type { UploadOptions } from '../types.js';
import { type FileInput, metadataOf, type OpenedFile } from './inputs.js';

/** What is to become of one file, by what the job was asked and what the file brings along. */
export function intentOf(
  path: string,
  input: FileInput,
  opened: OpenedFile,
  options: UploadOptions,
): UploadIntent {
  const { metadata: common, checksum = 'auto', partSize } = options;
  const shared = typeof common === 'function' ? common(path) : common;
  const metadata = mergeMetadata(shared, metadataOf(input));
  return {
    path,
    size: opened.size,
    type: opened.type,
    checksum,
    ...(opened.modified === undefined ? {} : { modified: opened.modified }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(partSize === undefined ? {} : { partSize }),
  };
}

function mergeMetadata(
  shared: EntryMetadata | undefined,
  own: EntryMetadata | undefined,
): EntryMetadata | undefined {
  if (!shared || !own) return own ?? shared;
  return {
    ...(shared.headers || own.headers ? { headers: { ...shared.headers, ...own.headers } } : {}),
    ...(shared.custom || own.custom ? { custom: { ...shared.custom, ...own.custom } } : {}),
    ...(shared.tags || own.tags ? { tags: { ...shared.tags, ...own.tags } } : {}),
  };
}
