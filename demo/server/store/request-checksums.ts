import type { Call } from './call.js';
import {
  asChecksumAlgorithm,
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumHeader,
  DIGEST_BYTES,
} from './checksums.js';
import { S3Error } from './errors.js';
import type { DigestName } from './store-bytes.js';

/** What a request says about the bytes it brings. */
export interface RequestChecksums {
  md5: Buffer | undefined;
  algorithm: ChecksumAlgorithm | undefined;
  /** Base64; undefined when it comes as a trailer, or when only the algorithm was named. */
  value: string | undefined;
  trailer: boolean;
}

function isDigest(value: string, bytes: number): boolean {
  const decoded = Buffer.from(value, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === value;
}

/** @throws S3Error InvalidDigest, InvalidRequest */
export function readChecksums(call: Call): RequestChecksums {
  const md5Text = call.header('content-md5');
  if (md5Text !== undefined && !isDigest(md5Text, 16))
    throw new S3Error('InvalidDigest', { details: { 'Content-MD5': md5Text } });
  const md5 = md5Text === undefined ? undefined : Buffer.from(md5Text, 'base64');

  const given = CHECKSUM_ALGORITHMS.filter(algorithm => call.header(checksumHeader(algorithm)) !== undefined);
  const announced = (call.header('x-amz-trailer') ?? '')
    .split(',')
    .map(name => name.trim().toLowerCase())
    .map(name => CHECKSUM_ALGORITHMS.find(algorithm => checksumHeader(algorithm) === name))
    .filter(algorithm => algorithm !== undefined);
  if (given.length + announced.length > 1) {
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  }
  const [algorithm] = [...given, ...announced];
  const named = call.header('x-amz-sdk-checksum-algorithm');
  if (named !== undefined && asChecksumAlgorithm(named) !== algorithm) {
    throw new S3Error('InvalidRequest', {
      message: algorithm
        ? 'Value for x-amz-sdk-checksum-algorithm header is invalid.'
        : 'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    });
  }
  const value = given[0] && call.header(checksumHeader(given[0]));
  if (given[0] && !isDigest(value!, DIGEST_BYTES[given[0]])) {
    throw new S3Error('InvalidRequest', {
      message: `Value for ${checksumHeader(given[0])} header is invalid.`,
    });
  }
  return { md5, algorithm, value, trailer: announced.length > 0 };
}

/**
 * Compares what arrived with what was promised. To be called after the body was read.
 *
 * @throws S3Error BadDigest, InvalidRequest
 */
export function verifyChecksums(
  call: Call,
  promised: RequestChecksums,
  digests: ReadonlyMap<DigestName, Buffer>,
): void {
  const md5 = digests.get('MD5');
  if (promised.md5 && md5 && !promised.md5.equals(md5)) {
    throw new S3Error('BadDigest', {
      message: 'The Content-MD5 you specified did not match what we received.',
      details: { ExpectedDigest: promised.md5.toString('base64'), CalculatedDigest: md5.toString('base64') },
    });
  }
  const { algorithm } = promised;
  if (!algorithm) return;
  const value = promised.trailer ? call.trailers.get(checksumHeader(algorithm)) : promised.value;
  if (value === undefined || !isDigest(value, DIGEST_BYTES[algorithm])) {
    throw new S3Error('InvalidRequest', {
      message: `Value for ${checksumHeader(algorithm)} trailing header is invalid.`,
    });
  }
  const calculated = digests.get(algorithm)?.toString('base64');
  if (calculated !== value) throw badChecksum(algorithm);
}

export function badChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
}
