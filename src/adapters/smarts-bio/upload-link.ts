/** The flow for large files, step by step: a URL of the storage, whatever is sent to it, a confirmation. */
import { TransferError } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import type { CallOptions, UploadOutcome } from '../adapter.js';
import { readJson } from '../http.js';
import { expiryOf } from '../signed-url.js';
import { type SmartsBioClient, unwrap } from './client.js';
import { factsOf } from './entries.js';
import { badAnswer, SUBJECT } from './errors.js';

export const DEFAULT_TYPE = 'application/octet-stream';

/** A file that is going to be sent. */
export interface AnnouncedFile {
  /** Where it goes in the workspace. */
  readonly path: string;
  /** Bytes. The confirmation is refused when other ones came. */
  readonly size: number;
  /** Media type. The storage takes no other one. Default `application/octet-stream`. */
  readonly type?: string;
}

export interface SignedUpload {
  /** Takes one PUT of the bytes, without credentials. */
  readonly url: string;
  /** Headers that the PUT must have. */
  readonly headers: Readonly<Record<string, string>>;
  /** Storage key that the file will have: what {@link confirmUpload} wants. */
  readonly fileKey: string;
  /** Milliseconds since 1970; absent where nothing tells. */
  readonly expiresAt?: number;
}

export async function signUpload(
  client: SmartsBioClient,
  { path, size, type = DEFAULT_TYPE }: AnnouncedFile,
  call: CallOptions,
): Promise<SignedUpload> {
  const answer = (await client.data(
    {
      method: 'POST',
      route: 'files/upload-url',
      json: { filename: nameOf(path), contentType: type, size, path: parentPath(path) },
    },
    call,
    { path },
  )) as Record<string, unknown> | null;
  const url = answer?.uploadUrl ?? answer?.upload_url ?? answer?.url;
  const facts = factsOf(answer);
  if (typeof url !== 'string' || !URL.canParse(url) || !facts) throw badAnswer('no upload URL came', path);
  client.keys.learn(facts.key);
  const seconds = typeof answer?.expiresIn === 'number' ? answer.expiresIn : undefined;
  const expiresAt = expiryOf(url) ?? (seconds === undefined ? undefined : Date.now() + seconds * 1000);
  return {
    url,
    headers: { 'content-type': type },
    fileKey: facts.key,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Registers what lies in the storage. Repeating it is harmless, so a lost answer costs nothing. */
export async function sendConfirmation(
  client: SmartsBioClient,
  { path, size, type = DEFAULT_TYPE, fileKey }: AnnouncedFile & Pick<SignedUpload, 'fileKey'>,
  call: CallOptions,
): Promise<unknown> {
  const response = await client.send(
    {
      method: 'POST',
      route: 'files/upload-confirm',
      json: { fileKey, filename: nameOf(path), size, contentType: type },
    },
    call,
    { path },
  );
  return readJson(response, SUBJECT);
}

/** The confirmation of a file that somebody else sent, so nothing here can send it again. */
export async function confirmUpload(
  client: SmartsBioClient,
  file: AnnouncedFile & Pick<SignedUpload, 'fileKey'>,
  call: CallOptions,
): Promise<UploadOutcome> {
  const answer = await sendConfirmation(client, file, call).catch((error: unknown) => {
    throw isNotThere(error)
      ? notThere(
          error,
          `smarts.bio does not see ${nameOf(file.path)} in the storage as it was announced. Confirm it when its PUT has ended, or have all of it sent again.`,
          'fatal',
        )
      : error;
  });
  return outcomeOf(client, file, answer, 'Have it sent again.');
}

/** Whether a confirmation failed because the storage holds nothing, or something else. */
export const isNotThere = (error: unknown): error is TransferError =>
  error instanceof TransferError && (error.status === 404 || error.status === 400);

export function notThere(
  { path, status, serverCode, serverMessage }: TransferError,
  message: string,
  kind: 'restart' | 'fatal',
): TransferError {
  return new TransferError(message, {
    kind,
    reason: 'upload-gone',
    ...(path === undefined ? {} : { path }),
    ...(status === undefined ? {} : { status }),
    ...(serverCode === undefined ? {} : { serverCode }),
    ...(serverMessage === undefined ? {} : { serverMessage }),
  });
}

export function outcomeOf(
  client: SmartsBioClient,
  { path, size }: AnnouncedFile,
  answer: unknown,
  then = 'It has to be sent again.',
): UploadOutcome {
  const data = unwrap(answer);
  const facts = factsOf(data);
  if (!facts) throw badAnswer('an upload was answered without a key', path);
  client.keys.learn(facts.key);
  if (facts.size !== undefined && facts.size !== size) {
    throw new TransferError(`smarts.bio holds ${facts.size} bytes of this file, which has ${size}. ${then}`, {
      kind: 'restart',
      reason: 'incomplete',
      path,
    });
  }
  return {
    path: facts.path,
    id: facts.key,
    ...(facts.size === undefined ? {} : { size: facts.size }),
    body: data,
  };
}
