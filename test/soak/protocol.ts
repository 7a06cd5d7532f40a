/** What driver and page say to each other. JSON only. */
import type { ItemState, JobState } from '../../src/transfer/types.js';
import type { PlannedFile, StorageName } from './plan.js';

/** How the page reaches a storage. */
export interface StorageAccess {
  readonly name: StorageName;
  /** For the S3 ones: origins that reach the bucket, and who signs. */
  readonly bucketUrls?: readonly string[];
  readonly signUrl?: string;
  /** For the platforms: address, and where to ask for a token that works now. */
  readonly baseUrl?: string;
  readonly tokenUrl?: string;
  /** Organisation, workspace, record or project. */
  readonly place?: string;
}

export interface PageConfig {
  readonly seed: number;
  readonly storages: readonly StorageAccess[];
}

/** One file to upload, in its version of the moment. */
export type GivenFile = Pick<PlannedFile, 'file' | 'path' | 'size' | 'isKept'> & { readonly version: number };

export interface ItemReport {
  readonly index: number;
  readonly path: string;
  readonly state: ItemState;
  readonly reason?: string;
  readonly kind?: string;
  readonly message?: string;
  readonly status?: number;
  /** Of what was stored. */
  readonly id?: string;
  readonly level?: string;
  readonly skipped?: string;
  /** Of what was downloaded. */
  readonly sha256?: string;
}

export interface JobReport {
  readonly id: string;
  readonly storage: StorageName;
  readonly kind: string;
  readonly state: JobState;
  readonly paused: boolean;
  readonly open: number;
  readonly failed: number;
  readonly acknowledged: number;
  /** Items that have changed since they were asked for last. */
  readonly changed: readonly ItemReport[];
}

export interface PageReport {
  readonly jobs: readonly JobReport[];
  /** What must never happen and did. */
  readonly violations: readonly string[];
  /** Promises that are open: what they are of. */
  readonly pending: readonly string[];
  readonly journalProblem: string | undefined;
}

export interface ResumeReport {
  readonly storage: StorageName;
  readonly paths: readonly string[];
  readonly notResumed: readonly { readonly path: string; readonly why: string }[];
}

export type Order = 'pause' | 'resume' | 'cancel' | 'retry';
