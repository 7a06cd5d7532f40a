import type { Adapter, PartReceipt, ResumeState, UploadIntent } from '../adapters/adapter.js';
import type { Checksum } from '../core/checksum.js';
import type { TransferError } from '../core/errors.js';
import type { UploadOptions } from './types.js';

/** What has to be known to go on with an upload after a reload. Can be cloned; holds no secret and no URL. */
export interface JournalRecord {
  /** Unique for this upload. */
  readonly id: string;
  /** Which storage, see {@link storageIdentity}. */
  readonly storage: string;
  readonly path: string;
  readonly size: number;
  /** Local time of the last change, milliseconds since 1970. */
  readonly modified: number | undefined;
  readonly partSize: number;
  readonly state: ResumeState;
  /** When the upload began, milliseconds since 1970. */
  readonly started: number;
  /** What the page asked for, for the case that it has to begin again. */
  readonly wishes: Pick<UploadIntent, 'type' | 'checksum' | 'metadata' | 'createOnly'> &
    Pick<UploadOptions, 'verify'> & {
      /** The path was free, and the page had not asked to replace what comes there. */
      readonly expectsFree?: boolean;
    };
}

/** What is kept of a part that the storage took. */
export interface KeptPart extends PartReceipt {
  /** Checksum of the bytes that were sent, where it was computed. */
  readonly own?: Checksum;
}

/** A record as an earlier page, or another tab, has left it. */
export interface KeptUpload extends JournalRecord {
  /** When it was last written, milliseconds since 1970. */
  readonly updated: number;
  /** Hash of the first part's bytes; undefined when the page ended before it was known. */
  readonly firstPart: string | undefined;
  /** Parts that the storage took. */
  readonly receipts: readonly KeptPart[];
  /** Where the browser gives one: the file can be read again without being chosen again. */
  readonly handle: FileSystemFileHandle | undefined;
}

/** Which records are asked for, and how much of them: a large upload has ten thousand parts. */
export interface WhichKept {
  /** Default: those of every path. */
  readonly path?: string;
  /** Whose parts are read; the others' `receipts` come empty. Default `all`. */
  readonly receipts?: 'all' | 'none' | 'not-of-this-page';
}

/**
 * Keeps track of uploads in parts, so that they survive the page. The calls that write are not awaited, must not throw
 * and never hold up an upload: what cannot be kept is told by {@link JournalPort.problem}.
 */
export interface JournalPort {
  /** An upload began. The page owns it from now on. An earlier record of the same id is replaced. */
  begun(record: JournalRecord, handle: FileSystemFileHandle | undefined): void;
  /** What the file begins with, see {@link KeptUpload.firstPart}. */
  identified(id: string, firstPart: string): void;
  partDone(id: string, part: KeptPart): void;
  /** Stored, or cleared away: nothing is left to go on with. */
  ended(id: string, how: 'completed' | 'aborted'): void;

  /** Records of one storage, or of one path of it, oldest first. Resolves to none when they cannot be read. */
  kept(storage: string, which?: WhichKept): Promise<readonly KeptUpload[]>;
  /** Makes this page the owner of an earlier upload. False: it has one already, in this page or another. */
  claim(id: string): Promise<boolean>;
  /** Takes over what an earlier page wrote, once this page owns it: what is told from now on is added to it. */
  adopt(upload: KeptUpload): void;
  /** Gives an upload up without ending it: another page, or this one, may claim it. */
  release(id: string): void;
  /** Uploads that some page owns now, this one included. */
  owned(): Promise<ReadonlySet<string>>;
  /** Whether this page owns an upload. */
  owns(id: string): boolean;
  /** Why uploads would not survive this page now; undefined: they would. */
  readonly problem: TransferError | undefined;
  /** Calls `listener` when records came or went, in this tab or another. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

/** Keeps nothing. */
export const noJournal: JournalPort = {
  begun() {},
  identified() {},
  partDone() {},
  ended() {},
  kept: async () => [],
  claim: async () => true,
  adopt() {},
  release() {},
  owned: async () => new Set(),
  owns: () => false,
  problem: undefined,
  onChange: () => () => {},
};

/**
 * Tells storages apart from visit to visit: an upload is never gone on with at another one. Undefined: the storage ends
 * with the page.
 */
export const storageIdentity = ({ name, label, identity }: Adapter): string | undefined =>
  identity === null ? undefined : `${name} ${identity ?? label}`;
