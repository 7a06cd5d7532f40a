import { TransferError } from '../../core/errors.js';
import { pathAt } from '../same-storage.js';
import { DownloadSync } from './download-sync.js';
import type { LocalEnd, RemoteEnd } from './ends.js';
import type { SyncOptions } from './options.js';
import { RemoteSync } from './remote-sync.js';
import type { Sync } from './sync.js';
import { UploadSync } from './upload-sync.js';

function overlap(from: RemoteEnd, to: RemoteEnd): boolean {
  const [one, other] = [from.context.adapter, to.context.adapter];
  const target = pathAt(other, to.path, one);
  const source = pathAt(one, from.path, other);
  return target?.startsWith(from.path) === true || source?.startsWith(to.path) === true;
}

/** The synchronisation for two sides of these kinds. Throws `TransferError` (`invalid-input`) for two directories. */
export function beginSync(from: LocalEnd | RemoteEnd, to: LocalEnd | RemoteEnd, options: SyncOptions): Sync {
  if ('root' in from && !('root' in to)) return new UploadSync(from, to, options);
  if (!('root' in from) && 'root' in to) return new DownloadSync(from, to, options);
  if (!('root' in from) && !('root' in to)) {
    if (overlap(from, to)) {
      throw new TransferError(
        'One of both folders lies in the other, so what is copied would be copied again, and what is removed could be what was copied. Choose two that are apart.',
        { kind: 'fatal', reason: 'invalid-input' },
      );
    }
    return new RemoteSync(from, to, options);
  }
  throw new TransferError('One of both sides has to be a folder of a storage.', {
    kind: 'fatal',
    reason: 'invalid-input',
  });
}
