/** What the place of the bytes means for the person, in words. */
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { isHandedOver } from '../../../transfer/sinks/sink.js';
import type { TransferJob } from '../../../transfer/types.js';

/** Bytes. What is smaller is here before anybody has read a sentence. */
const worthTelling = 64 * 1024 * 1024;

/** Undefined: nothing that the person has to know. */
export function placeWords(localize: LocalizeController, job: TransferJob): string | undefined {
  const { facts, snapshot } = job;
  if (facts === undefined) return undefined;
  if (isHandedOver(facts)) return localize.text('download.placeByBrowser');
  if (snapshot.state === 'done' || snapshot.bytes.total < worthTelling) return undefined;
  if (facts.survivesTabClose) return undefined;
  return [
    localize.text(facts.survivesReload ? 'download.placeGoesOn' : 'download.placeEndsWithTab'),
    ...(facts.copiesTwice ? [localize.text('download.placeTwice')] : []),
  ].join(' ');
}
