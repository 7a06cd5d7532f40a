/** Buckets of provider `ubiops` and `amazon_s3`: objects of the local store, reached by presigned URLs. */
import { presign } from '../../../../src/adapters/s3/presign.js';
import type { S3SignRequest } from '../../../../src/adapters/s3/signing.js';
import { childText, parseXml } from '../../../../src/adapters/xml.js';
import { Refusal, type StoredFiles } from '../shared/index.js';
import type { UbiOpsQuirks } from './options.js';
import { backingFile, bytesOf, escapeXml, type FileStorage, type SignWish } from './storage.js';
import { storageRefusal } from './storage-refusal.js';

/** @param root beginning of the keys that belong to the bucket, with a slash at its end */
export function s3Storage(
  files: StoredFiles,
  root: string,
  clock: () => number,
  quirks: Pick<UbiOpsQuirks, 'fullStatus'>,
): FileStorage {
  const { store } = files;

  async function sign(
    request: Omit<S3SignRequest, 'key'>,
    name: string,
    { seconds, at }: SignWish,
  ): Promise<string> {
    const { url } = await presign(
      { ...request, key: root + name, expiresIn: seconds },
      {
        bucketUrl: store.url(files.bucket),
        region: store.region,
        credentials: store.credentials[0]!,
        now: () => at,
      },
    );
    return url;
  }

  /** A call of the platform's own to the storage. */
  async function call(request: Omit<S3SignRequest, 'key'>, name: string, body?: string): Promise<string> {
    const url = await sign(request, name, { seconds: 60, at: clock() });
    const response = await fetch(url, { method: request.method, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    if (response.ok && !(text.includes('<') && parseXml(text).name === 'Error')) return text;
    throw storageRefusal('The multipart upload', response.status, text, quirks);
  }

  return {
    list: async prefix => files.list(root + prefix).map(object => backingFile(object, root)),
    async find(name) {
      const object = files.find(root + name);
      return object && backingFile(object, root);
    },
    remove: async name => files.remove(root + name),
    read: async name => (files.find(root + name) ? bytesOf(files.read(root + name)) : undefined),

    signUpload: (name, { uploadId, partNumber, ...wish }) =>
      uploadId !== undefined && partNumber !== undefined
        ? sign({ method: 'PUT', operation: 'UploadPart', uploadId, partNumber }, name, wish)
        : sign({ method: 'PUT', operation: 'PutObject' }, name, wish),
    signDownload: (name, wish) => sign({ method: 'GET', operation: 'GetObject' }, name, wish),

    async start(name) {
      const answer = await call({ method: 'POST', operation: 'CreateMultipartUpload' }, name);
      return childText(parseXml(answer), 'UploadId')!;
    },

    async complete(name, uploadId, parts) {
      const elements = parts.map(part => {
        if (!('ETag' in part)) throw new Refusal(400, { message: 'parts: ETag and PartNumber are required' });
        return `<Part><PartNumber>${part.PartNumber}</PartNumber><ETag>${escapeXml(part.ETag)}</ETag></Part>`;
      });
      await call(
        { method: 'POST', operation: 'CompleteMultipartUpload', uploadId },
        name,
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${elements.join('')}</CompleteMultipartUpload>`,
      );
    },
  };
}
