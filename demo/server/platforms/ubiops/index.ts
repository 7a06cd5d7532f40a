/** A stand-in of UbiOps' buckets and files, on the local store and on doubles of the other storages. */
import {
  type CorsPolicy,
  createApiFaults,
  createApiServer,
  openState,
  type Route,
  randomToken,
  StoredFiles,
} from '../shared/index.js';
import { createAzureDouble } from './azure-double.js';
import { azureStorage } from './azure-storage.js';
import { bucketRoutes } from './bucket-routes.js';
import { connectionString, newBucket } from './buckets.js';
import { createContext, type State } from './context.js';
import { fileRoutes } from './file-routes.js';
import { createGoogleDouble } from './google-double.js';
import type { BucketRecord, Role, UbiOpsQuirks, UbiOpsStandIn, UbiOpsStandInOptions } from './options.js';
import { s3Storage } from './s3-storage.js';
import type { FileStorage } from './storage.js';

export type { AzureEndpoint, Role, UbiOpsQuirks, UbiOpsStandIn, UbiOpsStandInOptions } from './options.js';

const YEAR = 365 * 24 * 3600;
const WEEK = 604_800;

export async function createUbiOpsStandIn(options: UbiOpsStandInOptions): Promise<UbiOpsStandIn> {
  const { store, bucket: storeBucket, directory, project = 'project-1', clock = Date.now } = options;
  const files = new StoredFiles({ store, bucket: storeBucket, clock });
  const faults = createApiFaults();
  const cors: CorsPolicy = {
    origins: ['*'],
    methods: ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
    allowHeaders: ['authorization', 'content-type', 'accept'],
    exposeHeaders: ['x-ratelimit-reset', 'Retry-After'],
  };
  const values: UbiOpsQuirks = {
    prefixesWithSlash: false,
    lateSize: false,
    unmeasuredBuckets: false,
    missingDownload: 'refused',
    uploadUrlStatus: 200,
    fullStatus: 400,
    errorField: 'error',
    hideEtag: false,
    hideRateLimitReset: false,
    expiredUrls: 0,
    rateLimited: 0,
    rateLimitReset: 1,
    urlSeconds: 3600,
    azureWantsVersion: true,
    // The official client takes no empty reason.
    status: { status: 'ok', reason: 'All services are running' },
  };
  // What pages may read is decided by the servers' CORS rules, so turning these takes effect there.
  const quirks: UbiOpsQuirks = new Proxy(values, {
    set(target, name, value) {
      Reflect.set(target, name, value);
      if (name === 'hideEtag') {
        store.faults.hideETag = value as boolean;
        google.hideEtag(value as boolean);
        azure?.hideEtag(value as boolean);
      }
      if (name === 'hideRateLimitReset') {
        cors.exposeHeaders = value ? ['Retry-After'] : ['x-ratelimit-reset', 'Retry-After'];
      }
      return true;
    },
  });
  const google = await createGoogleDouble(files, { directory, clock });
  const azure = options.azure ? undefined : await createAzureDouble(files, { quirks, clock });
  Object.assign(quirks, options.quirks);

  const now = clock();
  const { state, save, flush } = openState<State>(directory, 'ubiops', {
    buckets: [newBucket({ name: 'default', ttl: WEEK, description: 'Default bucket' }, () => false, now)],
    tokens: [],
    uploads: [],
  });

  function issueToken({
    seconds = YEAR,
    roles = ['project-admin'],
  }: {
    seconds?: number;
    roles?: Role[];
  } = {}): string {
    const token = randomToken(40);
    state.tokens.push({ token, subject: 'user-1', scopes: roles, expiresAt: clock() + seconds * 1000 });
    save();
    return token;
  }
  const kept = state.tokens.find(
    ({ scopes, revoked, expiresAt = 0 }) =>
      scopes.includes('project-admin') && !revoked && expiresAt > clock() + 86_400_000,
  );
  const token = kept?.token ?? issueToken();

  const storages = new Map<string, FileStorage>();
  function storageOf(bucket: BucketRecord): FileStorage {
    const id = JSON.stringify([bucket.id, bucket.credentials, bucket.configuration]);
    let storage = storages.get(id);
    if (!storage) storages.set(id, (storage = openStorage(bucket)));
    return storage;
  }

  function openStorage({ id, provider, credentials, configuration }: BucketRecord): FileStorage {
    const { bucket, container, prefix } = configuration as Record<string, string>;
    switch (provider) {
      case 'ubiops':
        return s3Storage(files, `ubiops/${id}/`, clock, quirks);
      case 'amazon_s3':
        return s3Storage(files, `amazon_s3/${bucket}/${prefix}`, clock, quirks);
      case 'google_cloud_storage':
        return google.storage(bucket!, prefix ?? '');
      case 'azure_blob_storage': {
        const { account, key } = connectionString(String(credentials.connection_string));
        const endpoint = options.azure ?? azure!.endpoint(account, key);
        return azureStorage(endpoint, container!, prefix ?? '', clock, quirks);
      }
    }
  }

  const context = createContext({ project, clock, quirks, state, save, storageOf });
  const routes: Route[] = [
    {
      operation: 'status',
      method: 'GET',
      path: '/status',
      handle: exchange => exchange.json(200, quirks.status),
    },
    ...bucketRoutes(context),
    ...fileRoutes(context),
  ];

  const server = await createApiServer({
    // A client that appends the version to an address with one still means this API.
    routes: ['/v2.1', '/v2.1/v2.1'].flatMap(mount =>
      routes.map(route => ({ ...route, path: mount + route.path })),
    ),
    cors,
    faults,
    ...(options.port === undefined ? {} : { port: options.port }),
    envelope: ({ message }) => ({ [quirks.errorField]: message }),
  });
  const baseUrl = `${server.baseUrl}/v2.1`;

  return {
    baseUrl,
    project,
    token,
    environment: { UBIOPS_BASE_URL: baseUrl, UBIOPS_TOKEN: token, UBIOPS_PROJECT: project },
    quirks,
    faults,
    stats: server.stats,
    cors,
    tokens: state.tokens,
    google,
    azure,
    files,
    issueToken,
    async stored(name, file) {
      const bucket = state.buckets.find(candidate => candidate.name === name);
      return bucket && storageOf(bucket).read(file);
    },
    async close() {
      await Promise.all([server.close(), google.close(), azure?.close()]);
      flush();
    },
  };
}
