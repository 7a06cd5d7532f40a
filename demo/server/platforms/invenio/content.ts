/** A file's bytes: taken, closed, sent. */
import { type Exchange, Refusal, zipOf } from '../shared/index.js';
import { servedTypeOf } from './answers.js';
import { type Context, crash, type Opened } from './context.js';
import type { Area, FileState } from './model.js';
import { joinParts } from './parts.js';

const TOO_LARGE = [
  '<html>',
  '<head><title>413 Request Entity Too Large</title></head>',
  '<body>',
  '<center><h1>413 Request Entity Too Large</h1></center>',
  '<hr><center>nginx</center>',
  '</body>',
  '</html>',
  '',
].join('\r\n');

/** nginx stands in front, and answers by itself: true when it did. */
export async function isTooLarge({ quirks }: Context, exchange: Exchange): Promise<boolean> {
  if (Number(exchange.header('content-length') ?? 0) <= quirks.proxyLimit) return false;
  await exchange.text(413, TOO_LARGE, { 'content-type': 'text/html' });
  return true;
}

export async function takeContent(
  context: Context,
  exchange: Exchange,
  opened: Opened,
  area: Area,
  file: FileState,
): Promise<void> {
  const { files, quirks, clock } = context;
  const info = await files.put(file.object, exchange.body);
  const others = opened.face.areas[area].filter(other => other !== file);
  const used = others.reduce((sum, { size = 0 }) => sum + size, 0);
  const problem =
    info.size > quirks.maxFileSize
      ? 'File size limit exceeded.'
      : used + info.size > quirks.quota
        ? 'Bucket quota exceeded.'
        : undefined;
  if (problem) {
    files.remove(file.object);
    throw new Refusal(400, { message: problem });
  }
  file.size = info.size;
  file.received = true;
  file.updated = clock();
  context.save();
}

export async function commit(context: Context, file: FileState): Promise<void> {
  if (file.status !== 'pending') throw crash();
  if (file.transfer.type === 'M') {
    await joinParts(context, file);
  } else {
    const found = file.received ? context.files.find(file.object) : undefined;
    if (!found || file.transfer.type !== 'L') throw crash();
    file.checksum = `md5:${found.etag}`;
    file.size = found.size;
  }
  file.transfer = { type: 'L' };
  file.status = 'completed';
  file.updated = context.clock();
  context.save();
}

export async function sendContent(context: Context, exchange: Exchange, file: FileState): Promise<void> {
  const { files, quirks } = context;
  if (file.transfer.type === 'R' && file.transfer.url) return redirect(exchange, file.transfer.url);
  if (file.status !== 'completed') throw new Refusal(404, { message: 'The file has no content yet.' });
  const { type, disposition } = servedTypeOf(file.key);
  if (quirks.storage === 's3') {
    const url = await files.sign('GET', file.object, {
      seconds: quirks.redirectSeconds,
      query: { 'response-content-type': type, 'response-content-disposition': disposition },
    });
    return redirect(exchange, url);
  }
  const md5 = /^md5:(.*)$/.exec(file.checksum ?? '')?.[1];
  await files.send(exchange, file.object, {
    ranges: quirks.storage === 'local+range',
    headers: {
      'content-type': type,
      'content-disposition': disposition,
      etag: `"${file.checksum ?? file.fileId}"`,
      // Hexadecimal, unlike what the header's standard says.
      ...(md5 ? { 'content-md5': md5 } : {}),
      'content-security-policy': "default-src 'none';",
      'x-content-type-options': 'nosniff',
    },
  });
}

function redirect(exchange: Exchange, location: string): Promise<void> {
  return exchange.text(302, '<!doctype html>\n<title>Redirecting...</title>\n', {
    'content-type': 'text/html; charset=utf-8',
    location,
  });
}

export async function sendArchive(
  context: Context,
  exchange: Exchange,
  opened: Opened,
  area: Area,
): Promise<void> {
  const { files, quirks } = context;
  const done = opened.face.areas[area].filter(
    file => file.status === 'completed' && file.transfer.type !== 'R',
  );
  const total = done.reduce((sum, { size = 0 }) => sum + size, 0);
  if (total > quirks.archiveLimit) throw new Refusal(400, { message: 'The archive would be too large.' });
  const { bytes } = zipOf(
    done.map(file => ({
      name: file.key,
      size: file.size ?? 0,
      modified: file.updated,
      bytes: () => files.read(file.object),
    })),
  );
  await exchange.stream(
    200,
    {
      // Written while it is packed: its length is not known before.
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename=${opened.record.id}.zip`,
    },
    bytes,
  );
}
