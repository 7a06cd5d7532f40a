/** PostObject: one form with a signed policy, which a page may send without asking by a CORS preflight first. */
import { TransferError } from '../../core/errors.js';
import type { FormPlan } from '../adapter.js';
import { checksumHeader } from './checksums.js';
import { asRestart, Expiries, outcomeOf, readUploadError, toDelivery } from './delivery.js';
import type { S3SignRequest } from './signing.js';
import type { S3Upload } from './upload.js';

export function formPlan(upload: S3Upload): FormPlan {
  const { client, intent, key, type, checksum } = upload;
  const expiries = new Expiries();
  let storedKey: string | undefined;

  const withoutForm = (error: TransferError): TransferError =>
    asRestart(error, 'The storage takes no uploads by form, so the file is sent in another way.');
  const noForms = (error: TransferError): TransferError => {
    client.forms.switchOff();
    return withoutForm(error);
  };

  return {
    kind: 'form',
    origins: client.origins,
    ...(checksum === undefined ? {} : { requestChecksum: checksum }),

    async sign({ signal, attempt, origin, checksum: value }) {
      const headers: Record<string, string> = { ...upload.headers };
      if (value) headers[checksumHeader(value.algorithm)] = value.value;
      const request: S3SignRequest = {
        method: 'POST',
        key,
        operation: 'PostObject',
        contentType: type,
        contentLength: intent.size,
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
      };
      const signed = await client
        .sign(request, { signal, attempt, origin, path: intent.path })
        .catch((error: unknown) => {
          const elsewhere = error instanceof TransferError && client.forms.formRefused(key, error);
          throw elsewhere ? withoutForm(error) : error;
        });
      if (!signed.fields) {
        throw noForms(new TransferError('', { kind: 'fatal', reason: 'not-supported', path: intent.path }));
      }
      client.forms.formSigned();
      storedKey = signed.fields.key ?? signed.key;
      expiries.signed(1, signed.expiresAt);
      return toDelivery(signed, type);
    },

    readError(response) {
      const error = readUploadError(upload, response, { expired: expiries.anyEnded });
      return error?.status === 405 || error?.status === 501 ? noForms(error) : error;
    },

    async finish(response) {
      return outcomeOf(upload, 'form', response, storedKey);
    },
  };
}
