/** Which way a file goes up, and the way in one piece. */
import { TransferError } from '../../core/errors.js';
import type { RequestPlan, UploadIntent, UploadPlan } from '../adapter.js';
import type { UbiOpsClient } from './client.js';
import { requireAddressable } from './entries.js';
import { readStoredError } from './errors.js';
import { DEFAULT_MAX_FILE_SIZE, DEFAULT_PARTS_FROM, MAX_SINGLE_REQUEST, MIN_PART_SIZE } from './options.js';
import { partsPlan } from './parts.js';
import { AZURE, etagOf, signUpload, storedChecksums } from './storage.js';

/** Checks the intent and chooses a plan. Sends nothing. */
export function openUpload(client: UbiOpsClient, intent: UploadIntent): UploadPlan {
  checkIntent(client, intent);
  const { path, size } = intent;
  const wished = intent.partsFrom ?? client.options.partsFrom ?? DEFAULT_PARTS_FROM;
  const single = client.learnt.etagHidden || client.learnt.singleOnly.has(path);
  if (single && size > MAX_SINGLE_REQUEST) throw hiddenEtag(path);
  if (!single && size > MIN_PART_SIZE && size >= Math.min(wished, MAX_SINGLE_REQUEST)) {
    return partsPlan(client, intent);
  }
  return requestPlan(client, intent);
}

/** @throws TransferError for what the storages can never take. */
export function checkIntent({ options }: UbiOpsClient, { path, size }: UploadIntent): void {
  if (path === '' || path.endsWith('/')) {
    throw new TransferError('A file needs a name.', { kind: 'fatal', reason: 'invalid-name', path });
  }
  requireAddressable(path);
  if (size > (options.maxFileSize ?? DEFAULT_MAX_FILE_SIZE)) {
    throw new TransferError('The file is larger than the storage can hold.', {
      kind: 'fatal',
      reason: 'too-large',
      path,
    });
  }
}

function hiddenEtag(path: string): TransferError {
  return new TransferError(
    'The file is too large for one request, and for parts the storage would have to show this page its “ETag” header. Whoever runs the storage has to expose ETag in its CORS rules.',
    { kind: 'fatal', reason: 'too-large', path },
  );
}

function requestPlan(client: UbiOpsClient, intent: UploadIntent): RequestPlan {
  const { path, type } = intent;
  let provider = '';
  let expiresAt: number | undefined;
  return {
    kind: 'request',

    async sign({ signal }) {
      const signed = await signUpload(client, path, { signal });
      ({ provider, expiresAt } = { expiresAt: undefined, ...signed });
      const headers = {
        ...signed.headers,
        ...(client.options.contentType === 'file'
          ? { 'content-type': type || 'application/octet-stream' }
          : {}),
      };
      return {
        method: 'PUT',
        url: signed.url,
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    },

    readError: response => readStoredError(response, { path, expiresAt }),

    async finish({ headers }) {
      client.learnt.singleOnly.delete(path);
      const etag = etagOf(headers.etag);
      if (provider !== AZURE) client.learnt.etagHidden = etag === undefined;
      const checksums = storedChecksums(headers);
      return {
        path,
        ...(etag === undefined ? {} : { etag }),
        ...(checksums.length > 0 ? { checksums } : {}),
      };
    },
  };
}
