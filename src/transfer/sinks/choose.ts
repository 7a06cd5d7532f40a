/** Which sink serves a file that the browser shall save: decided by what works here, never by the browser's name. */
import { saveBlob } from './browser-save.js';
import { MemorySink } from './memory.js';
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
 * {@link saveUrl} is left. With `origin` a large one survives the page, see {@link unfinishedSink}.
 */
export async function sinkForBrowser(
  name: string,
  size: number | undefined,
  type: string,
  origin?: StagedOrigin,
): Promise<Sink | undefined> {
  return (await sinkThatKeeps(name, size, type, origin)) ?? throughWorker(name);
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
  if (!(await canStage(size ?? smallEnoughForMemory))) return undefined;
  const sink = new StagingSink(name, origin === undefined ? {} : { origin });
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
 * The sink of an earlier page that has not brought this version of a file to its end, with what it holds already.
 * Undefined when there is none, or when another tab goes on with it.
 */
export async function unfinishedSink(
  name: string,
  size: number,
  etag: string,
  origin: StagedOrigin,
): Promise<{ readonly sink: Sink; readonly kept: KeptContent } | undefined> {
  // A weak validator does not say that the bytes are the same.
  if (size <= smallEnoughForMemory || etag.startsWith('W/')) return undefined;
  const sink = new StagingSink(name, { origin });
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

/**
 * As {@link sinkForBrowser}, for an archive. `id` stands for its members and their places; without it, it survives no
 * page. `asked`: what it was asked for; what an earlier page began for the same with other members gives its room back.
 */
export async function sinkForArchive(
  name: string,
  size: number,
  id: string | undefined,
  asked: StagedOrigin,
): Promise<ArchivePlace | undefined> {
  if (id === undefined) {
    const sink = await sinkForBrowser(name, size, 'application/zip');
    return sink && { sink };
  }
  const origin: StagedOrigin = { ...asked, path: `archive ${asked.path}` };
  const unfinished = await unfinishedSink(name, size, id, origin);
  if (unfinished !== undefined) return { sink: unfinished.sink, id, continues: true };
  const sink = await sinkForBrowser(name, size, 'application/zip', origin);
  return sink && { sink, id };
}
