/** A file's metadata: one JSON object, shown and changed as pairs of text. */
import type { EntryMetadata } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import type { InvenioClient } from './client.js';
import { requireFileName } from './names.js';
import type { FileJson, Json } from './wire.js';

/** Values that are no text are written as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

export function pairsOf(metadata: Json | null | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, textOf(value)]));
}

/** The object for pairs of text. What `before` held and nobody changed keeps its type. */
export function metadataFor({ custom = {} }: EntryMetadata, before: Json = {}): Json {
  return Object.fromEntries(
    Object.entries(custom).map(([name, text]) => [
      name,
      Object.hasOwn(before, name) && textOf(before[name]) === text ? before[name] : text,
    ]),
  );
}

export async function readMetadata(
  client: InvenioClient,
  path: string,
  { signal }: CallOptions,
): Promise<EntryMetadata> {
  const { metadata, mimetype } = await existing(client, path, { signal });
  return { custom: pairsOf(metadata), ...(mimetype ? { headers: { 'content-type': mimetype } } : {}) };
}

export async function writeMetadata(
  client: InvenioClient,
  path: string,
  metadata: EntryMetadata,
  { signal }: CallOptions,
): Promise<void> {
  if (signal.aborted) throw abortedError();
  const other = Object.keys(metadata.headers ?? {}).length + Object.keys(metadata.tags ?? {}).length;
  if (other > 0) {
    throw new TransferError(
      'The repository chooses the type and the headers of a file by itself, and has no tags. Only its metadata can be changed.',
      { kind: 'fatal', reason: 'not-supported', path },
    );
  }
  if (!metadata.custom) return;
  const before = await existing(client, path, { signal });
  await writeFileMetadata(client, path, metadataFor(metadata, before.metadata ?? {}), { signal });
}

/** Replaces a file's metadata by this object, as it is. */
export async function writeFileMetadata(
  client: InvenioClient,
  path: string,
  metadata: Json,
  { signal }: CallOptions,
): Promise<FileJson> {
  requireFileName(path);
  return client.json<FileJson>('PUT', client.fileUrl(path), {
    signal,
    attempts: client.attempts,
    json: { metadata },
    path,
  });
}

async function existing(client: InvenioClient, path: string, { signal }: CallOptions): Promise<FileJson> {
  requireFileName(path);
  const file = await client.file(path, { signal, attempts: client.attempts });
  if (file) return file;
  throw missing(path);
}

export function missing(path: string): TransferError {
  return new TransferError('The record no longer has this file. Reload the listing.', {
    kind: 'fatal',
    reason: 'not-found',
    path,
  });
}
