import { createHash } from 'node:crypto';
import { ByteReader } from './byte-reader.js';
import { S3Error } from './errors.js';
import type { Authentication } from './signature.js';
import { hmac, sameText, sha256Hex } from './signing-key.js';

const CRLF = Buffer.from('\r\n');
const EMPTY_HASH = sha256Hex('');

export interface ChunkedOptions {
  /** Bytes the decoded body must have, from `x-amz-decoded-content-length`. */
  decodedLength: number;
  /** Chunks carry a chain of signatures that starts with the request's. */
  signed: boolean;
  /** A trailer follows the last chunk. */
  trailer: boolean;
  authentication: Authentication;
  onTrailer: (name: string, value: string) => void;
}

function mismatch(): S3Error {
  return new S3Error('SignatureDoesNotMatch', { refusedSignature: true });
}

/**
 * Takes the `aws-chunked` framing off a body and checks the signature of every chunk.
 *
 * @throws S3Error IncompleteBody, SignatureDoesNotMatch, InvalidRequest
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  options: ChunkedOptions,
): AsyncGenerator<Buffer> {
  const { amzDate, scope, signingKey } = options.authentication;
  const reader = new ByteReader(source);
  let previous = options.authentication.signature;
  let received = 0;
  const sign = (kind: string, hashes: string[]) =>
    hmac(signingKey, [`AWS4-HMAC-SHA256-${kind}`, amzDate, scope, previous, ...hashes].join('\n')).toString(
      'hex',
    );

  for (;;) {
    const line = (await reader.until(CRLF, 1024))?.toString('latin1');
    const match = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line ?? '');
    if (!match) throw new S3Error('IncompleteBody');
    const size = Number.parseInt(match[1]!, 16);
    if (options.signed && match[2] === undefined) throw mismatch();
    if (received + size > options.decodedLength) throw new S3Error('IncompleteBody');
    const hash = options.signed ? createHash('sha256') : undefined;
    let left = size;
    for await (const piece of reader.take(size)) {
      hash?.update(piece);
      left -= piece.length;
      yield piece;
    }
    if (left > 0) throw new S3Error('IncompleteBody');
    received += size;
    if (hash) {
      const expected = sign('PAYLOAD', [EMPTY_HASH, hash.digest('hex')]);
      if (!sameText(expected, match[2]!)) throw mismatch();
      previous = expected;
    }
    if (size === 0) break;
    if ((await reader.until(CRLF, 0)) === undefined) throw new S3Error('IncompleteBody');
  }

  const trailers: string[] = [];
  let trailerSignature: string | undefined;
  for (;;) {
    const line = (await reader.until(CRLF, 8192))?.toString('latin1');
    if (line === undefined || line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1)
      throw new S3Error('MalformedTrailerError', {
        status: 400,
        message: 'The request contained trailing data that was not well-formed.',
      });
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') trailerSignature = value;
    else {
      trailers.push(`${name}:${value}\n`);
      if (options.trailer) options.onTrailer(name, value);
    }
  }
  if (options.signed && options.trailer) {
    const expected = sign('TRAILER', [sha256Hex(trailers.join(''))]);
    if (trailerSignature === undefined || !sameText(expected, trailerSignature)) throw mismatch();
  }
  if (received !== options.decodedLength) throw new S3Error('IncompleteBody');
  for await (const _ of reader.rest()) {
    // Read to the end, so that the connection can be used again.
  }
}
