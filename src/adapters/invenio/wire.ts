/** What a repository answers, as far as it is read here. Everything may be missing: versions differ. */
import type { TransferResponse } from '../adapter.js';
import { readJson } from '../http.js';

export type Json = Readonly<Record<string, unknown>>;

export interface PartLink {
  readonly part?: number;
  readonly url?: string;
  readonly expiration?: string;
}

export interface FileJson {
  readonly key: string;
  readonly created?: string;
  readonly updated?: string;
  readonly status?: string;
  readonly size?: number;
  readonly mimetype?: string;
  readonly checksum?: string;
  readonly metadata?: Json | null;
  readonly access?: Json;
  readonly transfer?: {
    readonly type?: string;
    readonly parts?: number;
    readonly part_size?: number;
    readonly error?: string;
  };
  readonly file_id?: string;
  readonly version_id?: string;
  readonly bucket_id?: string;
  readonly links?: {
    readonly self?: string;
    readonly content?: string | null;
    readonly commit?: string;
    readonly parts?: readonly PartLink[];
  };
}

export interface FilesJson {
  readonly enabled?: boolean;
  readonly entries?: readonly FileJson[];
}

export interface RecordJson {
  readonly id: string;
  readonly created?: string;
  readonly revision_id?: number;
  readonly status?: string;
  readonly is_published?: boolean;
  readonly is_draft?: boolean;
  readonly metadata?: Json;
  readonly files?: { readonly enabled?: boolean; readonly count?: number; readonly total_bytes?: number };
  readonly links?: Readonly<Record<string, unknown>>;
  /** What a draft that was saved lacks to be published. */
  readonly errors?: unknown;
}

export interface SearchJson {
  readonly hits?: { readonly hits?: readonly RecordJson[]; readonly total?: number };
  readonly links?: { readonly next?: string };
}

export const SUBJECT = 'The repository';

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The answer as an object. @throws TransferError (`invalid-answer`) */
export function objectOf(response: TransferResponse): Json {
  const value = readJson(response, SUBJECT);
  return isObject(value) ? value : {};
}

export function linkOf(record: RecordJson, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const link = record.links?.[name];
    if (typeof link === 'string') return link;
  }
  return undefined;
}

/** Milliseconds since 1970; undefined for no date. */
export function timeOf(date: string | undefined): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : time;
}
