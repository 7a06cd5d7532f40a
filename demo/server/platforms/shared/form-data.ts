import { ByteReader } from '../../store/byte-reader.js';
import { Refusal } from './refusal.js';

/** One part of a form. `bytes` must be read, or skipped by asking for the next part. */
export interface FormPart {
  readonly name: string;
  /** Present for files; as it came, so never to be trusted as a path. */
  readonly fileName: string | undefined;
  readonly type: string | undefined;
  bytes: AsyncIterable<Buffer>;
  /** The part as text. @throws Refusal 400 when it is longer than `limit` bytes. */
  text(limit?: number): Promise<string>;
}

const CRLF = Buffer.from('\r\n');
const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const FIELD_LIMIT = 64 * 1024;

/**
 * Reads a `multipart/form-data` body part by part, without holding more than a chunk of it.
 *
 * @throws Refusal 415 for another content type, 400 for a broken or cut body
 */
export async function* readForm(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
): AsyncGenerator<FormPart, void> {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? '',
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw new Refusal(415, { message: 'The body is no multipart/form-data.' });
  const reader = new ByteReader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if ((await reader.until(delimiter.subarray(2), 4096)) === undefined) throw broken();
  for (;;) {
    // Two dashes end the form; the line end behind them may be missing.
    let mark = '';
    for await (const piece of reader.take(2)) mark += piece.toString('latin1');
    if (mark === '--') break;
    if (mark !== '\r\n' && (await reader.until(CRLF, 256)) === undefined) throw broken();
    const part = partOf(await reader.until(END_OF_HEADERS, 16 * 1024));
    let ended = false;
    const bytes = (async function* () {
      if (!(yield* reader.takeUntil(delimiter))) throw broken();
      ended = true;
    })();
    yield {
      ...part,
      bytes,
      async text(limit = FIELD_LIMIT) {
        const pieces: Buffer[] = [];
        let size = 0;
        for await (const piece of bytes) {
          size += piece.length;
          if (size > limit) throw new Refusal(400, { message: `The field ${part.name} is too long.` });
          pieces.push(piece);
        }
        return Buffer.concat(pieces).toString('utf8');
      },
    };
    // What nobody read; a consumer that stopped in the middle has thrown, and does not come here.
    if (!ended) for await (const _ of bytes);
    if (!ended) throw broken();
  }
  for await (const _ of reader.rest());
}

function broken(): Refusal {
  return new Refusal(400, { message: 'The multipart body ends early or is malformed.' });
}

function partOf(raw: Buffer | undefined): Pick<FormPart, 'name' | 'fileName' | 'type'> {
  const headers = raw?.toString('utf8');
  const disposition = /^content-disposition:\s*form-data\b([^\r\n]*)/im.exec(headers ?? '')?.[1];
  const name = disposition === undefined ? undefined : parameter(disposition, 'name');
  if (name === undefined) throw broken();
  return {
    name,
    // RFC 5987's form is not for form-data, yet some HTTP libraries of other languages send it.
    fileName: parameter(disposition!, 'filename') ?? extendedParameter(disposition!),
    type: /^content-type:\s*(\S.*?)\s*$/im.exec(headers!)?.[1],
  };
}

/** Browsers write a quote inside a name as %22, a line break as %0D%0A, and leave a backslash alone. */
function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(header);
  return (match?.[1] ?? match?.[2])?.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');
}

function extendedParameter(header: string): string | undefined {
  const encoded = /;\s*filename\*=utf-8''([^\s;]+)/i.exec(header)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    throw broken();
  }
}
