/** Finds the files of a download, with patience: one lost page of a listing is no reason to give a folder up. */
import type { TransferContext } from '../context.js';
import { patiently } from '../patiently.js';
import type { DownloadOptions } from '../types.js';
import { isPacked } from './choose-target.js';
import { archiveOf } from './other-files.js';
import { described, type Lister, type Wanted, type WantedFile, wantedFiles } from './wanted.js';

/** The files, as they are found. Rejects with `TransferError`, or with the signal's reason. */
export async function* findFiles(
  context: TransferContext,
  paths: readonly Wanted[],
  options: DownloadOptions,
  signal: AbortSignal,
): AsyncGenerator<WantedFile> {
  const { adapter } = context;
  const listed: Wanted[] = [];
  for (const wanted of paths) {
    if (isPacked(wanted, options)) yield archiveOf(wanted, adapter);
    else listed.push(wanted);
  }
  const lister: Lister = {
    capabilities: adapter.capabilities,
    list: (path, how) => patiently(context, { signal }, () => adapter.list(path, how)),
  };
  yield* wantedFiles(lister, listed, signal);
}

/** A file with its size, see {@link described}. */
export const lookUp = (
  context: TransferContext,
  file: WantedFile,
  signal: AbortSignal,
): Promise<WantedFile> => patiently(context, { signal }, () => described(context.adapter, file, signal));
