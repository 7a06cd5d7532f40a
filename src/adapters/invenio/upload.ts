/** Transfer type L: announce, send the bytes, commit. And the choice between it and uploads in parts. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, RequestPlan, UploadIntent, UploadPlan } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { Commit } from './commit.js';
import { isRecordMissing, uploadGone } from './errors.js';
import { allFiles } from './list.js';
import { requireFileName } from './names.js';
import { partsPlan } from './parts.js';
import { newFileOf, UploadStart } from './start.js';

export const DEFAULT_PARTS_FROM = 10_000_000;

export function takesParts(client: InvenioClient): boolean {
  return !client.learned.noParts && (client.options.transfers?.includes('M') ?? true);
}

export async function openUpload(
  client: InvenioClient,
  intent: UploadIntent,
  { signal }: CallOptions,
): Promise<UploadPlan> {
  requireFileName(intent.path);
  await requireRoom(client, intent.path, { signal });
  const from = intent.partsFrom ?? client.options.partsFrom ?? DEFAULT_PARTS_FROM;
  // Type M needs at least one byte.
  const inParts = takesParts(client) && intent.size > 0 && intent.size >= from;
  return inParts ? partsPlan(client, intent) : requestPlan(client, intent);
}

/** @throws TransferError (`too-many`) when the record is full: told before a byte is sent. */
async function requireRoom(client: InvenioClient, path: string, { signal }: CallOptions): Promise<void> {
  const most = client.options.maxFiles ?? 100;
  const full = () => client.names !== undefined && client.names.size >= most && !client.names.has(path);
  // Asked once; every announcement's answer brings the list up to date. “Full” is asked again: files may have gone.
  if (client.names === undefined || full()) await allFiles(client, { signal });
  if (full()) {
    throw new TransferError(
      `A record of this repository holds at most ${most} files, and this one has as many. Nothing was sent: delete files, or pack several into one archive.`,
      { kind: 'fatal', reason: 'too-many', path },
    );
  }
}

export function requestPlan(client: InvenioClient, intent: UploadIntent): RequestPlan {
  const { path } = intent;
  const start = new UploadStart(client, newFileOf(intent, { type: 'L' }));
  const commit = new Commit(client, path);
  return {
    kind: 'request',
    origins: [client.origin],

    async sign({ signal, attempt }) {
      const file = await start.run({ signal });
      const url = client.follow(file.links?.content, `${client.fileUrl(path)}/content`);
      return {
        method: 'PUT',
        url,
        headers: {
          'content-type': 'application/octet-stream',
          ...(await client.authorization(url, { signal, attempt })),
        },
      };
    },

    readError(response) {
      const error = client.readContentError(response, path);
      if (error?.reason === 'not-found' && !isRecordMissing(error)) {
        start.forget();
        return uploadGone(path);
      }
      if (error?.kind === 'restart') start.forget();
      return error;
    },

    finish: (_response, { signal }) => commit.run(signal, start.run({ signal })),

    async discard({ signal }) {
      await start.discard({ signal, attempts: client.attempts });
    },
  };
}
