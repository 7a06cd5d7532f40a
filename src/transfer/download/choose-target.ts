/** Where the files of a download go, by what the page asks for. */
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { storageIdentity } from '../journal.js';
import { localName } from '../names.js';
import { sinkForArchive } from '../sinks/choose.js';
import { pickedArchive } from '../sinks/choose-picked.js';
import { FileHandleSink } from '../sinks/file-handle.js';
import { PickedFile } from '../sinks/picked-file.js';
import { StreamSink } from '../sinks/stream.js';
import type { DownloadOptions } from '../types.js';
import { layoutId } from '../zip/layout-id.js';
import { ZipTarget } from '../zip/zip-target.js';
import { PickedTarget } from './picked-target.js';
import { isDirectory, isFile, isStream, type Target } from './target.js';
import {
  BrowserTarget,
  FolderTarget,
  MemoryTarget,
  SingleTarget,
  type StagedUnder,
  StreamedTarget,
  UnaidedTarget,
} from './targets.js';
import { isFolder, labelOf, type Wanted } from './wanted.js';

export const noRoom = (name: string): TransferError =>
  new TransferError(
    `${name} does not fit into the space that the browser gives this site. Free some space, or choose a file or folder to save into.`,
    { kind: 'fatal', reason: 'quota' },
  );

/** Nothing but the page can fetch it, or the page has promised to check it. */
export const notUnaided = (name: string): TransferError =>
  new TransferError(
    `The browser cannot fetch ${name} by itself, or not so that it is checked as this page demands. Save it through the page: as files, or into a folder.`,
    { kind: 'fatal', reason: 'not-supported' },
  );

/** A folder that the platform packs. */
export const isPacked = (wanted: Wanted, { archive }: DownloadOptions): wanted is string =>
  archive === 'platform' && typeof wanted === 'string' && isFolder(wanted);

/** `download`: its id on record. Throws `TransferError` for a target that is none. */
export function chooseTarget(
  context: TransferContext,
  paths: readonly Wanted[],
  options: DownloadOptions,
  download?: string,
): Target {
  const { to = 'files', conflict = 'replace', saveAs, resumable = false } = options;
  const [first] = paths;
  const isOneFile =
    paths.length === 1 && (!isFolder(first!) || isPacked(first!, options)) && options.metadata !== true;
  const storage = storageIdentity(context.adapter);
  const under: StagedUnder =
    storage === undefined ? undefined : { storage, ...(download === undefined ? {} : { download }) };
  const asked = under && {
    ...under,
    path: JSON.stringify(paths.map(each => (typeof each === 'string' ? each : each.path))),
  };
  if (isDirectory(to)) return new FolderTarget(to, context, conflict, resumable ? under : undefined);
  if (to === 'memory') return new MemoryTarget(options.maxInMemory);
  // What the platform has packed is a ZIP already.
  const savedAsItIs = to === 'files' || (to === 'zip' && isOneFile && isPacked(first!, options));
  if (savedAsItIs) return new BrowserTarget(isOneFile ? saveAs : undefined, under);
  if (to === 'browser') return new UnaidedTarget(isOneFile ? saveAs : undefined);
  if (to === 'stream') return new StreamedTarget(isOneFile ? saveAs : undefined);
  if (to === 'zip') {
    const name = localName(saveAs ?? `${labelOf(paths).replace(/^\/$/, 'files')}.zip`);
    return new ZipTarget(async (layout, signal) => {
      const id = await layoutId(layout);
      const place = await sinkForArchive(name, layout.size, id, asked, { signal });
      if (place === undefined) throw noRoom(name);
      return place;
    });
  }
  if (!isFile(to) && !isStream(to)) {
    throw new TransferError('The target of a download is none that this version knows.', {
      kind: 'fatal',
      reason: 'invalid-input',
    });
  }
  // One place for many files can only be an archive.
  if (isFile(to) && resumable) {
    const file = new PickedFile(to);
    if (isOneFile) return new PickedTarget(file, under);
    return new ZipTarget(async layout => pickedArchive(file, layout.size, await layoutId(layout), asked));
  }
  const sink = isFile(to) ? new FileHandleSink(new PickedFile(to)) : new StreamSink(to);
  return isOneFile ? new SingleTarget(sink) : new ZipTarget(async () => ({ sink }));
}
