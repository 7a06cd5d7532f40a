/** A stand-in of Deep Lake's files and tables, on the local store. */
import { randomUUID } from 'node:crypto';
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
import { describe, disposition, listAnswer } from './answers.js';
import type { DeepLakeQuirks, DeepLakeStandIn, DeepLakeStandInOptions, FileRecord } from './options.js';
import { runSql, type Tables } from './tables.js';

export type { DeepLakeQuirks, DeepLakeStandIn, DeepLakeStandInOptions, FileRecord } from './options.js';

interface Workspace {
  readonly id: string;
  name: string;
  readonly created: number;
  readonly tables: Tables;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const EVERYTHING = '*';
const DEFAULT_PAGE = 20;
/** The table of the platform's own example. Others are made by `CREATE TABLE`, or of a file. */
const firstTables = (): Tables => ({ my_images: { columns: ['title', 'file_id'], rows: [] } });

export async function createDeepLakeStandIn(options: DeepLakeStandInOptions): Promise<DeepLakeStandIn> {
  const { store, bucket, directory, workspace = 'lab', clock = Date.now } = options;
  const files = new StoredFiles({ store, bucket, clock });
  const faults = createApiFaults();
  const quirks: DeepLakeQuirks = {
    uploadStatus: 201,
    idOnly: false,
    deleteStatus: 204,
    listShape: 'files',
    totals: true,
    largestPage: 100,
    fields: 'plain',
    errors: 'error',
    orgRequired: 0,
    ranges: true,
    stripFolders: false,
    sizeLimit: Number.POSITIVE_INFINITY,
    gatewayTimeouts: 0,
    unhealthy: false,
    ...unlimited,
    ...options.quirks,
  };
  const cors: CorsPolicy = {
    origins: ['*'],
    methods: ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
    allowHeaders: ['authorization', 'x-activeloop-org-id', 'content-type', 'range'],
    exposeHeaders: ['Content-Disposition', 'ETag', 'Accept-Ranges', 'Content-Range', 'Retry-After'],
  };
  const { state, save, flush } = openState(directory, 'deep-lake', {
    orgId: randomUUID() as string,
    tokens: [] as KnownToken[],
    workspaces: [] as Workspace[],
    /** Oldest first. */
    files: [] as FileRecord[],
  });
  const keyOf = (id: string) => `deep-lake/${id}`;

  function addWorkspace(name: string): Workspace {
    const added = { id: randomUUID(), name, created: clock(), tables: firstTables() };
    state.workspaces.push(added);
    save();
    return added;
  }
  if (!state.workspaces.some(({ name }) => name === workspace)) addWorkspace(workspace);

  function issueToken({
    seconds,
    workspaces = [EVERYTHING],
  }: {
    seconds?: number;
    workspaces?: string[];
  } = {}): string {
    const token = `dl_${randomToken(40)}`;
    state.tokens.push({
      token,
      subject: 'user-1',
      scopes: workspaces,
      ...(seconds === undefined ? {} : { expiresAt: clock() + seconds * 1000 }),
    });
    save();
    return token;
  }
  const kept = state.tokens.find(
    ({ expiresAt, revoked, scopes }) => !expiresAt && !revoked && scopes[0] === '*',
  );
  const token = kept?.token ?? issueToken();

  function memberOf(exchange: Exchange): KnownToken {
    const given = tokenOf(exchange.header('authorization'));
    const known = state.tokens.find(candidate => candidate.token === given);
    if (!known || known.revoked || (known.expiresAt ?? Number.POSITIVE_INFINITY) <= clock()) {
      throw new Refusal(401, { message: 'Invalid or expired token' });
    }
    const org = exchange.header('x-activeloop-org-id');
    if (org === undefined && quirks.orgRequired) {
      throw new Refusal(quirks.orgRequired, { message: 'X-Activeloop-Org-Id header is required' });
    }
    if (org !== undefined && org !== state.orgId) {
      throw new Refusal(403, { message: 'Not a member of this organization' });
    }
    return known;
  }

  function workspaceOf(exchange: Exchange): Workspace {
    const known = memberOf(exchange);
    const name = exchange.param('workspace');
    const found = state.workspaces.find(candidate => candidate.name === name || candidate.id === name);
    if (!found) throw new Refusal(404, { message: `Workspace '${name}' not found` });
    if (!known.scopes.includes(EVERYTHING) && !known.scopes.includes(found.name)) {
      throw new Refusal(403, { message: 'No access to this workspace' });
    }
    return found;
  }

  const filesIn = ({ id }: Workspace) => state.files.filter(file => file.workspace === id).reverse();

  function fileOf(exchange: Exchange): FileRecord {
    const { id: home } = workspaceOf(exchange);
    const id = exchange.param('id');
    if (!UUID.test(id)) throw new Refusal(422, { message: 'file_id must be a UUID' });
    const found = state.files.find(file => file.id === id.toLowerCase() && file.workspace === home);
    if (!found) throw new Refusal(404, { message: 'File not found' });
    return found;
  }

  async function addFile(
    home: Workspace,
    sent: { fileName: string; type: string; bytes: AsyncIterable<Uint8Array> | Uint8Array | string },
  ): Promise<FileRecord> {
    const id = randomUUID();
    const { size } = await files.put(keyOf(id), sent.bytes, sent.type);
    const filename = quirks.stripFolders ? sent.fileName.replace(/^.*\//s, '') : sent.fileName;
    const record = { id, workspace: home.id, filename, contentType: sent.type, size, created: clock() };
    state.files.push(record);
    save();
    return record;
  }

  function removeFile(id: string): void {
    files.remove(keyOf(id));
    state.files = state.files.filter(file => file.id !== id);
    save();
  }

  const describeWorkspace = ({ id, name, created }: Workspace) => ({
    id,
    name,
    created_at: new Date(created).toISOString(),
  });

  async function nameIn(exchange: Exchange): Promise<string> {
    const { name } = await exchange.readJsonObject();
    if (typeof name !== 'string' || name.trim() === '' || name.includes('/')) {
      throw new Refusal(422, { message: 'name is required' });
    }
    if (state.workspaces.some(other => other.name === name)) {
      throw new Refusal(409, { message: 'A workspace of this name exists' });
    }
    return name;
  }

  async function statement(exchange: Exchange): Promise<{ query: string; body: Record<string, unknown> }> {
    const body = await exchange.readJsonObject();
    if (typeof body.query !== 'string') throw new Refusal(422, { message: 'query is required' });
    return { query: body.query, body };
  }

  const ok = (exchange: Exchange) =>
    quirks.deleteStatus === 204 ? exchange.empty(204) : exchange.json(200, {});

  const routes: Route[] = [
    {
      operation: 'health',
      method: 'GET',
      path: '/health',
      handle: exchange =>
        exchange.json(quirks.unhealthy ? 503 : 200, { status: quirks.unhealthy ? 'error' : 'ok' }),
    },
    {
      operation: 'ready',
      method: 'GET',
      path: '/ready',
      handle: exchange => exchange.json(200, { status: 'ready' }),
    },
    {
      operation: 'me',
      method: 'GET',
      path: '/me',
      async handle(exchange) {
        const { subject } = memberOf(exchange);
        await exchange.json(200, { id: subject, organizations: [{ id: state.orgId, name: 'Lab' }] });
      },
    },
    {
      operation: 'organizations',
      method: 'GET',
      path: '/organizations',
      async handle(exchange) {
        memberOf(exchange);
        await exchange.json(200, [{ id: state.orgId, name: 'Lab' }]);
      },
    },
    {
      operation: 'workspaces',
      method: 'GET',
      path: '/workspaces',
      async handle(exchange) {
        const { scopes } = memberOf(exchange);
        const seen = state.workspaces.filter(
          ({ name }) => scopes.includes(EVERYTHING) || scopes.includes(name),
        );
        await exchange.json(200, { data: seen.map(describeWorkspace) });
      },
    },
    {
      operation: 'createWorkspace',
      method: 'POST',
      path: '/workspaces',
      async handle(exchange) {
        if (!memberOf(exchange).scopes.includes(EVERYTHING)) throw new Refusal(403, { message: 'Forbidden' });
        await exchange.json(201, describeWorkspace(addWorkspace(await nameIn(exchange))));
      },
    },
    {
      operation: 'updateWorkspace',
      method: 'PATCH',
      path: '/workspaces/:workspace',
      async handle(exchange) {
        const found = workspaceOf(exchange);
        found.name = await nameIn(exchange);
        save();
        await exchange.json(200, describeWorkspace(found));
      },
    },
    {
      operation: 'deleteWorkspace',
      method: 'DELETE',
      path: '/workspaces/:workspace',
      async handle(exchange) {
        const found = workspaceOf(exchange);
        for (const { id } of filesIn(found)) removeFile(id);
        state.workspaces = state.workspaces.filter(other => other !== found);
        save();
        await ok(exchange);
      },
    },
    {
      operation: 'upload',
      method: 'POST',
      path: '/workspaces/:workspace/files',
      async handle(exchange) {
        const home = workspaceOf(exchange);
        let added: FileRecord | undefined;
        try {
          for await (const part of exchange.readForm()) {
            if (part.name !== 'file' || part.fileName === undefined || added) {
              throw new Refusal(422, {
                message: `Unexpected form field '${part.name}'; expected one 'file'`,
              });
            }
            added = await addFile(home, {
              fileName: part.fileName,
              type: part.type ?? 'application/octet-stream',
              bytes: limited(part.bytes, quirks.sizeLimit),
            });
          }
        } catch (error) {
          // A refused or broken form leaves nothing.
          if (added) removeFile(added.id);
          throw error;
        }
        if (!added) throw new Refusal(422, { message: "Form field 'file' is required" });
        if (quirks.gatewayTimeouts > 0) {
          quirks.gatewayTimeouts -= 1;
          const page = '<html><title>504 Gateway Time-out</title></html>';
          return exchange.text(504, page, { 'content-type': 'text/html' });
        }
        await exchange.json(quirks.uploadStatus, quirks.idOnly ? { id: added.id } : describe(added, quirks));
      },
    },
    {
      operation: 'list',
      method: 'GET',
      path: '/workspaces/:workspace/files',
      async handle(exchange) {
        const home = workspaceOf(exchange);
        const limit = whole(exchange, 'limit', DEFAULT_PAGE, 1);
        const offset = whole(exchange, 'offset', 0, 0);
        await exchange.json(200, listAnswer(filesIn(home), { limit, offset }, quirks));
      },
    },
    {
      operation: 'info',
      method: 'GET',
      path: '/workspaces/:workspace/files/:id',
      handle: async exchange => exchange.json(200, describe(fileOf(exchange), quirks)),
    },
    {
      operation: 'download',
      method: 'GET',
      path: '/workspaces/:workspace/files/:id/content',
      async handle(exchange) {
        const { id, contentType, filename } = fileOf(exchange);
        await files.send(exchange, keyOf(id), {
          ranges: quirks.ranges,
          headers: { 'content-type': contentType, 'content-disposition': disposition(filename) },
        });
      },
    },
    {
      operation: 'delete',
      method: 'DELETE',
      path: '/workspaces/:workspace/files/:id',
      async handle(exchange) {
        removeFile(fileOf(exchange).id);
        await ok(exchange);
      },
    },
    {
      operation: 'query',
      method: 'POST',
      path: '/workspaces/:workspace/tables/query',
      async handle(exchange) {
        const home = workspaceOf(exchange);
        const { query, body } = await statement(exchange);
        const { params = [] } = body;
        if (!Array.isArray(params)) throw new Refusal(422, { message: 'params must be a list' });
        const result = runSql(home.tables, home.name, query, params);
        save();
        await exchange.json(200, result);
      },
    },
    {
      operation: 'queryBatch',
      method: 'POST',
      path: '/workspaces/:workspace/tables/query/batch',
      async handle(exchange) {
        const home = workspaceOf(exchange);
        const { query, body } = await statement(exchange);
        const batch = body.params_batch;
        if (!Array.isArray(batch) || !batch.every(Array.isArray)) {
          throw new Refusal(422, { message: 'params_batch must be a list of lists' });
        }
        // All or nothing.
        const tables = structuredClone(home.tables);
        const results = batch.map(params => runSql(tables, home.name, query, params));
        Object.assign(home.tables, tables);
        save();
        await exchange.json(200, { results });
      },
    },
    {
      operation: 'createTable',
      method: 'POST',
      path: '/workspaces/:workspace/tables',
      async handle(exchange) {
        const home = workspaceOf(exchange);
        const fields = new Map<string, string>();
        for await (const part of exchange.readForm()) fields.set(part.name, await part.text(1024 * 1024));
        const name = fields.get('table_name');
        const [head = '', ...lines] = (fields.get('file') ?? '').split(/\r?\n/).filter(Boolean);
        if (!name || !fields.has('file') || !fields.has('filename')) {
          throw new Refusal(422, { message: 'file, filename and table_name are required' });
        }
        if (home.tables[name]) throw new Refusal(409, { message: `Table '${name}' exists` });
        const columns = head.split(',');
        const rows = lines.map(line =>
          Object.fromEntries(line.split(',').map((value, index) => [columns[index] ?? index, value])),
        );
        home.tables[name] = { columns, rows };
        save();
        await exchange.json(201, { table_name: name, rows: rows.length });
      },
    },
  ];

  const server = await createApiServer({
    routes,
    cors,
    faults,
    before: limitRate(quirks),
    ...(options.port === undefined ? {} : { port: options.port }),
    envelope: ({ message, code }) =>
      quirks.errors === 'list'
        ? { detail: [{ loc: ['request'], msg: message, type: 'value_error' }] }
        : { [quirks.errors]: message, ...(code === undefined ? {} : { code }) },
  });
  const own = () => state.workspaces.find(({ name }) => name === workspace);
  const named = (name: string) => {
    const found = state.workspaces.find(candidate => candidate.name === name);
    if (!found) throw new Error(`There is no workspace ${name}.`);
    return found;
  };

  return {
    baseUrl: server.baseUrl,
    workspace,
    orgId: state.orgId,
    token,
    environment: {
      DEEP_LAKE_BASE_URL: server.baseUrl,
      DEEP_LAKE_TOKEN: token,
      DEEP_LAKE_WORKSPACE: workspace,
    },
    quirks,
    faults,
    stats: server.stats,
    cors,
    files,
    tokens: state.tokens,
    records: (name = workspace) => filesIn(named(name)),
    keyOf,
    async put(fileName, bytes, name = workspace) {
      const { id } = await addFile(named(name), { fileName, type: 'text/plain', bytes });
      return id;
    },
    rows: table => own()?.tables[table]?.rows ?? [],
    issueToken,
    async close() {
      await server.close();
      flush();
    },
  };
}

function whole({ query }: Exchange, name: string, initial: number, least: number): number {
  const text = query.get(name);
  if (text === null) return initial;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) throw new Refusal(422, { message: `${name} is not valid` });
  return value;
}

async function* limited(bytes: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw new Refusal(413, { message: 'File too large' });
    yield piece;
  }
}
