/** What all routes share: the project's buckets, who may do what, and the files that are still alive. */
import { type Exchange, type KnownToken, Refusal, tokenOf } from '../shared/index.js';
import { bad, describeBucket, microTime } from './buckets.js';
import type { BucketRecord, Role, UbiOpsQuirks } from './options.js';
import type { BackingFile, FileStorage } from './storage.js';

export type Permission = 'bucket-read' | 'bucket-write' | 'files-list' | 'files-read' | 'files-write';

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  'project-admin': ['bucket-read', 'bucket-write', 'files-list', 'files-read', 'files-write'],
  'files-reader': ['files-list', 'files-read'],
  'files-writer': ['files-list', 'files-read', 'files-write'],
  'files-reader-restricted': ['files-read'],
  'bucket-viewer': ['bucket-read'],
  'bucket-editor': ['bucket-read', 'bucket-write'],
};

export interface State {
  buckets: BucketRecord[];
  tokens: KnownToken[];
  uploads: { id: string; bucketId: string; file: string }[];
}

export interface ContextOptions {
  readonly project: string;
  readonly clock: () => number;
  readonly quirks: UbiOpsQuirks;
  readonly state: State;
  save(): void;
  storageOf(bucket: BucketRecord): FileStorage;
}

export type Context = ReturnType<typeof createContext>;

export function createContext({ project, clock, quirks, state, save, storageOf }: ContextOptions) {
  function authorize(exchange: Exchange, permission: Permission): void {
    if (quirks.rateLimited > 0) {
      quirks.rateLimited -= 1;
      const { rateLimitReset } = quirks;
      throw new Refusal(429, {
        message: 'Too many requests',
        ...(rateLimitReset === undefined ? {} : { headers: { 'x-ratelimit-reset': String(rateLimitReset) } }),
      });
    }
    const header = exchange.header('authorization');
    if (header === undefined)
      throw new Refusal(401, { message: 'Authentication credentials were not provided' });
    const given = tokenOf(header, 'Token');
    const known = state.tokens.find(candidate => candidate.token === given);
    if (!known || known.revoked || (known.expiresAt ?? Number.POSITIVE_INFINITY) <= clock()) {
      throw new Refusal(401, { message: 'Invalid token' });
    }
    if (exchange.param('project') !== project) throw new Refusal(404, { message: 'Project was not found' });
    if (known.scopes.some(role => GRANTS[role as Role]?.includes(permission))) return;
    throw new Refusal(403, { message: 'You do not have permission to perform this action' });
  }

  function bucketIn(exchange: Exchange): BucketRecord {
    const name = exchange.param('bucket');
    const bucket = state.buckets.find(candidate => candidate.name === name);
    if (bucket) return bucket;
    throw new Refusal(404, { message: `Bucket ${name} was not found` });
  }

  /** What has outlived the bucket's lifetime goes when somebody looks. */
  function isAlive({ ttl }: BucketRecord, { created }: BackingFile): boolean {
    return ttl === null || created + ttl * 1000 > clock();
  }

  async function filesOf(bucket: BucketRecord, prefix: string): Promise<BackingFile[]> {
    const storage = storageOf(bucket);
    const found = await storage.list(prefix);
    const ended = found.filter(file => !isAlive(bucket, file));
    await Promise.all(ended.map(file => storage.remove(file.name)));
    return ended.length > 0 ? found.filter(file => isAlive(bucket, file)) : found;
  }

  async function fileOf(bucket: BucketRecord, name: string): Promise<BackingFile | undefined> {
    const file = await storageOf(bucket).find(name);
    return file && isAlive(bucket, file) ? file : undefined;
  }

  async function detail(bucket: BucketRecord): Promise<Record<string, unknown>> {
    const measured = quirks.unmeasuredBuckets ? undefined : await filesOf(bucket, '');
    return {
      ...describeBucket(bucket, project),
      size: measured ? measured.reduce((sum, file) => sum + file.size, 0) : null,
      size_measurement_date: measured ? microTime(clock()) : null,
    };
  }

  function nextWish(): { seconds: number; at: number } {
    const seconds = quirks.urlSeconds;
    if (quirks.expiredUrls <= 0) return { seconds, at: clock() };
    quirks.expiredUrls -= 1;
    return { seconds, at: clock() - (seconds + 60) * 1000 };
  }

  return {
    project,
    clock,
    quirks,
    state,
    save,
    storageOf,
    authorize,
    bucketIn,
    filesOf,
    fileOf,
    detail,
    nextWish,
  };
}

/** Takes no body, or an empty dictionary. */
export async function emptyBody(exchange: Exchange): Promise<void> {
  const text = (await exchange.readText()).trim();
  if (text !== '' && text !== 'null') parseObject(text);
}

export async function bodyOf(exchange: Exchange): Promise<Record<string, unknown>> {
  return parseObject(await exchange.readText());
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below.
  }
  throw bad('The body must be a JSON dictionary');
}
