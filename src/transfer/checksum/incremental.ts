/** Hashes that are fed piece by piece on the calling thread: WebAssembly where it may run, else plain JavaScript. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import { toBase64 } from './bytes.js';
import { createCrc, isCombinable } from './crc.js';

export interface IncrementalHash {
  readonly algorithm: ChecksumAlgorithm;
  /** Takes the next bytes. They may be reused by the caller afterwards. */
  update(bytes: Uint8Array): void;
  /** Ends the hash and gives its raw digest. The hash cannot be used any more. */
  digest(): Uint8Array;
}

/** The smallest valid module: its eight-byte header. */
const emptyModule = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
let allowed: Promise<boolean> | undefined;

/** Whether WebAssembly may be compiled here; a strict content security policy forbids it. Tried once. */
export function webAssemblyAllowed(): Promise<boolean> {
  allowed ??= (async () => {
    try {
      await WebAssembly.compile(emptyModule);
      return true;
    } catch {
      return false;
    }
  })();
  return allowed;
}

/** Whether {@link createIncrementalHash} can make this one here. */
export async function canHashIncrementally(algorithm: ChecksumAlgorithm): Promise<boolean> {
  return isCombinable(algorithm) || (await webAssemblyAllowed());
}

export function unavailable(algorithm: ChecksumAlgorithm): TransferError {
  return new TransferError(
    `This page's security policy forbids what ${algorithm.toUpperCase()} checksums need (WebAssembly). ` +
      'Allow it with script-src \u2018wasm-unsafe-eval\u2019, or choose a CRC checksum.',
    { kind: 'fatal', reason: 'not-supported' },
  );
}

async function inWebAssembly(algorithm: ChecksumAlgorithm): Promise<IncrementalHash | undefined> {
  if (!(await webAssemblyAllowed())) return undefined;
  const { takeInstance, returnInstance } = await import('./wasm.js');
  const instance = await takeInstance(algorithm);
  return {
    algorithm,
    update: bytes => void instance.update(bytes),
    digest() {
      const digest = instance.digest('binary').slice();
      returnInstance(algorithm, instance);
      return digest;
    },
  };
}

/** Throws `TransferError` (`not-supported`) where the algorithm cannot be computed piece by piece. */
export async function createIncrementalHash(algorithm: ChecksumAlgorithm): Promise<IncrementalHash> {
  if (!isCombinable(algorithm)) {
    const hash = await inWebAssembly(algorithm);
    if (hash) return hash;
    throw unavailable(algorithm);
  }
  // Pages may have no more than some hundred instances at once (a RangeError says so), and code may not load.
  const hash = await inWebAssembly(algorithm).catch(() => undefined);
  if (hash) return hash;
  const crc = createCrc(algorithm);
  return { algorithm, update: bytes => crc.update(bytes), digest: () => crc.digest() };
}

/** A full-object checksum from a raw digest. */
export function fullChecksum(algorithm: ChecksumAlgorithm, digest: Uint8Array): Checksum {
  return { algorithm, value: toBase64(digest), scope: 'full' };
}
