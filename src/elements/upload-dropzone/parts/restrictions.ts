import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { type AcceptRule, isAccepted } from '../../../core/accept.js';
import { displayName } from '../../../core/format.js';
import type { UploadFile, UploadInput } from '../../../transfer/types.js';

export type RejectionReason = 'type' | 'too-large' | 'too-small' | 'too-many' | 'folder' | 'plugin';

/** A file that was not taken. */
export interface Rejection {
  readonly name: string;
  /** Path as it was given. */
  readonly path: string;
  /** Bytes. */
  readonly size: number | undefined;
  readonly reason: RejectionReason;
  /** What was wrong and what is allowed, for the person. */
  readonly message: string;
}

export interface Restrictions {
  readonly accept: readonly AcceptRule[];
  /** Bytes. */
  readonly maxSize: number | undefined;
  /** Bytes. */
  readonly minSize: number | undefined;
  /** How many more files may come. */
  readonly room: number;
  /** The limit that `room` comes from, for the sentence. */
  readonly maxFiles: number | undefined;
  readonly directory: boolean;
  /** Why a plugin's own rules refuse a file, in its words; undefined: they do not. */
  readonly refusal?: (facts: Facts) => string | undefined;
}

interface Facts {
  readonly path: string;
  readonly name: string;
  readonly size: number | undefined;
  readonly type: string;
}

function factsOf(input: File | UploadFile): Facts {
  if (input instanceof File)
    return {
      path: input.webkitRelativePath || input.name,
      name: input.name,
      size: input.size,
      type: input.type,
    };
  const blob = input.file instanceof Blob ? input.file : undefined;
  return {
    path: input.path,
    name: input.path.slice(input.path.lastIndexOf('/') + 1),
    size: input.size ?? blob?.size,
    type: input.type ?? blob?.type ?? '',
  };
}

const groupNames: Readonly<
  Record<string, 'upload.typeImages' | 'upload.typeVideos' | 'upload.typeAudio' | 'upload.typeText'>
> = {
  'image/*': 'upload.typeImages',
  'video/*': 'upload.typeVideos',
  'audio/*': 'upload.typeAudio',
  'text/*': 'upload.typeText',
};

/** `images, .csv, application/pdf` as a person reads it. */
export function acceptText(rules: readonly AcceptRule[], localize: LocalizeController): string {
  return localize.list(
    rules.map(({ extension, type = '' }) => {
      const key = groupNames[type];
      return extension ?? (key ? localize.text(key) : type);
    }),
  );
}

/** Decides about one input after the other; counts what it lets through. */
export class Gate {
  readonly accepted: UploadInput[] = [];
  readonly rejected: Rejection[] = [];
  readonly #room: () => number;
  #files = 0;

  /** `room`: how many more files may come at this moment, when others are let in elsewhere meanwhile. */
  constructor(
    readonly limits: Restrictions,
    readonly localize: LocalizeController,
    room?: () => number,
  ) {
    this.#room = room ?? (() => limits.room - this.#files);
  }

  /** Files let through so far; folders and what could not be read are not counted. */
  get files(): number {
    return this.#files;
  }

  /** Files seen so far. */
  get seen(): number {
    return this.#files + this.rejected.length;
  }

  take(input: UploadInput): void {
    if ('kind' in input) {
      // What could not be read goes on to the engine, which lists it among the failures; a folder without files too.
      if (input.kind === 'unreadable' || this.limits.directory) this.accepted.push(input);
      else this.#reject({ path: input.path, name: input.path, size: undefined, type: '' }, 'folder');
      return;
    }
    const facts = factsOf(input);
    const reason = this.#reasonAgainst(facts);
    if (reason) this.#reject(facts, reason);
    else {
      this.#files++;
      this.accepted.push(input);
    }
  }

  #reasonAgainst({ path, name, type, size }: Facts): RejectionReason | undefined {
    const { accept, directory, maxFiles, maxSize, minSize } = this.limits;
    if (!directory && path.includes('/')) return 'folder';
    if (!isAccepted(accept, name, type)) return 'type';
    if (size !== undefined && maxSize !== undefined && size > maxSize) return 'too-large';
    if (size !== undefined && minSize !== undefined && size < minSize) return 'too-small';
    if (maxFiles !== undefined && this.#room() <= 0) return 'too-many';
    return this.limits.refusal?.({ path, name, type, size }) === undefined ? undefined : 'plugin';
  }

  #reject(facts: Facts, reason: RejectionReason): void {
    const { path, name, size } = facts;
    this.rejected.push({ path, name, size, reason, message: this.#sentence(facts, reason) });
  }

  /** To the byte where rounding would make them look the same. */
  #sizes({ size: bytes = 0 }: Facts, most = 0): { size: string; limit: string } {
    const { localize } = this;
    const [size, limit] = [localize.size(bytes), localize.size(most)];
    if (size !== limit) return { size, limit };
    return { size: localize.exactSize(bytes), limit: localize.exactSize(most) };
  }

  #sentence(facts: Facts, reason: RejectionReason): string {
    const { limits, localize } = this;
    const name = displayName(facts.name);
    switch (reason) {
      case 'type':
        return localize.text('upload.rejectedType', { name, types: acceptText(limits.accept, localize) });
      case 'too-large':
        return localize.text('upload.rejectedTooLarge', { name, ...this.#sizes(facts, limits.maxSize) });
      case 'too-small':
        return facts.size === 0
          ? localize.text('upload.rejectedEmpty', { name, limit: localize.size(limits.minSize ?? 0) })
          : localize.text('upload.rejectedTooSmall', { name, ...this.#sizes(facts, limits.minSize) });
      case 'too-many': {
        const count = limits.maxFiles ?? 0;
        const before = count - limits.room;
        return before > 0
          ? localize.text('upload.rejectedTooManyBefore', { name, count, before })
          : localize.text('upload.rejectedTooMany', { name, count });
      }
      case 'plugin':
        return localize.text('upload.rejectedByPage', { name, reason: limits.refusal?.(facts) ?? '' });
      default:
        return localize.text('upload.rejectedFolder', { name });
    }
  }
}
