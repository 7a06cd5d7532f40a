/** The client half of `createS3Signer`. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { createHttpClient, readJson } from '../http.js';
import { isRefusal, type SignRequest, type SignRequests } from './options.js';
import { refusalError, thrownError } from './signer-errors.js';
import type { S3SignBatchResponse, S3SignedRequest } from './signing.js';

export interface SignerEndpointOptions {
  /** Headers of each request to the signer (an `authorization` of the page's own), or a function that makes them. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | ((options: CallOptions) => Promise<Record<string, string>> | Record<string, string>);
  /** Cookies of the page. Default `same-origin`. */
  readonly credentials?: RequestCredentials;
}

/**
 * Functions for `s3({ ...signerEndpoint('/api/sign') })` that speak to a signer made by `createS3Signer`.
 *
 * @param url Address of the signer; relative to the page.
 */
export function signerEndpoint(
  url: string | URL,
  { headers = {}, credentials = 'same-origin' }: SignerEndpointOptions = {},
): { signRequest: SignRequest; signRequests: SignRequests } {
  const client = createHttpClient({
    subject: 'The service that signs requests for this page',
    credentials,
  });

  async function ask(json: unknown, { signal }: CallOptions): Promise<unknown> {
    const target = new URL(url, globalThis.location?.href);
    const own = typeof headers === 'function' ? await headers({ signal }) : headers;
    const secret = Object.keys(own).length > 0;
    const response = await client.send(
      { method: 'POST', url: target.href, headers: own, json, secret },
      { signal },
    );
    if (response.status >= 400) {
      const refusal = tryJson(response.body);
      throw isRefusal(refusal)
        ? refusalError(refusal, undefined)
        : thrownError({ status: response.status }, signal, undefined);
    }
    return readJson(response, 'The service that signs requests for this page');
  }

  return {
    signRequest: async (request, options) => (await ask(request, options)) as S3SignedRequest,
    signRequests: async (requests, options) => {
      const answer = (await ask({ requests }, options)) as Partial<S3SignBatchResponse> | null;
      if (!Array.isArray(answer?.responses)) {
        throw new TransferError(
          'The service that signs requests for this page does not take batches. Tell whoever runs this site.',
          { kind: 'fatal', reason: 'signer' },
        );
      }
      return answer as S3SignBatchResponse;
    },
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
