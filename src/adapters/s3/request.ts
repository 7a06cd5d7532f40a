/** PutObject: one raw body. */
import type { RequestPlan } from '../adapter.js';
import { checksumHeader } from './checksums.js';
import { Expiries, outcomeOf, readUploadError, toDelivery } from './delivery.js';
import type { S3SignRequest } from './signing.js';
import type { S3Upload } from './upload.js';

export function requestPlan(upload: S3Upload): RequestPlan {
  const { client, intent, key, type, checksum } = upload;
  const expiries = new Expiries();
  let storedKey: string | undefined;
  return {
    kind: 'request',
    origins: client.origins,
    ...(checksum === undefined ? {} : { requestChecksum: checksum }),

    async sign({ signal, attempt, origin, checksum: value }) {
      const headers: Record<string, string> = { ...upload.headers };
      if (upload.createOnly) headers['if-none-match'] = '*';
      if (value) headers[checksumHeader(value.algorithm)] = value.value;
      const request: S3SignRequest = {
        method: 'PUT',
        key,
        operation: 'PutObject',
        contentType: type,
        contentLength: intent.size,
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
      };
      const signed = await client
        .sign(request, { signal, attempt, origin, path: intent.path })
        .catch((error: unknown) => {
          client.forms.requestRefused(key);
          throw error;
        });
      client.forms.requestSigned(key);
      storedKey = signed.fields?.key ?? signed.key;
      expiries.signed(1, signed.expiresAt);
      return toDelivery(signed, type);
    },

    readError: response => readUploadError(upload, response, { expired: expiries.anyEnded }),

    async finish(response) {
      return outcomeOf(upload, 'request', response, storedKey);
    },
  };
}
