/** Taking up a multipart upload that an earlier page began. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { PartsPlan, ResumeState, UploadIntent } from '../adapter.js';
import type { S3Client } from './client.js';
import { partsPlan } from './parts.js';
import { describeUpload } from './upload.js';

export function reopenUpload(client: S3Client, intent: UploadIntent, state: ResumeState): PartsPlan {
  const { key, uploadId, checksum } = state;
  if (typeof key !== 'string' || typeof uploadId !== 'string' || key === '' || uploadId === '') {
    throw new TransferError('What was kept of the earlier upload cannot be used, so it has to begin again.', {
      kind: 'restart',
      reason: 'upload-gone',
      path: intent.path,
    });
  }
  // The algorithm was fixed when the upload began; a wish for another one comes too late.
  const begun = (checksum as ChecksumAlgorithm | null | undefined) ?? undefined;
  return partsPlan({ ...describeUpload(client, intent, 'parts'), checksum: begun }, state);
}
