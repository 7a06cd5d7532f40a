/**
 * A strict double of Azure Blob Storage: Put Blob, Put Block, Put Block List, Get, Delete, List, with shared access
 * signatures. Accounts lie in the path, as with emulators. Its bytes lie in the local store.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
import { createHash, randomUUID } from 'node:crypto';
import { childrenOf, parseXml } from '../../../../src/adapters/xml.js';
import type { StoredObjectInfo } from '../../store/index.js';
import {
  type CorsPolicy,
  createApiFaults,
  createApiServer,
  type Exchange,
  Refusal,
  type StoredFiles,
} from '../shared/index.js';
import { signatureFits } from './azure-sas.js';
import type { AzureEndpoint, StorageDouble, UbiOpsQuirks } from './options.js';
import { escapeXml } from './storage.js';
import { answeringXml, StorageRefusal } from './xml-answer.js';

const LONGEST_BLOCK_ID = 64;
const MOST_BLOCKS = 50_000;
const PAGE = 5000;

export interface AzureDouble extends StorageDouble {
  /** The address of an account; the account is made when it is new, and its key replaced when it is not. */
  endpoint(account: string, key: string): AzureEndpoint;
  hideEtag(hidden: boolean): void;
  close(): Promise<void>;
}

export async function createAzureDouble(
  files: StoredFiles,
  { quirks, clock }: { quirks: Pick<UbiOpsQuirks, 'azureWantsVersion'>; clock: () => number },
): Promise<AzureDouble> {
  const accounts = new Map<string, string>();
  const faults = createApiFaults();
  const exposed = ['ETag', 'Content-MD5', 'x-ms-blob-content-md5', 'x-ms-request-id', 'Content-Range'];
  const cors: CorsPolicy = {
    origins: ['*'],
    methods: ['GET', 'HEAD', 'PUT'],
    allowHeaders: ['content-type', 'range', 'if-match', 'x-ms-version', 'x-ms-blob-type'],
    exposeHeaders: [...exposed],
  };

  const containerKey = (account: string, container: string) => `azure-containers/${account}/${container}`;
  const blobKey = (account: string, container: string, blob: string) =>
    `azure_blob_storage/${account}/${container}/${blob}`;
  const blocksKey = (key: string) => `azure-blocks/${createHash('sha256').update(key).digest('hex')}/`;

  function target(exchange: Exchange) {
    const account = exchange.param('account');
    const container = exchange.param('container');
    // As the service does: a backslash in a name is a slash.
    const blob = exchange.rawParam('blob') === '' ? '' : exchange.param('blob').replaceAll('\\', '/');
    return { account, container, blob, key: blobKey(account, container, blob) };
  }

  /** @param permissions any of these letters is enough */
  function authorize(exchange: Exchange, permissions: string): ReturnType<typeof target> {
    const place = target(exchange);
    const { query } = exchange;
    exchange.response.setHeader('x-ms-request-id', randomUUID());
    exchange.response.setHeader('x-ms-version', exchange.header('x-ms-version') ?? query.get('sv') ?? '');
    if (exchange.header('authorization') !== undefined) {
      throw refuse(
        400,
        'InvalidAuthenticationInfo',
        'Authentication information is not given in the correct format. Check the value of Authorization header.',
      );
    }
    const key = accounts.get(place.account);
    if (!query.has('sig'))
      throw refuse(
        401,
        'NoAuthenticationInformation',
        'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
      );
    if (
      key === undefined ||
      !signatureFits({ account: place.account, key }, place.container, place.blob, query)
    ) {
      throw unauthenticated('Signature did not match.');
    }
    const end = Date.parse(query.get('se') ?? '');
    const start = Date.parse(query.get('st') ?? '');
    if (!(clock() < end) || clock() < start) {
      throw unauthenticated(
        `Signature not valid in the specified time frame: Start [${new Date(start).toUTCString()}] - Expiry [${new Date(end).toUTCString()}] - Current [${new Date(clock()).toUTCString()}]`,
      );
    }
    if (![...permissions].some(letter => query.get('sp')?.includes(letter))) {
      throw refuse(
        403,
        'AuthorizationPermissionMismatch',
        'This request is not authorized to perform this operation using this permission.',
      );
    }
    return place;
  }

  function requireVersion(exchange: Exchange): void {
    const version = exchange.header('x-ms-version');
    if (version === undefined && quirks.azureWantsVersion) throw missingHeader('x-ms-version');
    if (version !== undefined && !/^\d{4}-\d\d-\d\d$/.test(version)) {
      throw refuse(
        400,
        'InvalidHeaderValue',
        'The value for one of the HTTP headers is not in the correct format.',
        {
          HeaderName: 'x-ms-version',
        },
      );
    }
  }

  function requireContainer(account: string, container: string): void {
    if (files.find(containerKey(account, container))) return;
    throw refuse(404, 'ContainerNotFound', 'The specified container does not exist.');
  }

  async function putContainer(exchange: Exchange): Promise<void> {
    const { account, container } = authorize(exchange, 'cw');
    if (exchange.query.get('restype') !== 'container') throw unknownQuery('restype');
    if (files.find(containerKey(account, container))) {
      throw refuse(409, 'ContainerAlreadyExists', 'The specified container already exists.');
    }
    await files.put(containerKey(account, container), '');
    await exchange.empty(201);
  }

  async function listBlobs(exchange: Exchange): Promise<void> {
    const { account, container } = authorize(exchange, 'l');
    if (exchange.query.get('comp') !== 'list') throw unknownQuery('comp');
    requireContainer(account, container);
    const root = blobKey(account, container, '');
    const marker = exchange.query.get('marker') ?? '';
    const blobs = files
      .list(root + (exchange.query.get('prefix') ?? ''))
      .filter(({ key }) => marker === '' || key.slice(root.length) >= marker);
    const next = blobs[PAGE]?.key.slice(root.length) ?? '';
    const elements = blobs
      .slice(0, PAGE)
      .map(
        object =>
          `<Blob><Name>${escapeXml(object.key.slice(root.length))}</Name><Properties><Last-Modified>${new Date(object.lastModified).toUTCString()}</Last-Modified><Etag>${etagOf(object)}</Etag><Content-Length>${object.size}</Content-Length></Properties></Blob>`,
      );
    await exchange.text(
      200,
      `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${elements.join('')}</Blobs><NextMarker>${escapeXml(next)}</NextMarker></EnumerationResults>`,
      { 'content-type': 'application/xml' },
    );
  }

  async function put(exchange: Exchange): Promise<void> {
    const place = authorize(exchange, 'cw');
    requireVersion(exchange);
    requireContainer(place.account, place.container);
    if (exchange.header('content-length') === undefined) throw missingHeader('Content-Length', 411);
    const comp = exchange.query.get('comp');
    if (comp === 'block') return putBlock(exchange, place.key);
    if (comp === 'blocklist') return putBlockList(exchange, place.key);
    if (comp !== null) throw unknownQuery('comp');
    const type = exchange.header('x-ms-blob-type');
    if (type === undefined) throw missingHeader('x-ms-blob-type');
    if (type !== 'BlockBlob') {
      throw refuse(
        400,
        'InvalidHeaderValue',
        'The value for one of the HTTP headers is not in the correct format.',
        {
          HeaderName: 'x-ms-blob-type',
        },
      );
    }
    const object = await files.put(
      place.key,
      exchange.body,
      exchange.header('content-type') ?? 'application/octet-stream',
    );
    dropBlocks(place.key);
    await exchange.empty(201, { etag: etagOf(object), 'content-md5': md5Of(object) });
  }

  async function putBlock(exchange: Exchange, key: string): Promise<void> {
    const id = exchange.query.get('blockid') ?? '';
    const decoded = Buffer.from(id, 'base64');
    if (id === '' || decoded.toString('base64') !== id || decoded.length > LONGEST_BLOCK_ID) {
      throw refuse(
        400,
        'InvalidQueryParameterValue',
        'Value for one of the query parameters specified in the request URI is invalid.',
        {
          QueryParameterName: 'blockid',
        },
      );
    }
    const root = blocksKey(key);
    const held = files.list(root)[0];
    if (held && idOf(held.key).length !== id.length) {
      throw refuse(400, 'InvalidBlobOrBlock', 'The specified blob or block content is invalid.');
    }
    const object = await files.put(root + Buffer.from(id).toString('base64url'), exchange.body);
    await exchange.empty(201, { 'content-md5': md5Of(object) });
  }

  async function putBlockList(exchange: Exchange, key: string): Promise<void> {
    const root = blocksKey(key);
    const elements = childrenOf(parseXml(await exchange.readText(16 * 1024 ** 2)), 'Latest');
    const blocks = elements.map(({ text }) => files.find(root + Buffer.from(text).toString('base64url')));
    if (blocks.length > MOST_BLOCKS || blocks.some(block => block === undefined)) {
      throw refuse(400, 'InvalidBlockList', 'The specified block list is invalid.');
    }
    async function* joined() {
      for (const block of blocks) yield* files.read(block!.key);
    }
    const object = await files.put(key, joined(), 'application/octet-stream');
    dropBlocks(key);
    await files.put(composedKey(key), '');
    await exchange.empty(201, { etag: etagOf(object) });
  }

  const composedKey = (key: string) => `azure-composed/${createHash('sha256').update(key).digest('hex')}`;

  function dropBlocks(key: string): void {
    for (const block of files.list(blocksKey(key))) files.remove(block.key);
    if (files.find(composedKey(key))) files.remove(composedKey(key));
  }

  async function get(exchange: Exchange): Promise<void> {
    // Azure's own clients ask for a range by this header, which counts for more than the standard one.
    const ownRange = exchange.header('x-ms-range');
    if (ownRange !== undefined) exchange.request.headers.range = ownRange;
    const { account, container, key } = authorize(exchange, 'r');
    requireContainer(account, container);
    const object = files.find(key);
    if (!object) throw refuse(404, 'BlobNotFound', 'The specified blob does not exist.');
    const { headers } = exchange.request;
    if (headers['if-match'] === etagOf(object)) headers['if-match'] = `"${object.etag}"`;
    // Blobs that were put together have no digest of the whole.
    const digest = files.find(composedKey(key)) ? {} : { 'content-md5': md5Of(object) };
    const ranged = headers.range !== undefined && 'content-md5' in digest;
    try {
      await files.send(exchange, key, {
        headers: {
          etag: etagOf(object),
          'x-ms-blob-type': 'BlockBlob',
          ...(ranged ? { 'x-ms-blob-content-md5': md5Of(object) } : digest),
        },
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 416) exchange.response.setHeader('content-range', `bytes */${object.size}`);
      const code =
        error.status === 416 ? 'InvalidRange' : error.status === 412 ? 'ConditionNotMet' : 'InternalError';
      throw refuse(error.status, code, 'The request cannot be satisfied.');
    }
  }

  async function remove(exchange: Exchange): Promise<void> {
    const { account, container, key } = authorize(exchange, 'd');
    requireContainer(account, container);
    if (!files.find(key)) throw refuse(404, 'BlobNotFound', 'The specified blob does not exist.');
    files.remove(key);
    dropBlocks(key);
    await exchange.empty(202);
  }

  const xml = (handle: (exchange: Exchange) => Promise<void>) => answeringXml(handle, 'x-ms-error-code');
  const container = '/:account/:container';
  const blob = `${container}/*blob`;
  const server = await createApiServer({
    cors,
    faults,
    routes: [
      { operation: 'createContainer', method: 'PUT', path: container, handle: xml(putContainer) },
      { operation: 'list', method: 'GET', path: container, handle: xml(listBlobs) },
      { operation: 'put', method: 'PUT', path: blob, handle: xml(put) },
      { operation: 'get', method: 'GET', path: blob, handle: xml(get) },
      { operation: 'head', method: 'HEAD', path: blob, handle: xml(get) },
      { operation: 'delete', method: 'DELETE', path: blob, handle: xml(remove) },
    ],
    envelope: ({ message }) => ({ error: { message } }),
  });

  return {
    url: server.baseUrl,
    faults,
    cors,
    stats: server.stats,
    close: server.close,
    endpoint(account, key) {
      accounts.set(account, key);
      return { url: `${server.baseUrl}/${account}`, account, key };
    },
    hideEtag(hidden) {
      cors.exposeHeaders = hidden ? exposed.filter(name => name !== 'ETag') : [...exposed];
    },
  };
}

function refuse(status: number, code: string, message: string, more: Record<string, string> = {}) {
  return new StorageRefusal(status, code, message, more);
}

function unauthenticated(detail: string): StorageRefusal {
  return refuse(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    { AuthenticationErrorDetail: detail },
  );
}

function missingHeader(name: string, status = 400): StorageRefusal {
  return refuse(
    status,
    status === 411 ? 'MissingContentLengthHeader' : 'MissingRequiredHeader',
    'An HTTP header that is mandatory for this request is not specified.',
    { HeaderName: name },
  );
}

function unknownQuery(name: string): StorageRefusal {
  return refuse(
    400,
    'UnsupportedQueryParameter',
    'One of the query parameters specified in the request URI is not supported.',
    {
      QueryParameterName: name,
    },
  );
}

/** Azure's validators say nothing about the content. */
function etagOf({ etag }: StoredObjectInfo): string {
  return `"0x8D${etag.slice(0, 13).toUpperCase()}"`;
}

function md5Of({ etag }: StoredObjectInfo): string {
  return Buffer.from(etag, 'hex').toString('base64');
}

function idOf(key: string): string {
  return Buffer.from(key.slice(key.lastIndexOf('/') + 1), 'base64url').toString('utf8');
}
