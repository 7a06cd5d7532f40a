import { TransferError } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import type {
  CallOptions,
  Delivery,
  FormPlan,
  RequestPlan,
  TransferResponse,
  UploadIntent,
  UploadOutcome,
  UploadPlan,
} from '../adapter.js';
import { readJson } from '../http.js';
import { readStorageError } from '../signed-url.js';
import { AnswerWatch } from '../storage-reach.js';
import type { SmartsBioClient } from './client.js';
import { problem, readApiError, SUBJECT } from './errors.js';
import { stat } from './list.js';
import { writeMetadata } from './metadata.js';
import { LARGEST_FILE, LARGEST_FORM } from './options.js';
import { requireFilePath } from './paths.js';
import {
  DEFAULT_TYPE,
  isNotThere,
  notThere,
  outcomeOf,
  sendConfirmation,
  signUpload,
} from './upload-link.js';

export function openUpload(client: SmartsBioClient, intent: UploadIntent): UploadPlan {
  requireFilePath(intent.path);
  if (intent.size > LARGEST_FILE) {
    throw problem('too-large', 'smarts.bio takes files of up to 5 GiB. Nothing was sent.', intent.path);
  }
  return takesForm(client, intent) ? formPlan(client, intent) : presignedPlan(client, intent);
}

function takesForm(client: SmartsBioClient, intent: UploadIntent): boolean {
  const { presignAbove = 10_000_000, manage = true } = client.options;
  if (intent.size > LARGEST_FORM || !survivesForm(nameOf(intent.path))) return false;
  // Only the form carries a description; the metadata call can bring it later, where the key allows that.
  const needsForm = descriptionOf(intent) !== undefined && !manage;
  return needsForm || client.uploads.refuses || intent.size <= presignAbove;
}

/** Browsers write quotes and line ends in a form's file name as %22, %0D and %0A, and leave a real %22 as it is. */
function survivesForm(name: string): boolean {
  return !/["\r\n]|%22|%0d|%0a/i.test(name);
}

function descriptionOf({ metadata }: UploadIntent): string | undefined {
  return metadata?.custom?.description;
}

/** Through the API. Safe to repeat: the same folder and name are written again. */
function formPlan(client: SmartsBioClient, intent: UploadIntent): FormPlan {
  return {
    kind: 'form',
    sign: context => formDelivery(client, intent, context),
    readError: response => readApiError(response, intent.path),
    finish: (response, call) => finishForm(client, intent, response, call),
  };
}

async function formDelivery(
  client: SmartsBioClient,
  intent: UploadIntent,
  call: CallOptions,
): Promise<Delivery> {
  const description = descriptionOf(intent);
  const folder = parentPath(intent.path);
  return {
    method: 'POST',
    url: client.url('files/upload'),
    headers: await client.headers(call),
    fields: [
      ['workspace_id', client.workspace],
      ...(folder === '' ? [] : ([['path', folder]] as const)),
      ...(description === undefined ? [] : ([['description', description]] as const)),
    ],
    fileField: 'file',
    fileName: nameOf(intent.path),
  };
}

async function finishForm(
  client: SmartsBioClient,
  intent: UploadIntent,
  response: TransferResponse,
  call: CallOptions,
): Promise<UploadOutcome> {
  const outcome = outcomeOf(client, intent, readJson(response, SUBJECT));
  const { description: _, ...others } = intent.metadata?.custom ?? {};
  await addMetadata(client, intent.path, others, call);
  return outcome;
}

/**
 * Straight to the storage: a URL, the bytes, a confirmation. A storage that keeps this page out looks like a dead
 * network; the file then goes by form, or the reason is told when it is too large for that.
 */
function presignedPlan(client: SmartsBioClient, intent: UploadIntent): RequestPlan {
  const { path, size } = intent;
  const type = intent.type || DEFAULT_TYPE;
  const watch = new AnswerWatch(client.uploads);
  let fileKey: string | undefined;
  let expiresAt: number | undefined;
  let byForm = false;
  return {
    kind: 'request',
    async sign({ signal, attempt }) {
      watch.asked(attempt);
      if (client.uploads.refuses) {
        byForm = size <= LARGEST_FORM && survivesForm(nameOf(path));
        if (byForm) return formDelivery(client, intent, { signal });
        throw closedStorage(path);
      }
      const signed = await signUpload(client, { path, size, type }, { signal });
      ({ fileKey, expiresAt } = signed);
      watch.handedOut(attempt, expiresAt);
      return {
        method: 'PUT',
        url: signed.url,
        headers: signed.headers,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    },
    readError(response) {
      if (byForm) return readApiError(response, path);
      watch.read();
      return readStorageError(response, { path, expiresAt });
    },
    async finish(response, call) {
      if (byForm) return finishForm(client, intent, response, call);
      const etag = response.headers.etag?.replace(/^"(.*)"$/, '$1');
      const outcome = outcomeOf(
        client,
        intent,
        await confirm(client, { path, size, type, fileKey: fileKey! }, call),
      );
      await addMetadata(client, path, intent.metadata?.custom ?? {}, call);
      return { ...outcome, ...(etag ? { etag } : {}) };
    },
    async discard(call) {
      if (fileKey === undefined || byForm) return;
      // A registered file of this key is the one that was there before: it is not this upload's to remove.
      if (await stat(client, path, call)) return;
      await client
        .send({ method: 'DELETE', route: 'files', query: { key: fileKey } }, call, { path })
        .catch((error: unknown) => {
          if (!(error instanceof TransferError) || error.reason !== 'not-found') throw error;
        });
    },
  };
}

const confirm: typeof sendConfirmation = (client, file, call) =>
  sendConfirmation(client, file, call).catch((error: unknown) => {
    throw isNotThere(error)
      ? notThere(error, 'The file reached the storage, but smarts.bio does not see it there yet.', 'restart')
      : error;
  });

/** What the way that the bytes took could not carry. */
async function addMetadata(
  client: SmartsBioClient,
  path: string,
  custom: Readonly<Record<string, string>>,
  call: CallOptions,
): Promise<void> {
  if (Object.keys(custom).length === 0) return;
  if (client.options.manage === false) {
    throw problem(
      'not-supported',
      'The file is stored, but this key cannot write its metadata. Only a description goes along, and only with files of up to 500 MB.',
      path,
    );
  }
  await writeMetadata(client, path, { custom }, call);
}

function closedStorage(path: string): TransferError {
  return problem(
    'cors-or-network',
    'smarts.bio answers, but the storage behind it does not answer this page, and the file is too large for another way (500 MB). Ask smarts.bio to allow this site (CORS), or upload it with their own tools.',
    path,
  );
}
