import type { Adapter, ListOptions } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import { isBelow, listingPages } from '../listing-pages.js';
import { patiently } from '../patiently.js';
import { signingKey } from '../transfer-errors.js';

/** Whether everything below a folder has to be named to the storage, because it knows no folders itself. */
export const namesEachFile = (adapter: Adapter): boolean => adapter.capabilities.folders !== 'native';

/** Where folders exist by themselves, listing one that does not is refused; elsewhere it is merely empty. */
export const isMissingFolder = (adapter: Adapter, error: unknown): boolean =>
  adapter.capabilities.folders === 'native' && error instanceof TransferError && error.reason === 'not-found';

function pages(
  context: TransferContext,
  path: string,
  options: Pick<ListOptions, 'recursive'>,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const { adapter } = context;
  return listingPages(at =>
    patiently(context, { signal }, () => adapter.list(path, { ...options, signal, ...at }), {
      // A storage that has answered this page's transfers is waited for, however long it is out of reach.
      origin: () => signingKey(adapter),
    }),
  );
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
    const { entries, next } = await abortable(context.adapter.list(folder, { signal }), signal);
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

/**
 * Level by level, so that empty folders are found too. Folders come after what is in them; one that does not lie below
 * the one listed is none of its content, and might lead back to it.
 */
export async function* walkBelow(
  context: TransferContext,
  folder: string,
  signal: AbortSignal,
  known = new Set<string>(),
): AsyncGenerator<{ readonly entry: Entry; readonly empty: boolean }> {
  for await (const entries of pages(context, folder, {}, signal)) {
    for (const entry of entries) {
      let empty = true;
      if (entry.kind === 'folder') {
        if (!isBelow(entry.path, folder) || known.has(entry.path)) continue;
        known.add(entry.path);
        for await (const inner of walkBelow(context, entry.path, signal, known)) {
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
  known = new Set<string>(),
): AsyncGenerator<string> {
  for await (const entries of pages(context, folder, {}, signal)) {
    for (const entry of entries) {
      if (entry.kind !== 'folder' || !isBelow(entry.path, folder) || known.has(entry.path)) continue;
      known.add(entry.path);
      yield* foldersBelow(context, entry.path, signal, known);
      yield entry.path;
    }
  }
}
