import type { ItemControl } from '../job.js';
import type { UrlSource } from './answers.js';
import type { Conversation, FirstAnswer, SendingHabits } from './conversation.js';
import type { FileCheck } from './file-check.js';
import type { Segment, SegmentTable } from './segments.js';

/** The file that the segments belong to. */
export interface FetchedFile {
  readonly path: string;
  readonly segments: SegmentTable;
  readonly talk: Conversation;
  readonly habits: SendingHabits;
  readonly check: FileCheck;
  /** Ranges come side by side and the sink takes each at once, so their speeds can be compared. */
  readonly comparesSpeeds: boolean;
  /** Makes ready for what the first answer said. */
  begin(source: UrlSource, first: FirstAnswer, control: ItemControl): Promise<void>;
  /** Bytes came; they are not written yet. */
  received(bytes: number, control: ItemControl): void;
  /** Writes what follows the bytes of `segment` that are written; takes over the buffer. */
  write(
    segment: Segment,
    bytes: Uint8Array<ArrayBuffer>,
    control: ItemControl,
  ): Promise<ArrayBuffer | undefined>;
  /** All bytes of `segment` are written. */
  ended(segment: Segment): void;
}
