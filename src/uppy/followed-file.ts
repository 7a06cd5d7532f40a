import type { Uppy } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import type { UploadFile } from '../transfer/types.js';
import type { MetadataTaken } from './file-input.js';
import type { TransferUploaderOptions } from './options.js';

/** A file on its way, from Uppy's side. */
export interface Followed {
  readonly id: string;
  readonly index: number;
  readonly input: UploadFile;
  /** What Uppy was told last. */
  bytes: number;
  /** Paused in Uppy before the engine had an item to pause. */
  isPausedFirst: boolean;
  isRemoved: boolean;
  /** Told when it has ended. */
  waiting: (() => void)[];
}

/** On whose behalf, and in which way. */
export interface Following<M extends Meta, B extends Body> {
  readonly uppy: Uppy<M, B>;
  readonly options: TransferUploaderOptions<M, B>;
  readonly taken: MetadataTaken;
}

/** How a file came out of `FollowedJob.ended`. */
export type Ending = 'stored' | 'failed' | 'gone';
