/** Files of a record as entries. Their names may hold slashes, and folders follow from those. */
import type { Checksum } from '../../core/checksum.js';
import type { Entry, StorageAction } from '../../core/entry.js';
import { nameOf } from '../../core/path.js';
import type { UploadOutcome } from '../adapter.js';
import { type FileJson, timeOf } from './wire.js';

/** `md5:<hex>`; other forms (`multipart:…`, none yet) say nothing about the whole content. */
export function checksumsOf(checksum: string | undefined): readonly Checksum[] {
  const hex = /^md5:([0-9a-f]{32})$/i.exec(checksum ?? '')?.[1];
  if (hex === undefined) return [];
  const bytes = hex.match(/../g)!.map(pair => Number.parseInt(pair, 16));
  return [{ algorithm: 'md5', value: btoa(String.fromCharCode(...bytes)), scope: 'full' }];
}

export function isComplete(file: FileJson): boolean {
  return file.status === undefined || file.status === 'completed';
}

/** Old servers give sizes as decimal fractions. An unfinished file's is what was announced, not what is there. */
export function sizeOf(file: FileJson): number | undefined {
  const size = Number(file.size ?? Number.NaN);
  return isComplete(file) && Number.isFinite(size) ? Math.round(size) : undefined;
}

const NEEDS_CONTENT: readonly StorageAction[] = ['resolveDownload', 'archive'];

export function fileEntry(file: FileJson): Entry {
  const { key, status, mimetype } = file;
  const size = sizeOf(file);
  const modified = timeOf(file.updated);
  const created = timeOf(file.created);
  const checksums = checksumsOf(file.checksum);
  return {
    id: key,
    path: key,
    name: nameOf(key),
    kind: 'file',
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified }),
    ...(created === undefined ? {} : { created }),
    ...(mimetype ? { type: mimetype } : {}),
    ...(checksums.length > 0 ? { checksums } : {}),
    ...(status === undefined ? {} : { status }),
    ...(isComplete(file) ? {} : { refuses: refusalsOf(file) }),
    extra: {
      metadata: file.metadata ?? {},
      ...(file.access ? { access: file.access } : {}),
      ...(file.transfer?.type ? { transfer: file.transfer.type } : {}),
      ...(file.checksum ? { checksum: file.checksum } : {}),
      ...(file.file_id ? { fileId: file.file_id } : {}),
      ...(file.version_id ? { versionId: file.version_id } : {}),
    },
  };
}

function refusalsOf({ status, transfer }: FileJson): NonNullable<Entry['refuses']> {
  const reason =
    status === 'failed'
      ? 'The repository could not get this file. Delete it and upload it again.'
      : transfer?.type === 'F'
        ? 'The repository is still fetching this file.'
        : 'The upload of this file is not finished. Upload it again, or delete it.';
  return Object.fromEntries(NEEDS_CONTENT.map(action => [action, reason]));
}

export function folderEntry(path: string): Entry {
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'folder',
    refuses: { archive: 'The repository packs all files of a record together, not single folders.' },
  };
}

/** What the repository says it holds after an upload. */
export function outcomeOf(file: FileJson): UploadOutcome {
  const size = sizeOf(file);
  const checksums = checksumsOf(file.checksum);
  return {
    path: file.key,
    id: file.key,
    ...(size === undefined ? {} : { size }),
    ...(checksums.length > 0 ? { checksums } : {}),
    body: file,
  };
}
