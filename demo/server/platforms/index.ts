import { join } from 'node:path';
import type { S3Store } from '../store/index.js';
import { createDeepLakeStandIn } from './deep-lake/index.js';
import { createDeepOriginStandIn } from './deep-origin/index.js';
import { createInvenioStandIn } from './invenio/index.js';
import { createSmartsBioStandIn } from './smarts-bio/index.js';
import { createUbiOpsStandIn } from './ubiops/index.js';

/** What every stand-in is given, and gives back. */
interface StandIn {
  /** How to reach it, as `NAME → value`. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}
type Create = (options: {
  store: S3Store;
  bucket: string;
  directory: string;
  port: number;
}) => Promise<StandIn>;

/** Each has a bucket of its own: closing one's storage to pages concerns the whole bucket. */
const platforms: Readonly<Record<string, Create>> = {
  'deep-origin': createDeepOriginStandIn,
  'smarts-bio': createSmartsBioStandIn,
  invenio: createInvenioStandIn,
  'deep-lake': createDeepLakeStandIn,
  ubiops: createUbiOpsStandIn,
};

export interface Platforms {
  /** Platform → how to reach its stand-in. */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  close(): Promise<void>;
}

/** Starts the stand-ins of all platforms on the local store. */
export async function openPlatforms(store: S3Store, data: string): Promise<Platforms> {
  const running: StandIn[] = [];
  const environments: Record<string, Readonly<Record<string, string>>> = {};
  for (const [name, create] of Object.entries(platforms)) {
    const bucket = `platform-${name}`;
    store.local.createBucket(bucket);
    const standIn = await create({ store, bucket, directory: join(data, name), port: 0 });
    running.push(standIn);
    environments[name] = standIn.environment;
  }
  return {
    environments,
    close: async () => {
      await Promise.all(running.map(standIn => standIn.close()));
    },
  };
}
