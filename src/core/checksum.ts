/** The checksums this kit can compute; the names are those of the S3 API in lower case. */
export type ChecksumAlgorithm = 'crc64nvme' | 'crc32c' | 'crc32' | 'sha256' | 'sha1' | 'md5';

/** A checksum of some bytes. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** The digest in base64, as the `x-amz-checksum-…` and `Content-MD5` headers carry it. */
  readonly value: string;
  /**
   * `full`: over all bytes. `composite`: over the digests of the parts, as S3 reports for multipart uploads whose
   * algorithm cannot be combined; then `parts` says of how many.
   */
  readonly scope: 'full' | 'composite';
  readonly parts?: number;
}

/** Algorithms whose part values combine into the value of the whole without reading anything twice. */
export type CombinableAlgorithm = Extract<ChecksumAlgorithm, `crc${string}`>;

/** How sure we are that the storage holds the right bytes; each level includes the ones after it. */
export type VerificationLevel = 'checksum' | 'etag' | 'size' | 'none';

/** What was compared after a transfer, and who compared it. */
export interface Verification {
  readonly level: VerificationLevel;
  /**
   * `storage`: the storage refuses other bytes (it was sent the checksum). `page`: this page compared what the
   * storage reported, or hashed what it received.
   */
  readonly by: 'storage' | 'page';
  /** The algorithm, when a digest was compared (`md5` for an ETag that is one). */
  readonly algorithm?: ChecksumAlgorithm;
}
