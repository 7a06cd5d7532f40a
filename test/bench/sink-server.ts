/**
 * Takes uploads and drops the bytes, so that a benchmark measures the client: S3's PUT, POST form and multipart calls
 * and tus 1.0 with concatenation, without signatures. Runs as a process of its own, for the second core.
 * Speaks with its parent: `{ delay, bytesPerSecond }` sets the link, `{ reset: true }` forgets the counters.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Link {
  /** Milliseconds added to each answer, preflights too. */
  delay: number;
  /** Bytes a second on each connection; 0: unlimited. */
  bytesPerSecond: number;
}

const link: Link = { delay: 0, bytesPerSecond: 0 };
const counters = { requests: 0, preflights: 0, bytes: 0 };
/** When each connection may read on, so that its rate holds over several requests. */
const readableFrom = new WeakMap<object, number>();
const tusUploads = new Map<string, number>();
/** Bytes taken for each path: what a look at the finished object tells. */
const sizes = new Map<string, number>();
let nextId = 1;

interface Received {
  size: number;
  /** The first chunk: holds the fields of a form. */
  head: Buffer | undefined;
}

function receive(request: IncomingMessage): Promise<Received> {
  return new Promise((done, fail) => {
    let size = 0;
    let head: Buffer | undefined;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      head ??= chunk;
      if (link.bytesPerSecond === 0) return;
      const now = performance.now();
      const from =
        Math.max(now, readableFrom.get(request.socket) ?? now) + (chunk.length / link.bytesPerSecond) * 1000;
      readableFrom.set(request.socket, from);
      if (from - now > 5) {
        request.pause();
        setTimeout(() => request.resume(), from - now);
      }
    });
    request.on('end', () => done({ size, head }));
    request.on('error', fail);
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader(
    'access-control-expose-headers',
    '*, ETag, Location, Upload-Offset, x-amz-checksum-crc64nvme',
  );
  response.setHeader('timing-allow-origin', '*');
  if (request.method === 'OPTIONS') {
    counters.preflights++;
    response.setHeader('access-control-allow-methods', 'GET, HEAD, PUT, POST, PATCH, DELETE');
    response.setHeader(
      'access-control-allow-headers',
      request.headers['access-control-request-headers'] ?? '*',
    );
    response.setHeader('access-control-max-age', '600');
    await pause();
    response.writeHead(204).end();
    return;
  }
  counters.requests++;
  const { size, head } = await receive(request);
  counters.bytes += size;
  await pause();
  const url = new URL(request.url ?? '/', 'http://sink');
  if (url.pathname.startsWith('/tus')) answerTus(request, response, url, size);
  else answerS3(request, response, url, size, head);
}

function answerS3(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  size: number,
  head: Buffer | undefined,
): void {
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('x-amz-checksum-')) response.setHeader(name, String(value));
  }
  if (request.headers['content-type']?.startsWith('multipart/form-data')) {
    const field = /name="(x-amz-checksum-[a-z0-9]+)"\r\n\r\n([^\r]+)/.exec(head?.toString('latin1') ?? '');
    if (field) response.setHeader(field[1]!, field[2]!);
  }
  const key = url.pathname.slice(1);
  if (request.method === 'POST' && url.searchParams.has('uploads')) {
    sizes.delete(url.pathname);
    const uploadId = `upload-${nextId++}`;
    response.end(xml('InitiateMultipartUploadResult', `<Key>${key}</Key><UploadId>${uploadId}</UploadId>`));
  } else if (request.method === 'POST' && url.searchParams.has('uploadId')) {
    const checksum = request.headers['x-amz-checksum-crc64nvme'];
    const reported = checksum
      ? `<ChecksumCRC64NVME>${checksum}</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>`
      : '';
    response.end(
      xml(
        'CompleteMultipartUploadResult',
        `<Location>/${key}</Location><Key>${key}</Key><ETag>"sink-2"</ETag>${reported}`,
      ),
    );
  } else if (request.method === 'HEAD') {
    response.setHeader('content-length', sizes.get(url.pathname) ?? 0);
    response.setHeader('etag', '"sink-2"');
    response.end();
  } else if (request.method === 'GET' || request.method === 'DELETE') {
    response.end(xml('ListPartsResult', '<IsTruncated>false</IsTruncated>'));
  } else {
    const before = url.searchParams.has('partNumber') ? (sizes.get(url.pathname) ?? 0) : 0;
    sizes.set(url.pathname, before + size);
    response.setHeader('etag', '"sink"');
    response.writeHead(request.method === 'POST' ? 201 : 200).end();
  }
}

function answerTus(request: IncomingMessage, response: ServerResponse, url: URL, size: number): void {
  response.setHeader('tus-resumable', '1.0.0');
  if (request.method === 'POST') {
    const id = `/tus/${nextId++}`;
    tusUploads.set(id, size);
    response.setHeader('upload-offset', String(size));
    response.writeHead(201, { location: `http://${request.headers.host}${id}` }).end();
    return;
  }
  const offset = (tusUploads.get(url.pathname) ?? 0) + size;
  tusUploads.set(url.pathname, offset);
  response.writeHead(204, { 'upload-offset': String(offset) }).end();
}

function xml(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`;
}

function pause(): Promise<void> | undefined {
  return link.delay === 0 ? undefined : new Promise(done => setTimeout(done, link.delay));
}

// Three ports are three origins, each with its own connections in the browser.
const ports: number[] = [];
for (let index = 0; index < 3; index++) {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  ports.push((server.address() as AddressInfo).port);
}

process.on('message', (message: Partial<Link> & { reset?: true; ask?: true }) => {
  if (message.delay !== undefined) link.delay = message.delay;
  if (message.bytesPerSecond !== undefined) link.bytesPerSecond = message.bytesPerSecond;
  if (message.reset) Object.assign(counters, { requests: 0, preflights: 0, bytes: 0 });
  process.send?.({ counters });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ports });
