/** Files of a download that are no files of the storage: what it knows of each, and what it packs of a folder. */
import type { Adapter } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import type { TransferContext } from '../context.js';
import type { WantedFile } from './wanted.js';

const ending = '.metadata.json';

/** What the storage knows of a file, as a file of its own that is saved beside it. */
export function metadataFile({ entry, relative, place }: WantedFile, adapter: Adapter): WantedFile {
  return {
    entry: { path: `${entry.path}${ending}`, id: `${entry.id}${ending}` },
    relative: `${relative}${ending}`,
    ...(place === undefined ? {} : { place: [...place.slice(0, -1), `${place.at(-1)}${ending}`] }),
    write: signal => written(adapter, entry, signal),
  };
}

async function written(adapter: Adapter, known: WantedFile['entry'], signal: AbortSignal): Promise<string> {
  const { path } = known;
  const [entry, metadata] = await Promise.all([
    // What was asked for by its path alone is not known yet.
    known.kind === undefined ? adapter.stat?.(path, { signal }) : known,
    adapter.readMetadata?.(path, { signal }),
  ]);
  const {
    kind: _kind,
    name: _name,
    refuses: _refuses,
    created,
    modified,
    ...facts
  }: Partial<Entry> = entry ?? known;
  const about = { ...facts, path, created: date(created), modified: date(modified), metadata };
  return `${JSON.stringify(about, undefined, 2)}\n`;
}

/** What this page has written itself, as the file it becomes. */
export const madeFile = (content: string): Blob => new Blob([content], { type: 'application/json' });

const date = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

/** A folder as the one file that the platform packs of it. Throws `TransferError` where it packs none. */
export function archiveOf(folder: string, { archive, label }: Adapter): WantedFile {
  if (!archive) {
    throw new TransferError(`${label} packs no folders. Download its files, or let the page make the ZIP.`, {
      kind: 'fatal',
      reason: 'not-supported',
      path: folder,
    });
  }
  return {
    entry: { path: folder, id: folder },
    relative: `${nameOf(folder) || label}.zip`,
    archive: true,
  };
}

/** The context for a file that this page has written itself, or that the platform packs. */
export function contextFor(
  { content, archive, entry }: WantedFile,
  context: TransferContext,
): TransferContext {
  if (archive === true) {
    const packing = Object.create(context.adapter) as Adapter;
    const resolveDownload: Adapter['resolveDownload'] = (_entry, call) =>
      context.adapter.archive!(entry.path, { signal: call.signal });
    return { ...context, adapter: Object.assign(packing, { resolveDownload }) };
  }
  if (content === undefined) return context;
  const adapter = Object.create(context.adapter) as Adapter;
  return {
    ...context,
    adapter: Object.assign(adapter, {
      resolveDownload: async () => ({ kind: 'blob', blob: madeFile(content) }),
    }),
  };
}
