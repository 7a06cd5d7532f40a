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

  /** No forms here: from now on every file goes by PUT, and this one begins again. */
  function withoutForms(error: TransferError): TransferError {
    client.has.forms = false;
    return asRestart(error, 'The storage takes no uploads by form, so the file is sent in another way.');
  }

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
      try {
        const signed = await client.sign(request, { signal, attempt, origin, path: intent.path });
        if (!signed.fields) {
          throw withoutForms(
            new TransferError('', { kind: 'fatal', reason: 'not-supported', path: intent.path }),
          );
        }
        storedKey = signed.fields.key ?? signed.key;
        expiries.signed(1, signed.expiresAt);
        return toDelivery(signed, type);
      } catch (error) {
        const lacksForms =
          error instanceof TransferError &&
          error.kind === 'fatal' &&
          (error.reason === 'signer' || error.serverCode === 'OperationNotAllowed');
        throw lacksForms ? withoutForms(error) : error;
      }
    },

    readError(response) {
      const error = readUploadError(upload, response, { expired: expiries.anyEnded });
      return error?.status === 405 || error?.status === 501 ? withoutForms(error) : error;
    },

    async finish(response) {
      return outcomeOf(upload, 'form', response, storedKey);
    },
  };
}
