import { ByteReader } from './byte-reader.js';
import { S3Error } from './errors.js';

const MAX_FIELDS = 20 * 1024;
const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const CRLF = Buffer.from('\r\n');

export interface UploadForm {
  /** The fields before the file, by lower-case name. */
  fields: Map<string, string>;
  fileName: string;
  /** To be read to its end; what follows the file is ignored, as S3 does. */
  file: AsyncGenerator<Buffer>;
}

/**
 * Reads a `multipart/form-data` body up to its field `file` and hands out the file as a stream.
 *
 * @throws S3Error PreconditionFailed, MalformedPOSTRequest, MaxPostPreDataLengthExceeded, InvalidArgument
 */
export async function readForm(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
): Promise<UploadForm> {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? '',
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) {
    throw new S3Error('PreconditionFailed', {
      message: 'At least one of the pre-conditions you specified did not hold',
      details: { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' },
    });
  }
  const reader = new ByteReader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields = new Map<string, string>();
  let room = MAX_FIELDS;
  if ((await reader.until(delimiter.subarray(2), 4096)) === undefined)
    throw new S3Error('MalformedPOSTRequest');
  for (;;) {
    const afterBoundary = await reader.until(CRLF, 256);
    if (afterBoundary === undefined) throw new S3Error('MalformedPOSTRequest');
    if (afterBoundary.toString('latin1').startsWith('--')) break;
    const headers = (await reader.until(END_OF_HEADERS, 8192))?.toString('utf8');
    if (headers === undefined) throw new S3Error('MalformedPOSTRequest');
    const disposition = /^content-disposition:\s*form-data\b([^\r\n]*)/im.exec(headers)?.[1] ?? '';
    const name = parameter(disposition, 'name');
    if (name === undefined) throw new S3Error('MalformedPOSTRequest');
    if (name.toLowerCase() === 'file') {
      return {
        fields,
        fileName: parameter(disposition, 'filename') ?? '',
        file: readFile(reader, delimiter),
      };
    }
    const value = await reader.until(delimiter, room);
    if (value === undefined) {
      throw new S3Error('MaxPostPreDataLengthExceeded', {
        details: { MaxPostPreDataLengthExceeded: MAX_FIELDS },
      });
    }
    room -= value.length + name.length;
    fields.set(name.toLowerCase(), value.toString('utf8'));
    if (room < 0) throw new S3Error('MaxPostPreDataLengthExceeded');
  }
  throw new S3Error('InvalidArgument', {
    message: 'POST requires exactly one file upload per request.',
    details: { ArgumentName: 'file', ArgumentValue: 0 },
  });
}

async function* readFile(reader: ByteReader, delimiter: Buffer): AsyncGenerator<Buffer> {
  if (!(yield* reader.takeUntil(delimiter))) throw new S3Error('MalformedPOSTRequest');
  for await (const _ of reader.rest()) {
    // Read to the end, so that the connection can be used again.
  }
}

/** Browsers write a quote inside a name as %22, a line break as %0D%0A. */
function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(header);
  const text = match?.[1] ?? match?.[2];
  return text?.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');
}
