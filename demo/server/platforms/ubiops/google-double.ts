/**
 * A double of Google Cloud Storage's XML interface, as far as signed URLs reach it: V4 signatures, PUT, parts, GET.
 * Its bytes lie in the local store. https://cloud.google.com/storage/docs/authentication/signatures
 */
import { createHash, createSign, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createCrc } from '../../../../src/transfer/checksum/crc.js';
import {
  type CorsPolicy,
  createApiFaults,
  createApiServer,
  type Exchange,
  openState,
  Refusal,
  type StoredFiles,
} from '../shared/index.js';
import type { StorageDouble } from './options.js';
import {
  backingFile,
  basicTime,
  bytesOf,
  encodePath,
  encodeStrict,
  type FileStorage,
  type SignWish,
} from './storage.js';
import { answeringXml, StorageRefusal } from './xml-answer.js';

const MIN_PART = 5 * 1024 ** 2;
const SIGNER = 'ubiops@stand-in.iam.gserviceaccount.com';

interface GoogleState {
  /** Facts about objects that the local store does not keep, by key. */
  objects: Record<string, { crc32c: string; composite: boolean; generation: number }>;
  uploads: Record<string, { key: string }>;
}

export interface GoogleDouble extends StorageDouble {
  /** A bucket's side for the API. */
  storage(bucket: string, prefix: string): FileStorage;
  /** `ETag` is not shown to pages. */
  hideEtag(hidden: boolean): void;
  close(): Promise<void>;
}

export async function createGoogleDouble(
  files: StoredFiles,
  { directory, clock }: { directory: string | undefined; clock: () => number },
): Promise<GoogleDouble> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { state, save, flush } = openState<GoogleState>(directory, 'ubiops-google', {
    objects: {},
    uploads: {},
  });
  const faults = createApiFaults();
  const exposed = [
    'ETag',
    'x-goog-hash',
    'x-goog-generation',
    'Content-Range',
    'Accept-Ranges',
    'Content-Length',
  ];
  const cors: CorsPolicy = {
    origins: ['*'],
    methods: ['GET', 'HEAD', 'PUT'],
    allowHeaders: ['content-type', 'range', 'if-match'],
    exposeHeaders: [...exposed],
  };
  const keyOf = (path: string) => `google_cloud_storage/${path}`;
  const partKey = (uploadId: string, number: number) => `google-parts/${uploadId}/${number}`;

  function stringToSign(method: string, path: string, host: string, query: readonly string[][]): string {
    const canonical = query
      .filter(([name]) => name !== 'X-Goog-Signature')
      .map(pair => pair.map(encodeStrict).join('='))
      .sort()
      .join('&');
    const request = `${method}\n${path}\n${canonical}\nhost:${host}\n\nhost\nUNSIGNED-PAYLOAD`;
    const value = (name: string) => query.find(([other]) => other === name)?.[1] ?? '';
    const scope = value('X-Goog-Credential').split('/').slice(1).join('/');
    return `GOOG4-RSA-SHA256\n${value('X-Goog-Date')}\n${scope}\n${sha256(request)}`;
  }

  function sign(method: string, path: string, { seconds, at }: SignWish, more: string[][] = []): string {
    const date = basicTime(at);
    const query = [
      ['X-Goog-Algorithm', 'GOOG4-RSA-SHA256'],
      ['X-Goog-Credential', `${SIGNER}/${date.slice(0, 8)}/auto/storage/goog4_request`],
      ['X-Goog-Date', date],
      ['X-Goog-Expires', String(seconds)],
      ['X-Goog-SignedHeaders', 'host'],
      ...more,
    ];
    const encoded = `/${encodePath(path)}`;
    const { host } = new URL(server.baseUrl);
    const signature = createSign('RSA-SHA256')
      .update(stringToSign(method, encoded, host, query))
      .sign(privateKey, 'hex');
    const text = [...query, ['X-Goog-Signature', signature]]
      .map(pair => pair.map(encodeStrict).join('='))
      .join('&');
    return `${server.baseUrl}${encoded}?${text}`;
  }

  function checkSignature(exchange: Exchange): void {
    const { query, method, path } = exchange;
    const signature = query.get('X-Goog-Signature');
    if (exchange.header('authorization') !== undefined) {
      throw new StorageRefusal(400, 'InvalidArgument', 'Only one way to authenticate may be used.');
    }
    if (signature === null) throw new StorageRefusal(403, 'AccessDenied', 'Access denied.');
    const text = stringToSign(method, path, exchange.header('host') ?? '', [...query]);
    if (!createVerify('RSA-SHA256').update(text).verify(publicKey, signature, 'hex')) {
      throw new StorageRefusal(
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your Google secret key and signing method.',
      );
    }
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Goog-Date') ?? '')?.map(Number) ?? [];
    const end =
      Date.UTC(year!, month! - 1, day, hour, minute, second) + Number(query.get('X-Goog-Expires')) * 1000;
    if (clock() < end) return;
    throw new StorageRefusal(400, 'ExpiredToken', 'Invalid argument.', {
      Details: `The provided token has expired. Request signature expired at: ${new Date(end).toISOString()}`,
    });
  }

  /** Stores a body; resolves to its checksums. */
  async function take(exchange: Exchange, key: string) {
    // It takes bodies in chunks too, unlike the other storages: the official client sends empty files so.
    const isChunked = /\bchunked\b/i.test(exchange.header('transfer-encoding') ?? '');
    if (exchange.header('content-length') === undefined && !isChunked) {
      throw new StorageRefusal(411, 'MissingContentLength', 'Length required.');
    }
    const crc = createCrc('crc32c');
    async function* counted() {
      for await (const piece of exchange.body) {
        crc.update(piece);
        yield piece;
      }
    }
    const object = await files.put(key, counted(), exchange.header('content-type'));
    return { object, crc32c: base64(crc.digest()) };
  }

  async function put(exchange: Exchange): Promise<void> {
    checkSignature(exchange);
    const key = keyOf(`${exchange.param('bucket')}/${exchange.param('object')}`);
    const uploadId = exchange.query.get('uploadId');
    if (uploadId === null) {
      const { object, crc32c } = await take(exchange, key);
      state.objects[key] = { crc32c, composite: false, generation: clock() * 1000 };
      save();
      return exchange.empty(200, answerHeaders(object.etag, crc32c, true));
    }
    const number = Number(exchange.query.get('partNumber'));
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new StorageRefusal(400, 'InvalidArgument', 'Invalid argument.');
    }
    if (state.uploads[uploadId]?.key !== key) throw noSuchUpload();
    const { object, crc32c } = await take(exchange, partKey(uploadId, number));
    await exchange.empty(200, answerHeaders(object.etag, crc32c, true));
  }

  async function get(exchange: Exchange): Promise<void> {
    checkSignature(exchange);
    const key = keyOf(`${exchange.param('bucket')}/${exchange.param('object')}`);
    const object = files.find(key);
    if (!object) {
      throw new StorageRefusal(404, 'NoSuchKey', 'The specified key does not exist.', {
        Details: 'No such object',
      });
    }
    const facts = state.objects[key];
    const etag = facts?.composite ? compositeEtag(facts.generation) : object.etag;
    const { headers } = exchange.request;
    if (headers['if-match'] === `"${etag}"`) headers['if-match'] = `"${object.etag}"`;
    try {
      await files.send(exchange, key, {
        headers: facts ? answerHeaders(etag, facts.crc32c, !facts.composite) : {},
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const code =
        error.status === 416 ? 'InvalidRange' : error.status === 412 ? 'PreconditionFailed' : 'Error';
      if (error.status === 416) exchange.response.setHeader('content-range', `bytes */${object.size}`);
      throw new StorageRefusal(error.status, code, 'The request cannot be satisfied.');
    }
  }

  const server = await createApiServer({
    cors,
    faults,
    routes: [
      { operation: 'put', method: 'PUT', path: '/:bucket/*object', handle: answeringXml(put) },
      { operation: 'get', method: 'GET', path: '/:bucket/*object', handle: answeringXml(get) },
    ],
    envelope: ({ message }) => ({ error: { message } }),
  });

  async function complete(
    key: string,
    uploadId: string,
    wanted: readonly { etag: string; number: number }[],
  ) {
    if (state.uploads[uploadId]?.key !== key)
      throw new Refusal(400, { message: 'The upload does not exist' });
    const parts = wanted.map(({ etag, number }) => {
      const part = files.find(partKey(uploadId, number));
      if (!part || part.etag !== etag.replace(/^"|"$/g, '')) {
        throw new Refusal(400, { message: `Part ${number} was not found, or its ETag is wrong` });
      }
      return part;
    });
    if (wanted.some(({ number }, index) => index > 0 && number <= wanted[index - 1]!.number)) {
      throw new Refusal(400, { message: 'The list of parts was not in ascending order' });
    }
    if (parts.slice(0, -1).some(part => part.size < MIN_PART)) {
      throw new Refusal(400, { message: 'A part is smaller than the minimum allowed size' });
    }
    const crc = createCrc('crc32c');
    async function* joined() {
      for (const part of parts) {
        for await (const piece of files.read(part.key)) {
          crc.update(piece);
          yield piece;
        }
      }
    }
    await files.put(key, joined(), 'application/octet-stream');
    state.objects[key] = { crc32c: base64(crc.digest()), composite: true, generation: clock() * 1000 };
    for (const part of files.list(`google-parts/${uploadId}/`)) files.remove(part.key);
    delete state.uploads[uploadId];
    save();
  }

  return {
    url: server.baseUrl,
    faults,
    cors,
    stats: server.stats,
    async close() {
      await server.close();
      flush();
    },
    hideEtag(hidden) {
      cors.exposeHeaders = hidden ? exposed.filter(name => name !== 'ETag') : [...exposed];
    },
    storage(bucket, prefix) {
      const root = keyOf(`${bucket}/${prefix}`);
      return {
        list: async start => files.list(root + start).map(object => backingFile(object, root)),
        async find(name) {
          const object = files.find(root + name);
          return object && backingFile(object, root);
        },
        async remove(name) {
          files.remove(root + name);
          delete state.objects[root + name];
          save();
        },
        read: async name => (files.find(root + name) ? bytesOf(files.read(root + name)) : undefined),
        signUpload: async (name, { uploadId, partNumber, ...wish }) =>
          sign(
            'PUT',
            `${bucket}/${prefix}${name}`,
            wish,
            uploadId === undefined
              ? []
              : [
                  ['partNumber', String(partNumber)],
                  ['uploadId', uploadId],
                ],
          ),
        signDownload: async (name, wish) => sign('GET', `${bucket}/${prefix}${name}`, wish),
        async start(name) {
          const uploadId = randomBytes(24).toString('base64url');
          state.uploads[uploadId] = { key: root + name };
          save();
          return uploadId;
        },
        complete: (name, uploadId, parts) =>
          complete(
            root + name,
            uploadId,
            parts.map(part => {
              if ('ETag' in part) return { etag: part.ETag, number: part.PartNumber };
              throw new Refusal(400, { message: 'parts: ETag and PartNumber are required' });
            }),
          ),
      };
    },
  };
}

/** Objects of several parts have no MD5. */
function answerHeaders(etag: string, crc32c: string, simple: boolean): Record<string, string> {
  const md5 = simple ? `,md5=${Buffer.from(etag, 'hex').toString('base64')}` : '';
  return { etag: `"${etag}"`, 'x-goog-hash': `crc32c=${crc32c}${md5}` };
}

function compositeEtag(generation: number): string {
  return `${generation.toString(36)}-composite`;
}

function noSuchUpload(): StorageRefusal {
  return new StorageRefusal(404, 'NoSuchUpload', 'The requested upload was not found.');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
