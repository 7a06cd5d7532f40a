/** Copy and move. S3 has no move: copy, look whether the copy is whole, delete the original. */
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { DIRECT_ATTEMPTS, type S3Answer, type S3Client } from './client.js';
import { copyInParts } from './copy-parts.js';
import { COPY_TIMEOUT, unchanged } from './copy-source.js';
import { headEntry } from './entries.js';
import { createFolder } from './folders.js';
import { head, requireAddressable } from './list.js';
import { MAX_SINGLE_REQUEST } from './options.js';
import { remove } from './remove.js';

export interface CopyOptions extends CallOptions {
  readonly replace?: boolean;
}

export async function copy(client: S3Client, from: string, to: string, options: CopyOptions): Promise<Entry> {
  const { signal, replace = false } = options;
  requireAddressable(from);
  requireAddressable(to);
  if (from === to) throw refuse('invalid-input', 'The copy needs another name or place.', to);
  if (to === '' || from.endsWith('/') !== to.endsWith('/')) {
    throw refuse('invalid-name', 'A file needs a name.', to);
  }
  const call = { signal, attempts: DIRECT_ATTEMPTS };
  if (!replace && (await head(client, client.keyOf(to), { ...call, path: to }))) {
    throw refuse('exists', 'There is already a file of this name. It was left as it is.', to);
  }
  const source = await head(client, client.keyOf(from), { ...call, path: from });
  if (!source) {
    // A folder that exists only by what is in it has no object of its own.
    if (from.endsWith('/')) return createFolder(client, to, { signal });
    throw refuse('not-found', 'The file is no longer at the storage. Reload the listing.', from);
  }
  await copyObject(client, from, to, source, signal);
  const target = await head(client, client.keyOf(to), { ...call, path: to });
  if (!target || !isSame(source, target, from, to)) {
    throw new TransferError(
      'The copy at the storage is not the same as the original. The original is safe; try again.',
      { kind: 'retry', reason: 'incomplete', path: to },
    );
  }
  return headEntry(to, target);
}

export async function move(client: S3Client, from: string, to: string, options: CopyOptions): Promise<Entry> {
  const entry = await copy(client, from, to, options);
  const [result] = await remove(client, [from], options);
  if (result?.error) {
    const { kind, reason, status, serverCode, requestId } = result.error;
    throw new TransferError(
      `The file was copied to its new place, but the original could not be deleted, so it is there twice. ${result.error.message}`,
      {
        kind,
        reason,
        path: from,
        ...(status === undefined ? {} : { status }),
        ...(serverCode === undefined ? {} : { serverCode }),
        ...(requestId === undefined ? {} : { requestId }),
      },
    );
  }
  return entry;
}

async function copyObject(
  client: S3Client,
  from: string,
  to: string,
  source: S3Answer,
  signal: AbortSignal,
): Promise<void> {
  const limit = Math.min(client.options.copyInPartsFrom ?? MAX_SINGLE_REQUEST, MAX_SINGLE_REQUEST);
  if (Number(source.headers['content-length']) > limit) {
    await copyInParts(client, { from, to, source, signal });
    return;
  }
  await client.callXml(
    {
      method: 'PUT',
      key: client.keyOf(to),
      operation: 'CopyObject',
      sourceKey: client.keyOf(from),
      ...unchanged(source),
    },
    'CopyObjectResult',
    { signal, path: from, attempts: DIRECT_ATTEMPTS, timeout: COPY_TIMEOUT },
  );
}

function isSame(source: S3Answer, target: S3Answer, from: string, to: string): boolean {
  if (source.headers['content-length'] !== target.headers['content-length']) return false;
  // ETags change with encryption and with the number of parts; full checksums do not.
  const before = headEntry(from, source).checksums ?? [];
  const after = headEntry(to, target).checksums ?? [];
  return before.every(sum => {
    const twin = after.find(candidate => candidate.algorithm === sum.algorithm);
    return twin?.scope !== 'full' || sum.scope !== 'full' || twin.value === sum.value;
  });
}

function refuse(
  reason: 'invalid-input' | 'invalid-name' | 'exists' | 'not-found',
  text: string,
  path: string,
): TransferError {
  return new TransferError(text, { kind: 'fatal', reason, path });
}
