/** Where downloaded bytes go. */
import type { KeptContent, KeptMember } from './staged-journal.js';

/** What choosing a sink means for the person; pages show it, programs decide by it. */
export interface SinkFacts {
  /** Bytes may come in any order. Otherwise they are written from front to back. */
  readonly seekable: boolean;
  /** What is written stays when the transfer is paused or a connection breaks. */
  readonly canResume: boolean;
  /** The bytes pass through this page and are checked. */
  readonly canVerify: boolean;
  /** What is written is still there after the page was loaded again. */
  readonly survivesReload: boolean;
  /** The download goes on when the tab is closed. */
  readonly survivesTabClose: boolean;
  /** Works only right after a click. */
  readonly needsClick: boolean;
  /** The bytes are written to the disk twice. */
  readonly copiesTwice: boolean;
}

/** The browser fetches by itself: what is begun is all that the page ever learns. */
export const isHandedOver = (facts: SinkFacts | undefined): boolean =>
  facts !== undefined && !facts.canVerify && facts.survivesTabClose;

/** What holds for bytes of which some go to `one` and some to `other` place. */
export function bothFacts(one: SinkFacts, other: SinkFacts): SinkFacts {
  return {
    seekable: one.seekable && other.seekable,
    canResume: one.canResume && other.canResume,
    canVerify: one.canVerify && other.canVerify,
    survivesReload: one.survivesReload && other.survivesReload,
    survivesTabClose: one.survivesTabClose && other.survivesTabClose,
    needsClick: one.needsClick || other.needsClick,
    copiesTwice: one.copiesTwice || other.copiesTwice,
  };
}

export interface Sink {
  readonly facts: SinkFacts;
  /**
   * {@link close} puts the file in the place of another one for good, so it must be judged before. Known once the sink
   * is open. Default false: a closed file can still be removed without loss.
   */
  readonly replaces?: boolean;
  /** What was written is lost: nothing more can be written before {@link open} is called again. Default false. */
  readonly isBroken?: boolean;
  /** {@link close} gives no content although bytes may come in any order. Default false. */
  readonly cannotReadBack?: boolean;
  /**
   * Makes ready for `size` bytes (undefined: unknown). Called again when everything starts over; what was written is
   * void then.
   */
  open(size: number | undefined): Promise<void>;
  /**
   * Writes `bytes` at `position`. Takes over their buffer: the caller must not touch it again, except for the one
   * the promise resolves to, which is free for new bytes.
   */
  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined>;
  /**
   * Told now and then which stretches are written. A sink that survives the page notes them once they are on the disk.
   * Absent: it does not.
   */
  keep?(content: KeptContent): void;
  /** The same for one of the files of an archive, once {@link keep} was told of the archive itself. */
  keepMember?(member: KeptMember): void;
  /** What an earlier page has noted of the files of an archive that this sink goes on with. */
  keptMembers?(): Promise<readonly KeptMember[]>;
  /**
   * All bytes are written: completes the file. Resolves to its content where that can be read back. Nothing is shown
   * to the person before {@link deliver}.
   */
  close(): Promise<Blob | undefined>;
  /**
   * What was closed turned out to be wrong, and is fetched again: it must not look like the file meanwhile. Absent:
   * nothing does before {@link deliver}.
   */
  clear?(): Promise<void>;
  /**
   * Hands the closed and checked file over to the person. Resolves to the name it got, when that is known. May be called
   * again after it has failed, or was stopped by `signal`; both leave what stood in the file's place as it was.
   */
  deliver(signal?: AbortSignal): Promise<string | undefined>;
  /** The file in the place where {@link deliver} has put it. Absent: {@link close} told of that one. */
  readonly delivered?: Blob | undefined;
  /**
   * Removes everything that was written, also after `close`, and ends writes that would wait for ever. Of a section its
   * owner does that. Never rejects.
   */
  abort(): Promise<void>;
}
