import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import type {
  Delivery,
  FormPlan,
  RequestPlan,
  SignContext,
  TransferResponse,
  UploadIntent,
  UploadOutcome,
  UploadPlan,
} from '../adapter.js';
import { readStorageError } from '../signed-url.js';
import { AnswerWatch } from '../storage-reach.js';
import type { DeepOriginClient } from './client.js';
import { etagOf } from './entries.js';
import { badAnswer, readApiError } from './errors.js';
import { signedUrl } from './links.js';
import { LARGEST_FILE } from './options.js';
import { encodePath, requireFilePath } from './paths.js';

/** The storage signs for this type and takes no other. */
const OCTETS = 'application/octet-stream';

export function openUpload(client: DeepOriginClient, intent: UploadIntent): UploadPlan {
  const { path, size } = intent;
  requireFilePath(path);
  encodePath(path);
  if (size > LARGEST_FILE) {
    throw new TransferError('Deep Origin takes files of up to 5 GiB. Nothing was sent.', {
      kind: 'fatal',
      reason: 'too-large',
      path,
    });
  }
  return size <= client.formUpTo || (client.reach.refuses && mayUseForm(client))
    ? formPlan(client, path)
    : requestPlan(client, path);
}

function mayUseForm(client: DeepOriginClient): boolean {
  return client.options.uploads !== 'signed';
}

/** Through the API, as one form. Safe to repeat: the same path is written again. */
function formPlan(client: DeepOriginClient, path: string): FormPlan {
  return {
    kind: 'form',
    sign: context => formDelivery(client, path, context),
    readError: response => readFormError(client, path, response),
    finish: async response => formOutcome(path, response),
  };
}

/** Straight to the storage, with a fresh URL for each attempt. */
function requestPlan(client: DeepOriginClient, path: string): RequestPlan {
  const watch = new AnswerWatch(client.reach);
  let expiresAt: number | undefined;
  let byForm = false;
  return {
    kind: 'request',
    async sign(context) {
      watch.asked(context.attempt);
      byForm = client.reach.refuses && mayUseForm(client);
      if (byForm) return formDelivery(client, path, context);
      if (client.reach.refuses) throw closedStorage(path);
      const signed = await signedUrl(client, path, { signal: context.signal, upload: true, direct: false });
      expiresAt = signed.expiresAt;
      watch.handedOut(context.attempt, expiresAt);
      return { method: 'PUT', ...signed, headers: { 'content-type': OCTETS } };
    },
    readError(response) {
      if (byForm) return readFormError(client, path, response);
      watch.read();
      return readStorageError(response, { path, expiresAt });
    },
    async finish(response) {
      if (byForm) return formOutcome(path, response);
      const etag = etagOf(response.headers.etag);
      return { path, ...(etag === undefined ? {} : { etag }) };
    },
  };
}

function closedStorage(path: string): TransferError {
  return new TransferError(
    'Deep Origin answers, but the storage behind it does not answer this page. Whoever runs it has to allow this site (CORS). What is stored is safe.',
    { kind: 'fatal', reason: 'cors-or-network', path },
  );
}

async function formDelivery(client: DeepOriginClient, path: string, context: SignContext): Promise<Delivery> {
  return {
    method: 'PUT',
    url: client.url(path),
    headers: await client.headers(context),
    fields: [],
    fileField: 'file',
    fileName: nameOf(path),
  };
}

function readFormError(
  client: DeepOriginClient,
  path: string,
  response: TransferResponse,
): TransferError | undefined {
  const error = readApiError(response, path);
  if (error?.reason !== 'too-large' || client.options.uploads === 'form') return error;
  // The gateway's limit is not documented: learn it, and go past it.
  client.formUpTo = -1;
  return client.reach.refuses
    ? error
    : new TransferError('The file is too large for a form, so it is sent in another way.', {
        kind: 'restart',
        reason: 'too-large',
        status: 413,
        path,
      });
}

function formOutcome(path: string, response: TransferResponse): UploadOutcome {
  let body: unknown;
  try {
    body = JSON.parse(response.body);
  } catch {
    throw badAnswer('an upload was answered without JSON', path);
  }
  // Only `eTag` is common to all releases.
  const etag = etagOf((body as { eTag?: unknown } | null)?.eTag);
  return { path, ...(etag === undefined ? {} : { etag }), body };
}
