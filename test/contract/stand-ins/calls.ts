import { createHash } from 'node:crypto';
import type {
  ApiFaultRule,
  ApiFaults,
  ApiStats,
  KnownToken,
  StoredFiles,
} from '../../../demo/server/platforms/shared/index.js';
import type { S3Store } from '../../../demo/server/store/index.js';
import { joined } from '../../adapters/support/open-store.js';
import { traceOf } from '../../faults/recovery.js';
import type { OpenStandIn } from '../../tools/local-servers.js';

/** What a page may do to any stand-in and to the storage behind it. */
export function faultCalls(
  store: S3Store,
  bucket: string,
  {
    faults,
    stats,
    tokens,
    renew,
  }: {
    readonly faults: ApiFaults;
    readonly stats: ApiStats;
    /** Those given out. */
    readonly tokens: readonly KnownToken[];
    /** Gives out a new one. */
    renew(): string;
  },
): OpenStandIn['calls'] {
  return {
    setFaults: (changes: Partial<ApiFaults>) => void Object.assign(faults, changes),
    failNext: (rule: ApiFaultRule) => void faults.failNext(rule),
    failStorage: (rule: Parameters<S3Store['faults']['failNext']>[0]) => void store.faults.failNext(rule),
    resetFaults: () => {
      faults.reset();
      store.faults.reset();
    },
    /** Requests to both, as far as troubles and what followed them are concerned. */
    trace: () => [
      ...stats.log.map(({ operation, started, ended, fault, status }) => ({
        what: operation,
        started,
        ended,
        fault,
        status,
      })),
      ...traceOf(store.stats.log),
    ],
    /** Uploads in parts that are neither completed nor aborted. */
    unfinished: () => store.local.uploads(bucket),
    /** No token that was given out is good any more, but the one that this answers. */
    renewToken() {
      for (const known of tokens) known.expiresAt = 1;
      return renew();
    },
  };
}

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
    /** For what is too large to travel in JSON. SHA-256 in hex; null for nothing. */
    async digest(path: string) {
      const key = keyOf(path);
      if (key === undefined || !files.find(key)) return null;
      const hash = createHash('sha256');
      for await (const chunk of files.read(key)) hash.update(chunk);
      return hash.digest('hex');
    },
    setQuirks: (changes: object) => void Object.assign(quirks, changes),
    failNext: (rule: ApiFaultRule) => void faults.failNext(rule),
    openStorageToPages: (open: boolean) => files.openToPages(open),
    /** What both origins saw. */
    log: () => ({ api: stats.log, storage: store.stats.log }),
  };
}
