/** A stand-in of Deep Origin's file service, on the local store. */
import {
  type CorsPolicy,
  createApiFaults,
  createApiServer,
  type Exchange,
  jsonWebToken,
  type KnownToken,
  limitRate,
  openState,
  Refusal,
  type Route,
  randomToken,
  StoredFiles,
  tokenOf,
  unlimited,
  zipOf,
} from '../shared/index.js';
import { fetchSource } from './import.js';
import { listPage } from './listing.js';
import type { DeepOriginQuirks, DeepOriginStandIn, DeepOriginStandInOptions } from './options.js';

export type { DeepOriginQuirks, DeepOriginStandIn, DeepOriginStandInOptions } from './options.js';

const OCTETS = 'application/octet-stream';
/** Organisations that everybody may read and nobody may change. */
const PUBLIC = ['shared'];
const YEAR = 365 * 24 * 3600;

export async function createDeepOriginStandIn(options: DeepOriginStandInOptions): Promise<DeepOriginStandIn> {
  const { store, bucket, directory, orgKey = 'org-1', clock = Date.now } = options;
  const files = new StoredFiles({ store, bucket, clock });
  const sources = new Map(Object.entries(options.sources ?? {}));
  const faults = createApiFaults();
  const quirks: DeepOriginQuirks = {
    folders: 'keys',
    keysOnly: false,
    tokenName: 'continuationToken',
    prefix: 'relative',
    errors: 'nest',
    plainUploadAnswer: false,
    falseDeletes: 0,
    directRanges: false,
    zipNames: 'full',
    formLimit: Number.POSITIVE_INFINITY,
    urlSeconds: 900,
    signContentType: true,
    urlMissing: false,
    modifiedHeader: 'last-modified',
    unhealthy: false,
    importStatus: 200,
    ...unlimited,
    ...options.quirks,
  };
  const cors: CorsPolicy = {
    origins: ['*'],
    methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS'],
    allowHeaders: ['authorization', 'content-type', 'range', 'accept'],
    exposeHeaders: [
      'ETag',
      'Last-Modified',
      'Content-Length',
      'x-last-modified',
      'x-amz-storage-class',
      'Content-Range',
      'Accept-Ranges',
      'Content-Disposition',
      'Retry-After',
    ],
  };
  const { state, save, flush } = openState(directory, 'deep-origin', {
    secret: randomToken(40),
    tokens: [] as KnownToken[],
  });

  function issueToken({
    seconds = YEAR,
    organisations = [orgKey],
  }: {
    seconds?: number;
    organisations?: string[];
  } = {}) {
    const now = Math.floor(clock() / 1000);
    const claims = { sub: 'user-1', iat: now, exp: now + seconds, jti: randomToken(12) };
    const token = jsonWebToken(claims, state.secret);
    state.tokens.push({ token, subject: 'user-1', scopes: organisations, expiresAt: (now + seconds) * 1000 });
    save();
    return token;
  }
  const kept = state.tokens.find(
    ({ expiresAt = 0, revoked }) => !revoked && expiresAt > clock() + 86_400_000,
  );
  const token = kept?.token ?? issueToken();

  const root = (org: string) => `deep-origin/${org}/`;

  /** Checks the token and the organisation. */
  function organisationOf(exchange: Exchange, change: boolean): string {
    const given = tokenOf(exchange.header('authorization'));
    const known = state.tokens.find(candidate => candidate.token === given);
    if (!known || known.revoked || (known.expiresAt ?? Number.POSITIVE_INFINITY) <= clock()) {
      throw new Refusal(401, { message: 'Unauthorized' });
    }
    const org = exchange.param('org');
    if (known.scopes.includes(org) || (PUBLIC.includes(org) && !change)) return org;
    throw new Refusal(403, { message: 'Forbidden resource' });
  }

  /** The key of the path in the URL. The service's own routes do not know empty segments. */
  function keyIn(exchange: Exchange, org: string): string {
    const raw = exchange.rawParam('path');
    if (raw === '' || raw.startsWith('/') || raw.includes('//')) {
      throw new Refusal(404, { message: `Cannot ${exchange.method} ${exchange.path}` });
    }
    return root(org) + exchange.param('path');
  }

  const routes: Route[] = [
    {
      operation: 'health',
      method: 'GET',
      path: '/files/health',
      async handle(exchange) {
        const status = quirks.unhealthy ? 'down' : 'up';
        const service = { 'file-service': { status } };
        await exchange.json(quirks.unhealthy ? 503 : 200, {
          status: quirks.unhealthy ? 'error' : 'ok',
          info: quirks.unhealthy ? {} : service,
          error: quirks.unhealthy ? service : {},
          details: service,
        });
      },
    },
    {
      operation: 'version',
      method: 'GET',
      path: '/files/version',
      handle: exchange => exchange.json(200, { version: '1.0.0' }),
    },
    {
      operation: 'list',
      method: 'GET',
      path: '/files/:org/directory/*path',
      async handle(exchange) {
        const org = organisationOf(exchange, false);
        const raw = exchange.rawParam('path');
        if (raw.startsWith('/') || raw.includes('//')) throw new Refusal(404, { message: 'Not Found' });
        const path = exchange.param('path');
        const base = path === '' || path.endsWith('/') ? path : `${path}/`;
        const start = root(org);
        const objects = files
          .list(start + base)
          .map(object => ({ ...object, key: object.key.slice(start.length) }));
        await exchange.json(200, listPage(exchange, objects, base, quirks));
      },
    },
    {
      operation: 'signedUrl',
      method: 'GET',
      path: '/files/:org/signedUrl/*path',
      async handle(exchange) {
        const upload = exchange.query.get('upload') === 'true';
        const key = keyIn(exchange, organisationOf(exchange, upload));
        const url = await files.sign(upload ? 'PUT' : 'GET', key, {
          seconds: quirks.urlSeconds,
          ...(upload && quirks.signContentType ? { contentType: OCTETS } : {}),
        });
        await exchange.json(200, quirks.urlMissing ? {} : { url });
      },
    },
    {
      operation: 'zip',
      method: 'GET',
      path: '/files/:org/zip/*path',
      async handle(exchange) {
        const org = organisationOf(exchange, false);
        const path = exchange.param('path');
        const base = path === '' || path.endsWith('/') ? path : `${path}/`;
        const objects = files.list(root(org) + base).filter(({ key }) => !key.endsWith('/'));
        if (objects.length === 0) throw new Refusal(404, { message: 'Directory not found' });
        const cut = root(org).length + (quirks.zipNames === 'full' ? 0 : base.length);
        const { size, bytes } = zipOf(
          objects.map(object => ({
            name: object.key.slice(cut),
            size: object.size,
            modified: object.lastModified,
            bytes: () => files.read(object.key),
          })),
        );
        await exchange.stream(
          200,
          { 'content-type': 'application/zip', 'content-length': String(size) },
          bytes,
        );
      },
    },
    ...(['GET', 'HEAD'] as const).map(
      (method): Route => ({
        operation: method === 'GET' ? 'download' : 'stat',
        method,
        path: '/files/:org/*path',
        async handle(exchange) {
          const org = organisationOf(exchange, false);
          // The routes above take these first segments, and a HEAD asks the route of its GET.
          if (/^(?:directory|signedUrl|zip)\//.test(exchange.rawParam('path'))) {
            throw new Refusal(404, { message: `Cannot ${method} ${exchange.path}` });
          }
          const key = keyIn(exchange, org);
          const object = files.find(key);
          if (!object) throw new Refusal(404, { message: 'File not found' });
          if (quirks.modifiedHeader === 'x-last-modified') {
            exchange.response.setHeader('x-last-modified', new Date(object.lastModified).toUTCString());
          }
          await files.send(exchange, key, {
            ranges: quirks.directRanges,
            headers: { 'x-amz-storage-class': 'STANDARD' },
            without: quirks.modifiedHeader === 'x-last-modified' ? ['last-modified'] : [],
          });
        },
      }),
    ),
    {
      operation: 'upload',
      method: 'PUT',
      path: '/files/:org/*path',
      async handle(exchange) {
        const org = organisationOf(exchange, true);
        const key = keyIn(exchange, org);
        for await (const part of exchange.readForm()) {
          // Text beside the file is passed over; a second file, or one of another name, is not expected.
          if (part.name !== 'file' && part.fileName === undefined) continue;
          if (part.name !== 'file') throw new Refusal(400, { message: 'Unexpected field' });
          const object = await files.put(key, limited(part.bytes, quirks.formLimit), OCTETS);
          return exchange.json(200, {
            eTag: `"${object.etag}"`,
            ...(quirks.plainUploadAnswer
              ? { key: exchange.param('path') }
              : { s3: { bucketName: bucket, bucketorgKey: org, bucketRegion: store.region } }),
          });
        }
        throw new Refusal(400, { message: 'file is required' });
      },
    },
    {
      operation: 'import',
      method: 'POST',
      path: '/files/:org/*path',
      async handle(exchange) {
        const key = keyIn(exchange, organisationOf(exchange, true));
        const { url } = await exchange.readJsonObject();
        const source = await fetchSource(url, sources, exchange.signal);
        const object = await files.put(key, source.bytes, source.type);
        await exchange.json(quirks.importStatus, {
          eTag: `"${object.etag}"`,
          key: exchange.param('path'),
          sourceUrl: url,
        });
      },
    },
    {
      operation: 'delete',
      method: 'DELETE',
      path: '/files/:org/*path',
      async handle(exchange) {
        const key = keyIn(exchange, organisationOf(exchange, true));
        if (quirks.falseDeletes > 0) {
          quirks.falseDeletes -= 1;
          return exchange.json(200, false);
        }
        const found = files.list(key).filter(object => key.endsWith('/') || object.key === key);
        for (const object of found) files.remove(object.key);
        await exchange.json(200, found.length > 0);
      },
    },
  ];

  const server = await createApiServer({
    routes,
    cors,
    faults,
    before: limitRate(quirks),
    ...(options.port === undefined ? {} : { port: options.port }),
    envelope: ({ status, message, code }) =>
      quirks.errors === 'detail'
        ? { detail: message }
        : { statusCode: status, message, error: code ?? STATUS_WORDS[status] ?? 'Error' },
  });

  return {
    baseUrl: server.baseUrl,
    orgKey,
    token,
    environment: {
      DEEP_ORIGIN_BASE_URL: server.baseUrl,
      DEEP_ORIGIN_TOKEN: token,
      DEEP_ORIGIN_ORG_KEY: orgKey,
    },
    quirks,
    faults,
    stats: server.stats,
    cors,
    files,
    sources,
    tokens: state.tokens,
    keyOf: path => root(orgKey) + path,
    issueToken,
    async close() {
      await server.close();
      flush();
    },
  };
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

async function* limited(bytes: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw new Refusal(413, { message: 'File too large' });
    yield piece;
  }
}
