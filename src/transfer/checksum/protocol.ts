/** Messages between the page and the checksum worker. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { HashSource } from './hash-source.js';

export type Question =
  | {
      readonly kind: 'hash';
      readonly id: number;
      readonly source: HashSource;
      readonly algorithms: readonly ChecksumAlgorithm[];
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type Answer =
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: number }
  | {
      readonly kind: 'digests';
      readonly id: number;
      readonly digests: ReadonlyMap<ChecksumAlgorithm, Uint8Array>;
    }
  | { readonly kind: 'error'; readonly id: number; readonly name: string; readonly message: string };
