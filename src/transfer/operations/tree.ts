import type { Adapter, ListOptions } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { repeatedToken, TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { retrying } from '../retry.js';
import { signingKey } from '../transfer-errors.js';

/** Whether everything below a folder has to be named to the storage, because it knows no folders itself. */
export const namesEachFile = (adapter: Adapter): boolean => adapter.capabilities.folders !== 'native';

/** Where folders exist by themselves, listing one that does not is refused; elsewhere it is merely empty. */
export const isMissingFolder = (adapter: Adapter, error: unknown): boolean =>
  adapter.capabilities.folders === 'native' && error instanceof TransferError && error.reason === 'not-found';

async function* pages(
  context: TransferContext,
  path: string,
  options: Pick<ListOptions, 'recursive'>,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const { adapter, clock, connectivity } = context;
  let token: string | undefined;
  do {
    const page = await retrying(
      () => adapter.list(path, { ...options, signal, ...(token === undefined ? {} : { token }) }),
      // A storage that has answered this page's transfers is waited for, however long it is out of reach.
      { signal, clock, connectivity, origin: () => signingKey(adapter) },
    );
    yield page.entries;
    if (page.next !== undefined && page.next === token) throw repeatedToken();
    token = page.next;
  } while (token !== undefined);
}

/** The folder itself, as its empty marker object. A marker that has content is a file like any other. */
const isMarkerOf = (folder: string, entry: Entry): boolean =>
  entry.path === folder && entry.kind === 'folder';

/** Whether nothing is stored below a folder path. False also when that cannot be found out. */
export async function isNewPlace(
  context: TransferContext,
  folder: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { entries, next } = await context.adapter.list(folder, { signal });
    return entries.length === 0 && next === undefined;
  } catch {
    return false;
  }
}

/** What lies below a folder. Folders (their markers, where the storage keeps some) come after what is in them. */
export async function* everythingBelow(
  context: TransferContext,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  if (!context.adapter.capabilities.recursiveList) {
    yield* walk(context, folder, signal);
    return;
  }
  for await (const entries of pages(context, folder, { recursive: true }, signal)) {
    for (const entry of entries) if (!isMarkerOf(folder, entry)) yield entry;
  }
}

async function* walk(context: TransferContext, folder: string, signal: AbortSignal): AsyncGenerator<Entry> {
  for await (const { entry } of walkBelow(context, folder, signal)) yield entry;
}

/** Level by level, so that empty folders are found too. Folders come after what is in them. */
export async function* walkBelow(
  context: TransferContext,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly entry: Entry; readonly empty: boolean }> {
  for await (const entries of pages(context, folder, {}, signal)) {
    for (const entry of entries) {
      if (isMarkerOf(folder, entry)) continue;
      let empty = true;
      if (entry.kind === 'folder') {
        for await (const inner of walkBelow(context, entry.path, signal)) {
          empty = false;
          yield inner;
        }
      }
      yield { entry, empty };
    }
  }
}

/** The folders that are still there below one whose files are gone: markers of empty folders. Deepest first. */
export async function* foldersBelow(
  context: TransferContext,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const entries of pages(context, folder, {}, signal)) {
    for (const entry of entries) {
      if (entry.kind !== 'folder' || entry.path === folder) continue;
      yield* foldersBelow(context, entry.path, signal);
      yield entry.path;
    }
  }
}
