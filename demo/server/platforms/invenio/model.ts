/** What the repository keeps. Plain data: it is written to a file as it is. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { KnownToken } from '../shared/index.js';
import type { TransferLetter } from './options.js';

export type Area = 'files' | 'media-files';

export interface FileState {
  key: string;
  created: number;
  updated: number;
  status: 'pending' | 'completed' | 'failed';
  size?: number;
  checksum?: string;
  metadata: Record<string, unknown> | null;
  hidden: boolean;
  transfer: { type: TransferLetter; url?: string; parts?: number; part_size?: number; error?: string };
  fileId: string;
  versionId: string;
  /** Key of the content in the store. */
  object: string;
  /** Bytes came. */
  received: boolean;
  /** Id of the upload at the object storage; absent when parts come through the API. */
  uploadId?: string;
  /** Sizes of the parts that came through the API, by number. */
  partSizes?: Record<string, number>;
  /** Looks until something in the background is done. */
  polls: number;
}

/** A draft, or a published version. */
export interface Face {
  revision: number;
  created: number;
  updated: number;
  metadata: Record<string, unknown>;
  enabled: boolean;
  /** Its files may not be changed. */
  locked: boolean;
  bucketId: string;
  areas: Record<Area, FileState[]>;
  access: Record<string, unknown>;
}

export interface RecordState {
  id: string;
  owner: string;
  parent: string;
  version: number;
  draft?: Face | undefined;
  published?: Face | undefined;
  deleted?: boolean;
}

export interface RequestState {
  id: string;
  record: string;
  status: 'created' | 'submitted' | 'accepted';
}

export interface RepositoryState {
  tokens: KnownToken[];
  records: Record<string, RecordState>;
  requests: Record<string, RequestState>;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** As InvenioRDM makes them: `abcde-12345`. */
export function recordId(): string {
  const letters = Array.from(randomBytes(10), byte => ALPHABET[byte % ALPHABET.length]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

export function newFace(now: number, metadata: Record<string, unknown>, enabled = true): Face {
  return {
    revision: 4,
    created: now,
    updated: now,
    metadata,
    enabled,
    locked: false,
    bucketId: randomUUID(),
    areas: { files: [], 'media-files': [] },
    access: { record: 'public', files: 'public' },
  };
}

/** It was changed. */
export function touch(face: Face, now: number): void {
  face.revision += 1;
  face.updated = now;
}
