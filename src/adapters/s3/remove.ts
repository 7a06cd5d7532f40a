/** DeleteObject and DeleteObjects. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ItemResult } from '../adapter.js';
import { sideBySide } from '../side-by-side.js';
import { childrenOf, childText } from '../xml.js';
import { DIRECT_ATTEMPTS, type S3Client } from './client.js';
import { isAddressable } from './entries.js';
import { keyError } from './errors.js';

const MOST_KEYS = 1000;
const SINGLES_AT_ONCE = 4;

/** Deletes objects; one result a path, in the order given. What is not there counts as deleted, as S3 has it. */
export async function remove(
  client: S3Client,
  paths: readonly string[],
  { signal }: CallOptions,
): Promise<readonly ItemResult[]> {
  const unique = [...new Set(paths)];
  const results = new Map<string, ItemResult>();
  if (unique.length === 1 && isAddressable(unique[0]!)) {
    results.set(unique[0]!, await removeOne(client, unique[0]!, signal));
  } else {
    const inXml = unique.filter(fitsXml);
    const singly = unique.filter(path => !fitsXml(path));
    for (let start = 0; start < inXml.length; start += MOST_KEYS) {
      const chunk = inXml.slice(start, start + MOST_KEYS);
      for (const result of await removeChunk(client, chunk, signal)) results.set(result.path, result);
    }
    for (const result of await removeSingly(client, singly, signal)) results.set(result.path, result);
  }
  return paths.map(path => results.get(path)!);
}

async function removeOne(client: S3Client, path: string, signal: AbortSignal): Promise<ItemResult> {
  try {
    await client.call(
      { method: 'DELETE', key: client.keyOf(path), operation: 'DeleteObject' },
      { signal, path, attempts: DIRECT_ATTEMPTS },
    );
    return { path };
  } catch (error) {
    const failed = asResultError(error);
    return failed.serverCode === 'NoSuchKey' ? { path } : { path, error: failed };
  }
}

async function removeChunk(
  client: S3Client,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly ItemResult[]> {
  if (!client.has.deleteMany) return removeSingly(client, paths, signal);
  const keys = new Map(paths.map(path => [client.keyOf(path), path]));
  try {
    const { xml } = await client.callXml(
      { method: 'POST', key: '', operation: 'DeleteObjects', keys: [...keys.keys()] },
      'DeleteResult',
      { signal, attempts: DIRECT_ATTEMPTS },
    );
    const deleted = new Set(childrenOf(xml, 'Deleted').map(element => childText(element, 'Key')));
    const failed = new Map(childrenOf(xml, 'Error').map(element => [childText(element, 'Key'), element]));
    return Array.from(keys, ([key, path]) => {
      const element = failed.get(key);
      if (element && childText(element, 'Code') !== 'NoSuchKey')
        return { path, error: keyError(element, path) };
      return element || deleted.has(key) ? { path } : { path, error: unsaid(path) };
    });
  } catch (error) {
    const failed = asResultError(error);
    if (failed.status === 405 || failed.status === 501) {
      // Google Cloud Storage's S3 interface, among others, did not have it for years.
      client.has.deleteMany = false;
      return removeSingly(client, paths, signal);
    }
    return paths.map(path => ({ path, error: failed }));
  }
}

async function removeSingly(
  client: S3Client,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly ItemResult[]> {
  return sideBySide(paths, SINGLES_AT_ONCE, path => removeOne(client, path, signal));
}

/** Whether the body of DeleteObjects can name the path: XML 1.0 has no control characters, escaped or not. */
function fitsXml(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(path) && path.isWellFormed();
}

/** Stopping is the caller's wish, not the result of a path. */
function asResultError(error: unknown): TransferError {
  if (!(error instanceof TransferError) || error.reason === 'aborted') throw error;
  return error;
}

function unsaid(path: string): TransferError {
  return new TransferError('The storage did not say whether the file was deleted. Reload the listing.', {
    kind: 'retry',
    reason: 'invalid-answer',
    path,
  });
}
