/** A stand-in of an InvenioRDM or NRP repository, on the local store. */
import {
  type CorsPolicy,
  createApiFaults,
  createApiServer,
  limitRate,
  openState,
  randomToken,
  StoredFiles,
  unlimited,
} from '../shared/index.js';
import type { Context } from './context.js';
import { discoveryRoutes } from './discovery.js';
import { fileRoutes } from './files.js';
import type { RepositoryState } from './model.js';
import type { InvenioQuirks, InvenioStandIn, InvenioStandInOptions } from './options.js';
import { createDraft, recordRoutes } from './records.js';

export type { InvenioQuirks, InvenioStandIn, InvenioStandInOptions } from './options.js';

const PERSON = 'user-1';

/** What a page of another site needs; real repositories have CORS off until the operator turns it on. */
function defaultCors(): CorsPolicy {
  return {
    origins: ['*'],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowHeaders: [
      'authorization',
      'accept',
      'content-type',
      'range',
      'content-md5',
      'if-match',
      'x-csrftoken',
    ],
    exposeHeaders: [
      'ETag',
      'Link',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Content-Type',
      'Content-Range',
      'Accept-Ranges',
      'Content-Disposition',
      'Content-MD5',
      'Retry-After',
    ],
  };
}

export async function createInvenioStandIn(options: InvenioStandInOptions): Promise<InvenioStandIn> {
  const { store, bucket, directory, model, clock = Date.now } = options;
  const files = new StoredFiles({ store, bucket, clock });
  const faults = createApiFaults();
  const cors = defaultCors();
  const sources = new Map(Object.entries(options.sources ?? {}));
  const quirks: InvenioQuirks = {
    storage: 'local',
    transfers: ['L', 'F', 'R', 'M'],
    knowsTransfers: true,
    remoteForPeople: false,
    fetchHosts: [],
    fetchPolls: 2,
    md5DelayPolls: 2,
    checksumAfterParts: 'multipart',
    redirectSeconds: 60,
    partUrlSeconds: 604_800,
    maxFiles: 100,
    maxFileSize: 10_000_000_000,
    quota: 10_000_000_000,
    proxyLimit: 50_000_000_000,
    archiveLimit: 10_000_000_000,
    anonymousDraft: 403,
    workflow: 'none',
    oldEntries: false,
    generatorTag: true,
    ...unlimited,
    ...options.quirks,
  };
  const initial: RepositoryState = { tokens: [], records: {}, requests: {} };
  const { state, save, flush } = openState(directory, 'invenio', initial);
  const context: Context = {
    state,
    save,
    quirks,
    files,
    clock,
    model,
    sources,
    recordsPath: `/api/${model ?? 'records'}`,
    userPath: `/api/user/${model ?? 'records'}`,
  };

  function issueToken({
    subject = PERSON,
    expiresAt,
  }: {
    subject?: string;
    expiresAt?: number;
  } = {}): string {
    const token = randomToken(60);
    state.tokens.push({ token, subject, scopes: [], ...(expiresAt === undefined ? {} : { expiresAt }) });
    save();
    return token;
  }
  const kept = state.tokens.find(
    ({ subject, revoked, expiresAt }) => subject === PERSON && !revoked && !expiresAt,
  );
  const token = kept?.token ?? issueToken();

  const server = await createApiServer({
    routes: [...discoveryRoutes(context), ...fileRoutes(context), ...recordRoutes(context)],
    cors,
    faults,
    before: limitRate(quirks),
    ...(options.port === undefined ? {} : { port: options.port }),
    envelope: ({ status, message, details }) => ({
      status,
      message,
      ...details,
    }),
  });
  const { baseUrl, stats } = server;

  return {
    baseUrl,
    token,
    tokens: state.tokens,
    environment: { INVENIO_BASE_URL: baseUrl, INVENIO_TOKEN: token },
    quirks,
    faults,
    cors,
    stats,
    sources,
    issueToken,
    async stored(id, key, draft = true) {
      const record = state.records[id];
      const face = draft ? record?.draft : record?.published;
      const file = face?.areas.files.find(one => one.key === key);
      if (file?.status !== 'completed' || !files.find(file.object)) return undefined;
      const pieces: Buffer[] = [];
      for await (const piece of files.read(file.object)) pieces.push(piece);
      return new Uint8Array(Buffer.concat(pieces));
    },
    createDraft: (title = 'A dataset') =>
      createDraft(
        context,
        PERSON,
        {
          title,
          creators: [{ person_or_org: { type: 'personal', family_name: 'Doe', given_name: 'Jo' } }],
          publication_date: '2026-01-31',
          resource_type: { id: 'dataset' },
        },
        true,
      ).id,
    async close() {
      await server.close();
      flush();
    },
  };
}
