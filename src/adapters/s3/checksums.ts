/** How checksums are spelled in S3's headers and XML, and what this storage was seen to know of them. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { childText, type XmlElement } from '../xml.js';

/** Names in XML, by algorithm; MD5 has its own places (`Content-MD5`, the ETag). */
const XML_NAMES: Readonly<Record<Exclude<ChecksumAlgorithm, 'md5'>, string>> = {
  crc64nvme: 'ChecksumCRC64NVME',
  crc32c: 'ChecksumCRC32C',
  crc32: 'ChecksumCRC32',
  sha256: 'ChecksumSHA256',
  sha1: 'ChecksumSHA1',
};

const ALGORITHMS = Object.keys(XML_NAMES) as (keyof typeof XML_NAMES)[];

/** Whether the values of parts combine into the value of the whole, so that S3 can check the whole. */
export function isCombinable(algorithm: ChecksumAlgorithm): boolean {
  return algorithm.startsWith('crc');
}

/** The header that carries a checksum of a request's body. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return algorithm === 'md5' ? 'content-md5' : `x-amz-checksum-${algorithm}`;
}

/** The element that carries a part's checksum in CompleteMultipartUpload; MD5 has none. */
export function checksumElement({ algorithm, value }: Checksum): string {
  if (algorithm === 'md5') return '';
  return `<${XML_NAMES[algorithm]}>${value}</${XML_NAMES[algorithm]}>`;
}

export function checksumsOfHeaders(headers: Readonly<Record<string, string>>): readonly Checksum[] {
  return collect(algorithm => headers[`x-amz-checksum-${algorithm}`], headers['x-amz-checksum-type']);
}

export function checksumsOfXml(element: XmlElement | undefined): readonly Checksum[] {
  return collect(algorithm => childText(element, XML_NAMES[algorithm]), childText(element, 'ChecksumType'));
}

function collect(
  textOf: (algorithm: keyof typeof XML_NAMES) => string | undefined,
  type: string | undefined,
): readonly Checksum[] {
  const found: Checksum[] = [];
  for (const algorithm of ALGORITHMS) {
    // `value=-12`: over the digests of 12 parts.
    const match = /^([A-Za-z0-9+/]+={0,2})(?:-(\d+))?$/.exec(textOf(algorithm)?.trim() ?? '');
    if (!match) continue;
    const parts = match[2] === undefined ? undefined : Number(match[2]);
    const composite = parts !== undefined || type === 'COMPOSITE';
    found.push({
      algorithm,
      value: match[1]!,
      scope: composite ? 'composite' : 'full',
      ...(parts === undefined ? {} : { parts }),
    });
  }
  return found;
}

type PlanKind = 'request' | 'form' | 'parts';

/**
 * Remembers which checksums came back. An older storage ignores the headers, a strict CORS rule hides them; either
 * way nothing is known of the stored bytes, and MD5 is asked for instead.
 */
export class ChecksumMemory {
  readonly #silent = new Set<PlanKind>();

  /** The algorithm for a new upload. */
  choose(
    wish: ChecksumAlgorithm | 'auto' | 'none',
    fallback: ChecksumAlgorithm | 'auto' | 'none',
    kind: PlanKind,
  ): ChecksumAlgorithm | undefined {
    const named = wish === 'auto' ? fallback : wish;
    if (named === 'none') return undefined;
    if (named !== 'auto') return named;
    if (!this.#silent.has(kind)) return 'crc64nvme';
    // Forms have no field for it.
    return kind === 'form' ? undefined : 'md5';
  }

  /** Whether the modern checksums are still believed to come back from any kind of upload. */
  get modern(): boolean {
    return this.#silent.size < 3;
  }

  note(kind: PlanKind, algorithm: ChecksumAlgorithm | undefined, reported: readonly Checksum[]): void {
    if (algorithm === undefined || algorithm === 'md5') return;
    if (!reported.some(checksum => checksum.algorithm === algorithm)) this.#silent.add(kind);
  }

  refused(): void {
    for (const kind of ['request', 'form', 'parts'] as const) this.#silent.add(kind);
  }
}
