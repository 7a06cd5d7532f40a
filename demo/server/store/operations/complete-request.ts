import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, checksumElement } from '../checksums.js';
import { S3Error } from '../errors.js';
import { parseXml } from '../xml-reader.js';

/** A part as the completion names it. */
export interface WantedPart {
  number: number;
  etag: string;
  checksums: Map<ChecksumAlgorithm, string>;
}

/** @throws S3Error MalformedXML */
export function readWantedParts(xml: string): WantedPart[] {
  const parts = parseXml(xml, 'CompleteMultipartUpload')
    .all('Part')
    .map((node): WantedPart => {
      const number = node.value('PartNumber')?.trim() ?? '';
      const etag = node.value('ETag')?.trim();
      if (!/^\d+$/.test(number) || etag === undefined) throw new S3Error('MalformedXML');
      const checksums = new Map<ChecksumAlgorithm, string>();
      for (const algorithm of CHECKSUM_ALGORITHMS) {
        const value = node.value(checksumElement(algorithm))?.trim();
        if (value !== undefined && value !== '') checksums.set(algorithm, value);
      }
      return { number: Number(number), etag: etag.replace(/^"|"$/g, ''), checksums };
    });
  if (parts.length === 0 || parts.length > 10_000) throw new S3Error('MalformedXML');
  return parts;
}
