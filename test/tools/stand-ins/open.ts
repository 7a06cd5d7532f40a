/** Stand-ins of platforms for browser tests: the part of `local-servers.ts` that a page reaches as `StandIn`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiFaults, ApiStats, StoredFiles } from '../../../demo/server/platforms/shared/index.js';
import { createS3Store, type S3Store } from '../../../demo/server/store/index.js';

/** What every stand-in offers. */
export interface AnyStandIn {
  readonly baseUrl: string;
  readonly quirks: object;
  readonly faults: ApiFaults;
  readonly stats: ApiStats;
  readonly files: StoredFiles;
  close(): Promise<void>;
}

/** What a file of this folder exports as `open`, under the platform's name as the file's name. */
export type OpenStandIn = (context: { store: S3Store; bucket: string; quirks: object }) => Promise<{
  readonly standIn: AnyStandIn;
  /** What the page needs to connect. JSON. */
  readonly info: Readonly<Record<string, unknown>>;
  /** Where a path lies in the storage; undefined when the platform does not show it. */
  keyOf(path: string): string | undefined;
  /** What a test may ask beyond what all have. Answers are JSON. */
  readonly calls?: Readonly<Record<string, (...parameters: never[]) => unknown>>;
}>;

interface Running extends Awaited<ReturnType<OpenStandIn>> {
  readonly store: S3Store;
  readonly directory: string;
}

const running = new Map<string, Running>();
const bucket = 'platform';
let count = 0;

const sharedCalls: Record<string, (one: Running, ...parameters: never[]) => unknown> = {
  async stored({ standIn, keyOf }, path: string) {
    const key = keyOf(path);
    if (key === undefined || !standIn.files.find(key)) return null;
    const parts: Buffer[] = [];
    for await (const part of standIn.files.read(key)) parts.push(part);
    return Buffer.concat(parts).toString('base64');
  },
  setQuirks: ({ standIn }, quirks: object) => void Object.assign(standIn.quirks, quirks),
  failNext: ({ standIn }, rule: Parameters<ApiFaults['failNext']>[0]) => void standIn.faults.failNext(rule),
  failNextAtStorage: ({ store }, rule: Parameters<S3Store['faults']['failNext']>[0]) =>
    void store.faults.failNext(rule),
  stats: ({ standIn, store }) => ({ api: standIn.stats.log, storage: store.stats.log }),
  resetStats({ standIn, store }) {
    standIn.stats.reset();
    store.stats.reset();
  },
  openStorageToPages: ({ standIn }, open: boolean) => standIn.files.openToPages(open),
};

async function open(name: string, quirks: object): Promise<Record<string, unknown>> {
  if (!/^[a-z-]+$/.test(name)) throw new Error(`“${name}” is no name of a platform.`);
  const module = (await import(`./${name}.ts`)) as { open: OpenStandIn };
  const directory = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const store = await createS3Store({
    directory,
    credentials: [
      { accessKeyId: 'STANDINACCESSKEY0001', secretAccessKey: 'stand-in-secret-of-nobody-000001' },
    ],
    buckets: [bucket],
    cors: { origins: ['*'] },
  });
  const opened = await module.open({ store, bucket, quirks });
  const id = String(++count);
  running.set(id, { ...opened, store, directory });
  return { id, baseUrl: opened.standIn.baseUrl, storageOrigin: store.endpoint, ...opened.info };
}

async function close(id: string): Promise<void> {
  const one = running.get(id);
  running.delete(id);
  await one?.standIn.close();
  await one?.store.close();
  if (one) await rm(one.directory, { recursive: true, force: true });
}

/** Answers what `StandIn` asks: `{ open, quirks }`, `{ id, call, parameters }` or `{ id, close }`. */
export async function answerStandIn(question: Record<string, unknown>): Promise<unknown> {
  if (typeof question.open === 'string')
    return open(question.open, (question.quirks as object | undefined) ?? {});
  const id = String(question.id);
  if (question.close === true) return close(id);
  const one = running.get(id);
  if (!one) throw new Error(`There is no stand-in ${id}.`);
  const name = String(question.call);
  const parameters = question.parameters as never[];
  const own = one.calls?.[name];
  if (own) return own(...parameters);
  const shared = sharedCalls[name];
  if (!shared) throw new Error(`Nothing is called ${name}.`);
  return shared(one, ...parameters);
}

export function closeStandIns(): Promise<unknown> {
  return Promise.allSettled([...running.keys()].map(close));
}
