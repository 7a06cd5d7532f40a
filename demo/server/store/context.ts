import type { Call } from './call.js';
import type { Catalog } from './catalog.js';
import type { DataFiles } from './data-files.js';
import type { CorsRule } from './model.js';
import type { Faults, StoreCredential } from './options.js';

/** What every operation works on. */
export interface StoreContext {
  catalog: Catalog;
  files: DataFiles;
  faults: Faults;
  region: string;
  credentials: StoreCredential[];
  clock: () => number;
  minPartSize: number;
  /** CORS rules of buckets without a configuration of their own. */
  defaultCors: CorsRule[] | undefined;
}

/** Answers one call, or throws an S3Error. */
export type Operation = (store: StoreContext, call: Call) => Promise<void>;
