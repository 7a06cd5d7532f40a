/** A stand-in of smarts.bio's workspace files, on the local store. */
import {
  type CorsPolicy,
  createApiFaults,
  createApiServer,
  type Exchange,
  type KnownToken,
  limitRate,
  openState,
  Refusal,
  type Route,
  randomToken,
  StoredFiles,
  tokenOf,
  unlimited,
} from '../shared/index.js';
import { describeFile, listPage } from './listing.js';
import type {
  SmartsBioQuirks,
  SmartsBioStandIn,
  SmartsBioStandInOptions,
  SmartsBioWorkspace,
} from './options.js';
import { invalid, Records } from './records.js';
import { confirm, giveUploadUrl, takeForm, type UploadContext, type Uploaded } from './uploads.js';

export type { FileRecord, SmartsBioQuirks, SmartsBioStandIn, SmartsBioStandInOptions } from './options.js';

const SCOPES = ['query', 'tools', 'conversations', 'files'];
/** In a key's scopes: the workspaces it is bound to. */
const WORKSPACE_SCOPE = 'workspace:';
const WORKSPACES: readonly SmartsBioWorkspace[] = [
  {
    id: 'ws_abc123',
    name: 'Sequencing',
    description: 'Runs of this year',
    createdAt: '2026-01-05T10:00:00Z',
  },
  { id: 'ws_def456', name: 'Proteomics', description: '', createdAt: '2026-02-11T09:30:00Z' },
];

const CODES: Readonly<Record<number, string>> = {
  400: 'validation_error',
  401: 'auth_required',
  402: 'quota_exceeded',
  403: 'insufficient_scope',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'validation_error',
  415: 'validation_error',
  429: 'rate_limit_exceeded',
};

export async function createSmartsBioStandIn(options: SmartsBioStandInOptions): Promise<SmartsBioStandIn> {
  const { store, bucket, directory, clock = Date.now } = options;
  const files = new StoredFiles({ store, bucket, clock });
  const records = new Records(files, directory, clock);
  const faults = createApiFaults();
  const quirks: SmartsBioQuirks = {
    listShape: 'files',
    cursor: 'nextCursor',
    names: 'sdk',
    downloadName: 'downloadUrl',
    bare: false,
    emptyPathListsAll: false,
    noPath: false,
    refusesLimitAbove: Number.POSITIVE_INFINITY,
    deleteStatus: 200,
    deletesUnconfirmed: true,
    tooLargeStatus: 413,
    formLimit: 500_000_000,
    quota: Number.POSITIVE_INFINITY,
    uploadSeconds: 3600,
    downloadSeconds: 3600,
    contentRanges: false,
    ...unlimited,
    ...options.quirks,
  };
  const cors: CorsPolicy = {
    origins: ['*'],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowHeaders: ['authorization', 'content-type', 'x-api-key', 'x-smarts-client', 'accept', 'range'],
    exposeHeaders: [
      'Retry-After',
      'Content-Disposition',
      'Content-Length',
      'ETag',
      'Content-Range',
      'Accept-Ranges',
    ],
  };
  const { state, save, flush } = openState(directory, 'smarts-bio-keys', { keys: [] as KnownToken[] });

  function issueKey({
    scopes = SCOPES,
    workspaces = [],
    seconds,
  }: {
    scopes?: string[];
    workspaces?: string[];
    seconds?: number;
  } = {}): string {
    const token = `sk_live_${randomToken(32)}`;
    state.keys.push({
      token,
      subject: 'user-1',
      scopes: [...scopes, ...workspaces.map(id => WORKSPACE_SCOPE + id)],
      ...(seconds === undefined ? {} : { expiresAt: clock() + seconds * 1000 }),
    });
    save();
    return token;
  }
  const kept = state.keys.find(
    key => !key.revoked && key.expiresAt === undefined && key.scopes.length === SCOPES.length,
  );
  const apiKey = kept?.token ?? issueKey();

  function keyOfRequest(exchange: Exchange): KnownToken {
    const given = exchange.header('x-api-key') ?? tokenOf(exchange.header('authorization'));
    const known = state.keys.find(candidate => candidate.token === given);
    if (!known) throw new Refusal(401, { code: 'auth_required', message: 'A valid API key is required' });
    if (known.revoked) throw new Refusal(401, { code: 'key_revoked', message: 'This API key was revoked' });
    if (known.expiresAt !== undefined && known.expiresAt <= clock()) {
      throw new Refusal(401, { code: 'key_expired', message: 'This API key has expired' });
    }
    return known;
  }

  function requireFilesScope(exchange: Exchange): KnownToken {
    const known = keyOfRequest(exchange);
    if (!known.scopes.includes('files')) {
      throw new Refusal(403, { code: 'insufficient_scope', message: 'This key lacks the files scope' });
    }
    return known;
  }

  function workspaceOf(exchange: Exchange, id: unknown): string {
    const known = requireFilesScope(exchange);
    if (typeof id !== 'string' || id === '') {
      throw new Refusal(400, { code: 'workspace_required', message: 'workspace_id is required' });
    }
    const bound = known.scopes.filter(scope => scope.startsWith(WORKSPACE_SCOPE));
    const allowed = bound.length === 0 || bound.includes(WORKSPACE_SCOPE + id);
    if (!allowed || !WORKSPACES.some(workspace => workspace.id === id)) {
      throw new Refusal(403, {
        code: 'workspace_access_denied',
        message: 'This key may not use this workspace',
      });
    }
    return id;
  }

  /** A key that belongs to the workspace and is registered. @throws Refusal 400, 404 */
  function knownKey(value: unknown, workspace: string): string {
    if (typeof value !== 'string' || value === '') throw invalid('key is required', [{ field: 'key' }]);
    if (!value.startsWith(records.rootOf(workspace))) throw notFound();
    if (value.endsWith('/') ? !records.hasFolder(value) : !records.get(value)) throw notFound();
    return value;
  }

  const context: UploadContext = { files, records, quirks, workspaceOf };
  const success = (exchange: Exchange, data: unknown, message?: string) =>
    exchange.json(200, quirks.bare ? data : { status: 'success', data, ...(message ? { message } : {}) });
  const uploaded = (exchange: Exchange, { key, record, workspace }: Uploaded, message: string) =>
    success(exchange, describeFile(key, record, workspace, quirks), message);

  /** A route whose workspace comes in the query. */
  const fromQuery =
    (handle: (exchange: Exchange, workspace: string) => Promise<void>) => async (exchange: Exchange) =>
      handle(exchange, workspaceOf(exchange, exchange.query.get('workspace_id')));
  /** A route whose workspace comes in a JSON body. */
  const fromBody =
    (handle: (exchange: Exchange, workspace: string, body: Record<string, unknown>) => Promise<void>) =>
    async (exchange: Exchange) => {
      requireFilesScope(exchange);
      const body = await exchange.readJsonObject();
      await handle(exchange, workspaceOf(exchange, body.workspace_id), body);
    };

  const routes: Route[] = [
    {
      operation: 'workspaces',
      method: 'GET',
      path: '/v1/workspaces',
      async handle(exchange) {
        const bound = keyOfRequest(exchange).scopes.filter(scope => scope.startsWith(WORKSPACE_SCOPE));
        const allowed = WORKSPACES.filter(
          ({ id }) => bound.length === 0 || bound.includes(WORKSPACE_SCOPE + id),
        );
        await exchange.json(200, { data: allowed });
      },
    },
    {
      operation: 'list',
      method: 'GET',
      path: '/v1/files',
      handle: fromQuery(async (exchange, workspace) => {
        const page = listPage(exchange, records, workspace, quirks);
        if (quirks.listShape === 'data') await exchange.json(200, { status: 'success', ...(page as object) });
        else if (quirks.listShape === 'bare') await exchange.json(200, page);
        else await success(exchange, page);
      }),
    },
    {
      operation: 'upload',
      method: 'POST',
      path: '/v1/files/upload',
      async handle(exchange) {
        requireFilesScope(exchange);
        await uploaded(exchange, await takeForm(exchange, context), 'File uploaded');
      },
    },
    {
      operation: 'upload-url',
      method: 'POST',
      path: '/v1/files/upload-url',
      async handle(exchange) {
        requireFilesScope(exchange);
        await success(exchange, await giveUploadUrl(exchange, context));
      },
    },
    {
      operation: 'upload-confirm',
      method: 'POST',
      path: '/v1/files/upload-confirm',
      async handle(exchange) {
        requireFilesScope(exchange);
        await uploaded(exchange, await confirm(exchange, context), 'File confirmed');
      },
    },
    {
      operation: 'download',
      method: 'GET',
      path: '/v1/files/download',
      handle: fromQuery(async (exchange, workspace) => {
        const key = knownKey(exchange.query.get('key'), workspace);
        const url = await files.sign('GET', key, { seconds: quirks.downloadSeconds });
        await success(exchange, { [quirks.downloadName]: url, fileKey: key });
      }),
    },
    {
      operation: 'content',
      method: 'GET',
      path: '/v1/files/content',
      handle: fromQuery(async (exchange, workspace) => {
        const key = knownKey(exchange.query.get('key'), workspace);
        await files.send(exchange, key, { ranges: quirks.contentRanges });
      }),
    },
    {
      operation: 'delete',
      method: 'DELETE',
      path: '/v1/files',
      handle: fromQuery(async (exchange, workspace) => {
        const { query } = exchange;
        const isFolder = query.get('isFolder') === 'true';
        const given = query.get('key');
        const named = isFolder && given && !given.endsWith('/') ? `${given}/` : given;
        const unconfirmed =
          quirks.deletesUnconfirmed &&
          !isFolder &&
          named?.startsWith(records.rootOf(workspace)) &&
          files.find(named);
        const key = unconfirmed ? named! : knownKey(named, workspace);
        if (key.endsWith('/') && !isFolder) throw invalid('A folder needs isFolder=true');
        records.delete(isFolder ? records.keys(key) : [key]);
        if (quirks.deleteStatus === 204) await exchange.empty(204);
        else await exchange.json(200, { status: 'success' });
      }),
    },
    {
      operation: 'rename',
      method: 'PUT',
      path: '/v1/files/rename',
      handle: fromBody(async (exchange, workspace, body) => {
        const key = knownKey(body.fileKey, workspace);
        const folder = key.replace(/[^/]+\/?$/, '').slice(records.rootOf(workspace).length);
        const target =
          records.keyOf(workspace, folder, String(body.newName ?? '')) + (key.endsWith('/') ? '/' : '');
        if (key.endsWith('/') !== (body.isFolder === true)) throw invalid('isFolder does not fit the key');
        await records.relocate(key, target);
        await success(exchange, { newFileKey: target });
      }),
    },
    {
      operation: 'move',
      method: 'PUT',
      path: '/v1/files/move',
      handle: fromBody(async (exchange, workspace, body) => {
        const key = knownKey(body.fileKey, workspace);
        const name = key.replace(/\/$/, '').split('/').at(-1)!;
        const folder = String(body.destinationPath ?? '');
        const target = records.keyOf(workspace, folder, name) + (key.endsWith('/') ? '/' : '');
        await records.relocate(key, target);
        await success(exchange, { newFileKey: target });
      }),
    },
    {
      operation: 'folder',
      method: 'POST',
      path: '/v1/files/folder',
      handle: fromBody(async (exchange, workspace, body) => {
        const folder = `${records.keyOf(workspace, String(body.path ?? ''), String(body.name ?? ''))}/`;
        await records.createFolder(folder);
        await success(exchange, { folderKey: folder });
      }),
    },
    {
      operation: 'metadata',
      method: 'PATCH',
      path: '/v1/files/metadata',
      handle: fromBody(async (exchange, workspace, body) => {
        const key = knownKey(body.fileKey, workspace);
        const { metadata } = body;
        if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
          throw invalid('metadata must be an object', [{ field: 'metadata' }]);
        }
        const record = records.setMetadata(key, metadata as Record<string, unknown>);
        await success(exchange, describeFile(key, record, workspace, quirks));
      }),
    },
  ];

  const server = await createApiServer({
    routes,
    cors,
    faults,
    before: limitRate(quirks),
    ...(options.port === undefined ? {} : { port: options.port }),
    envelope: ({ status, code, message, details = {} }) => {
      const { errors, ...rest } = details;
      const error = code ?? CODES[status] ?? 'internal_error';
      return { status: 'error', error, message, details: rest, ...(errors ? { errors } : {}) };
    },
  });
  const [workspace] = WORKSPACES;
  const keyOf = (path: string, id = workspace!.id) => records.rootOf(id) + path;

  return {
    baseUrl: server.baseUrl,
    apiKey,
    workspaceId: workspace!.id,
    workspaces: WORKSPACES,
    environment: {
      SMARTS_BIO_BASE_URL: server.baseUrl,
      SMARTS_BIO_API_KEY: apiKey,
      SMARTS_BIO_WORKSPACE_ID: workspace!.id,
    },
    quirks,
    faults,
    stats: server.stats,
    cors,
    files,
    keys: state.keys,
    keyOf,
    has: path => records.get(keyOf(path)) !== undefined,
    recordOf: path => records.get(keyOf(path)),
    issueKey,
    openStorageToPages: open => files.openToPages(open),
    async close() {
      await server.close();
      flush();
      records.flush();
    },
  };
}

function notFound(): Refusal {
  return new Refusal(404, { code: 'not_found', message: 'File not found' });
}
