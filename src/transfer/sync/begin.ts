import { TransferError } from '../../core/errors.js';
import { DownloadSync } from './download-sync.js';
import type { LocalEnd, RemoteEnd } from './ends.js';
import type { SyncOptions } from './options.js';
import { RemoteSync } from './remote-sync.js';
import type { Sync } from './sync.js';
import { UploadSync } from './upload-sync.js';

/** The synchronisation for two sides of these kinds. Throws `TransferError` (`invalid-input`) for two directories. */
export function beginSync(from: LocalEnd | RemoteEnd, to: LocalEnd | RemoteEnd, options: SyncOptions): Sync {
  if ('root' in from && !('root' in to)) return new UploadSync(from, to, options);
  if (!('root' in from) && 'root' in to) return new DownloadSync(from, to, options);
  if (!('root' in from) && !('root' in to)) return new RemoteSync(from, to, options);
  throw new TransferError('One of both sides has to be a folder of a storage.', {
    kind: 'fatal',
    reason: 'invalid-input',
  });
}
