/** Which sink serves a file that the browser shall save: decided by what works here, never by the browser's name. */
import { saveBlob } from './browser-save.js';
import { MemorySink } from './memory.js';
import type { Sink, SinkFacts } from './sink.js';
import { canStage, StagingSink } from './staging.js';

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
 * A sink for a file that the browser saves under `name` (safe already). Undefined when this page can hold none of that
 * size: then only {@link saveUrl} is left.
 */
export async function sinkForBrowser(
  name: string,
  size: number | undefined,
  type: string,
): Promise<Sink | undefined> {
  if (size !== undefined && size <= smallEnoughForMemory) {
    return new MemorySink(type, {
      async deliver(blob) {
        saveBlob(blob, name);
        return name;
      },
    });
  }
  return (await canStage(size ?? smallEnoughForMemory)) ? new StagingSink(name) : undefined;
}
