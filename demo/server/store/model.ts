import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums.js';

/** A run of bytes of one data file. Objects are lists of these, so completing and copying move no bytes. */
export interface Segment {
  file: string;
  offset: number;
  length: number;
}

/** Stored headers by lower-case name; values in the one-byte form HTTP carries them in. */
export type StoredHeaders = Record<string, string>;

export interface PartSummary {
  number: number;
  size: number;
  /** Base64, when parts were checked with an algorithm. */
  checksum?: string;
}

export interface StoredObject {
  size: number;
  /** Without quotes. */
  etag: string;
  lastModified: number;
  segments: Segment[];
  headers: StoredHeaders;
  checksum?: Checksum;
  tags?: Record<string, string>;
  /** Of an object made by a multipart upload. */
  parts?: PartSummary[];
  /** The multipart upload that made it: a repeated CompleteMultipartUpload is recognised by it. */
  uploadId?: string;
}

export interface StoredPart {
  size: number;
  etag: string;
  lastModified: number;
  segments: Segment[];
  /** Base64, of the upload's algorithm. */
  checksum: string;
}

export interface MultipartUpload {
  uploadId: string;
  key: string;
  initiated: number;
  headers: StoredHeaders;
  tags?: Record<string, string>;
  algorithm: ChecksumAlgorithm;
  type: ChecksumType;
  /** The client named the algorithm; else the store adds CRC64NVME by itself and does not show it before completion. */
  named: boolean;
  parts: Map<number, StoredPart>;
}

export interface CorsRule {
  id?: string;
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders: string[];
  exposeHeaders: string[];
  maxAgeSeconds?: number;
}
