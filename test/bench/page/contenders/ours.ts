import type { S3SignedRequest, S3SignRequest } from 'file-transfer-elements/adapters/s3';
import { s3 } from 'file-transfer-elements/adapters/s3';
import { TransferManager } from 'file-transfer-elements/transfer';
import type { Contender, Target } from './contender.js';

/** Signs in the page, like the signers of the other contenders here: the sink checks no signature. */
async function sign(request: S3SignRequest, firstUrl: string): Promise<S3SignedRequest> {
  const { operation, bucketUrl = firstUrl, key, uploadId, partNumber, headers, query = {} } = request;
  if (operation === 'PostObject') {
    return { url: bucketUrl, fields: { key, ...headers, 'x-amz-signature': 'bench' } };
  }
  const parameters = new URLSearchParams({ ...query, run: String(Math.random()) });
  if (operation === 'CreateMultipartUpload') parameters.set('uploads', '');
  if (uploadId) parameters.set('uploadId', uploadId);
  if (partNumber) parameters.set('partNumber', String(partNumber));
  return { url: `${bucketUrl}/${encodeURIComponent(key)}?${parameters}`, ...(headers ? { headers } : {}) };
}

function ours(name: string, options: { everyOrigin?: boolean; checksum?: 'none' } = {}): Contender {
  const send = async (files: readonly File[], { origins }: Target) => {
    const bucketUrl = (options.everyOrigin ? origins : origins.slice(0, 1)).map(origin => `${origin}/bench`);
    const manager = new TransferManager({
      adapter: s3({
        bucketUrl,
        signRequest: request => sign(request, bucketUrl[0]!),
        smallFilesByForm: true,
        ...(options.checksum ? { checksum: options.checksum } : {}),
      }),
    });
    const { state, snapshot } = await manager.upload(files).finished;
    if (state !== 'done') throw new Error(`Our upload ended ${state}: ${snapshot.reason?.message}`);
  };
  return {
    name,
    large: (file, target) => send([file], target),
    small: send,
    async enqueue(files) {
      const manager = new TransferManager({
        adapter: s3({ bucketUrl: 'http://127.0.0.1:1/bench', signRequest: () => new Promise(() => {}) }),
      });
      const job = manager.upload(files);
      while (job.items.length < files.length) await new Promise(done => setTimeout(done));
      // The page must be usable again, too: wait for one turn of the event loop after the last one.
      await new Promise(done => setTimeout(done));
      void job.cancel();
    },
  };
}

export const oursOneOrigin = ours('file-transfer-elements');
export const oursNoChecksum = ours('file-transfer-elements, no checksums', { checksum: 'none' });
export const oursThreeOrigins = ours('file-transfer-elements, three origins', { everyOrigin: true });
