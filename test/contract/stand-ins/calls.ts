import type {
  ApiFaultRule,
  ApiFaults,
  ApiStats,
  StoredFiles,
} from '../../../demo/server/platforms/shared/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import { joined } from '../../adapters/support/open-store.js';
import type { OpenStandIn } from '../../tools/local-servers.js';

/** What a page may ask of a stand-in whose files lie in the store under one key for each path. */
export function callsOf(
  store: S3Store,
  standIn: {
    readonly files: StoredFiles;
    readonly faults: ApiFaults;
    readonly stats: ApiStats;
    readonly quirks: object;
  },
  keyOf: (path: string) => string | undefined,
): OpenStandIn['calls'] {
  const { files, faults, quirks, stats } = standIn;
  return {
    /** In base64; null for nothing. */
    async stored(path: string) {
      const key = keyOf(path);
      if (key === undefined || !files.find(key)) return null;
      return Buffer.from(await joined(files.read(key))).toString('base64');
    },
    setQuirks: (changes: object) => void Object.assign(quirks, changes),
    failNext: (rule: ApiFaultRule) => void faults.failNext(rule),
    openStorageToPages: (open: boolean) => files.openToPages(open),
    /** What both origins saw. */
    log: () => ({ api: stats.log, storage: store.stats.log }),
  };
}
