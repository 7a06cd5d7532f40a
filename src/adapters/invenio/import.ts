/** Transfer types F (the repository fetches a URL) and R (it points to one). */
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ImportPlan } from '../adapter.js';
import { quote } from '../http-errors.js';
import type { InvenioClient } from './client.js';
import { fileEntry, outcomeOf } from './entries.js';
import { uploadGone } from './errors.js';
import { requireFileName } from './names.js';
import { type NewFile, removeFile, UploadStart } from './start.js';
import type { FileJson, Json } from './wire.js';

const DEFAULT_POLL = 2_000;

export interface RemoteFile {
  /** Size in bytes, for listings: the repository does not look. */
  readonly size?: number;
  /** `md5:<hex>`, likewise. */
  readonly checksum?: string;
  readonly metadata?: Json;
}

export function importFromUrl(client: InvenioClient, path: string, url: string): ImportPlan {
  requireFileName(path);
  requireUrl(url, path);
  const start = new UploadStart(client, { path, transfer: { type: 'F', url }, createOnly: false });
  return {
    kind: 'import',
    readError: response => client.readContentError(response, path),

    async start({ signal }) {
      await told(start.run({ signal }), path);
      // The URL may be somebody's signed link: it is not kept.
      return { path };
    },

    async poll(_state, { signal }) {
      const file = await client.file(path, { signal });
      if (!file) throw uploadGone(path, 'The record no longer has the file that was being fetched.');
      if (file.status === 'completed') return { outcome: outcomeOf(file) };
      if (file.status === 'failed') throw fetchFailed(file);
      return { after: client.options.pollInterval ?? DEFAULT_POLL };
    },

    async abort(_state, { signal }) {
      await removeFile(client, path, { signal });
      start.forget();
    },
  };
}

/** Puts a file into the record whose bytes stay where they are. */
export async function linkRemote(
  client: InvenioClient,
  path: string,
  url: string,
  { signal, ...about }: RemoteFile & CallOptions,
): Promise<Entry> {
  requireFileName(path);
  requireUrl(url, path);
  const file: NewFile = { path, transfer: { type: 'R', url }, createOnly: true, ...about };
  return fileEntry(await told(new UploadStart(client, file).run({ signal }), path));
}

function requireUrl(url: string, path: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new TransferError('This is no address of a file on the web.', {
    kind: 'fatal',
    reason: 'invalid-input',
    path,
  });
}

async function told(started: Promise<FileJson>, path: string): Promise<FileJson> {
  try {
    return await started;
  } catch (error) {
    if (!(error instanceof TransferError) || !(error.reason === 'forbidden' || isOtherHost(error)))
      throw error;
    throw new TransferError(
      'The repository does not let you bring in files from other addresses, or not from this one. Ask whoever runs it, or download the file and upload it here.',
      {
        kind: 'fatal',
        reason: 'forbidden',
        path,
        ...(error.status === undefined ? {} : { status: error.status }),
      },
    );
  }
}

/** Only some hosts are fetched from; that is looked at before permissions are. */
const isOtherHost = ({ status, serverMessage = '' }: TransferError): boolean =>
  status === 400 && /\bdomain not allowed\b/i.test(serverMessage);

function fetchFailed({ key, transfer }: FileJson): TransferError {
  const why = quote(transfer?.error);
  return new TransferError(
    `The repository could not fetch the file. Check the address, then try again; the unfinished entry can be deleted.`,
    { kind: 'fatal', reason: 'incomplete', path: key, ...(why ? { serverMessage: why } : {}) },
  );
}
