/** Which sink serves a file that the browser shall save: decided by what works here, never by the browser's name. */
import { saveBlob } from './browser-save.js';
import { MemorySink } from './memory.js';
import { onceThereIsRoom, type Patience, saveStaged } from './room.js';
import type { Sink, SinkFacts } from './sink.js';
import { canStage } from './staged-files.js';
import type { KeptContent, StagedOrigin } from './staged-journal.js';
import { StagingSink } from './staging.js';
import { throughWorker } from './worker-stream.js';

/** Up to this size a file goes through memory: quicker than staging it, and small enough for every device. */
export const smallEnoughForMemory = 64 * 1024 * 1024;

/** What letting the browser fetch a URL by itself means. No sink: the bytes do not pass through the page. */
export const navigationFacts: SinkFacts = {
  seekable: false,
  canResume: false,
  canVerify: false,
  survivesReload: true,
  survivesTabClose: true,
  needsClick: false,
  copiesTwice: false,
};

/**
 * A sink for a file that the browser saves under `name` (safe already): in memory, in the browser's own storage, or
 * where that has no room, through the download worker. Undefined when none of them can hold that size: then only
 * {@link saveUrl} is left. With `origin` a large one survives the page, see {@link unfinishedSink}. With `patience` it
 * waits for room that this page's own files give back.
 */
export async function sinkForBrowser(
  name: string,
  size: number | undefined,
  type: string,
  origin?: StagedOrigin,
  patience?: Patience,
): Promise<Sink | undefined> {
  const find = async (): Promise<Sink | undefined> =>
    (await sinkThatKeeps(name, size, type, origin)) ?? throughWorker(name);
  return patience ? onceThereIsRoom(size ?? smallEnoughForMemory, patience, find) : find();
}

async function sinkThatKeeps(
  name: string,
  size: number | undefined,
  type: string,
  origin?: StagedOrigin,
): Promise<Sink | undefined> {
  if (size !== undefined && size <= smallEnoughForMemory) {
    return new MemorySink(type, {
      async deliver(blob) {
        saveBlob(blob, name);
        return name;
      },
    });
  }
  return stagedSink(name, size, origin);
}

/** Places are looked for one after another: what is estimated for one must hold what the others have taken. */
let looking: Promise<unknown> = Promise.resolve();

/** Undefined: the browser has no room for it. */
export function stagedSink(
  name: string,
  size: number | undefined,
  origin?: StagedOrigin,
): Promise<StagingSink | undefined> {
  const found = looking.then(() => stageNow(name, size, origin));
  looking = found.catch(() => {});
  return found;
}

async function stageNow(
  name: string,
  size: number | undefined,
  origin: StagedOrigin | undefined,
): Promise<StagingSink | undefined> {
  if (!(await canStage(size ?? smallEnoughForMemory))) return undefined;
  const sink = new StagingSink(name, { save: saveStaged, ...(origin === undefined ? {} : { origin }) });
  try {
    // What the browser estimates is a hint; whether it gives the room shows now.
    await sink.open(size);
    return sink;
  } catch {
    // Each engine has its own error for too large a file, and none of them can be mended here.
    await sink.abort();
    return undefined;
  }
}

/**
 * Whether another page could go on with a file, and it is worth it. A weak validator does not say that the bytes are
 * the same.
 */
export const outlivesPage = (size: number, etag: string): boolean =>
  size > smallEnoughForMemory && !etag.startsWith('W/');

/** A sink, and what it holds already. */
export interface Unfinished<Place extends Sink = Sink> {
  readonly sink: Place;
  readonly kept: KeptContent;
}

/**
 * The sink of an earlier page that has not brought this version of a file to its end, with what it holds already.
 * Undefined when there is none, or when another tab goes on with it.
 */
export async function unfinishedSink(
  name: string,
  size: number,
  etag: string,
  origin: StagedOrigin,
): Promise<Unfinished<StagingSink> | undefined> {
  if (!outlivesPage(size, etag)) return undefined;
  const sink = new StagingSink(name, { save: saveStaged, origin });
  const kept = await sink.takeOver(size, etag);
  return kept && { sink, kept };
}

/** A place for an archive. */
export interface ArchivePlace {
  readonly sink: Sink;
  /** What stands for the archive when another page wants to go on with it. Absent: none can. */
  readonly id?: string;
  /** An earlier page has begun that very archive in it. Default false. */
  readonly continues?: boolean;
}

/** Under what an archive is found again. */
export const archiveOrigin = (asked: StagedOrigin): StagedOrigin => ({
  ...asked,
  path: `archive ${asked.path}`,
});

/**
 * As {@link sinkForBrowser}, for an archive. `id` stands for its members and their places; without it, it survives no
 * page. `asked`: what it was asked for; what an earlier page began for the same with other members gives its room back.
 */
export async function sinkForArchive(
  name: string,
  size: number,
  id: string | undefined,
  asked: StagedOrigin | undefined,
  patience?: Patience,
): Promise<ArchivePlace | undefined> {
  if (id === undefined || asked === undefined) {
    const sink = await sinkForBrowser(name, size, 'application/zip', undefined, patience);
    return sink && { sink };
  }
  const origin = archiveOrigin(asked);
  const unfinished = await unfinishedSink(name, size, id, origin);
  if (unfinished !== undefined) return { sink: unfinished.sink, id, continues: true };
  const sink = await sinkForBrowser(name, size, 'application/zip', origin, patience);
  return sink && { sink, id };
}
