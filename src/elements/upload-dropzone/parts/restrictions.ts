import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { type AcceptRule, isAccepted } from '../../../core/accept.js';
import { displayName } from '../../../core/format.js';
import type { UploadFile, UploadInput } from '../../../transfer/types.js';
import type { Admitted, Why } from '../../../uppy/admitted.js';
import type { Given } from './limits.js';

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
  /** Bytes of all files that are stored or on their way. */
  readonly usedBytes: number;
  readonly directory: boolean;
  /** Why a plugin's own rules refuse a file after so many bytes, in its words; undefined: they do not. */
  readonly refusal?: (facts: Facts, bytes: () => number) => string | undefined;
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

/** How many files these are, and how many bytes as far as sizes are known. */
export function amountOf(inputs: readonly UploadInput[]): Given {
  let [files, bytes] = [0, 0];
  for (const input of inputs) {
    if ('kind' in input) continue;
    files++;
    bytes += factsOf(input).size ?? 0;
  }
  return { files, bytes };
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

/** A file that Uppy's rules, or the page's functions in it, do not let through. */
export function refusedByPage(
  { path, name, size }: Pick<Facts, 'path' | 'name' | 'size'>,
  why: Why,
  localize: LocalizeController,
): Rejection {
  const shown = displayName(name);
  const message =
    why === 'unsaid'
      ? localize.text('upload.rejectedUnsaid', { name: shown })
      : why === 'unchecked'
        ? localize.text('upload.rejectedUnchecked', { name: shown })
        : localize.text('upload.rejectedByPage', { name: shown, reason: why.words });
  return { path, name, size, reason: 'plugin', message };
}

/** Decides about one input after the other; counts what it lets through. */
export class Gate {
  readonly rejected: Rejection[] = [];
  #accepted: UploadInput[] = [];
  #files = 0;
  #bytes = 0;

  /**
   * `room`: how many more files may come at this moment, and `usedBytes`: how many bytes there are in all, when others
   * are let in elsewhere meanwhile.
   */
  constructor(
    readonly limits: Restrictions,
    readonly localize: LocalizeController,
    readonly now: { room(): number; usedBytes(): number },
  ) {}

  get accepted(): readonly UploadInput[] {
    return this.#accepted;
  }

  /** Files let through so far; folders and what could not be read are not counted. */
  get files(): number {
    return this.#files;
  }

  /** Their bytes, as far as sizes are known. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Files seen so far. */
  get seen(): number {
    return this.#files + this.rejected.length;
  }

  take(input: UploadInput): void {
    if ('kind' in input) {
      // What could not be read goes on to the engine, which lists it among the failures; a folder without files too.
      if (input.kind === 'unreadable' || this.limits.directory) this.#accepted.push(input);
      else this.#reject({ path: input.path, name: input.path, size: undefined, type: '' }, 'folder');
      return;
    }
    const facts = factsOf(input);
    const reason = this.#reasonAgainst(facts);
    if (reason) this.#reject(facts, reason);
    else if (!this.#isRefusedByPlugins(facts)) {
      this.#files++;
      this.#bytes += facts.size ?? 0;
      this.#accepted.push(input);
    }
  }

  /** What is left of all it let through: refused as a whole, or made something else. */
  settle({ inputs, refused }: Admitted): void {
    this.#accepted = [...inputs];
    const { files, bytes } = amountOf(inputs);
    this.#files = files;
    this.#bytes = bytes;
    for (const { input, why } of refused)
      this.rejected.push(refusedByPage(factsOf(input), why, this.localize));
  }

  #reasonAgainst(facts: Facts): RejectionReason | undefined {
    const { path, name, type, size } = facts;
    const { accept, directory, maxFiles, maxSize, minSize } = this.limits;
    if (!directory && path.includes('/')) return 'folder';
    if (!isAccepted(accept, name, type)) return 'type';
    if (size !== undefined && maxSize !== undefined && size > maxSize) return 'too-large';
    if (size !== undefined && minSize !== undefined && size < minSize) return 'too-small';
    return maxFiles !== undefined && this.now.room() <= 0 ? 'too-many' : undefined;
  }

  #isRefusedByPlugins(facts: Facts): boolean {
    const words = this.limits.refusal?.(facts, () => this.now.usedBytes());
    if (words === undefined) return false;
    this.rejected.push(refusedByPage(facts, { words }, this.localize));
    return true;
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
      default:
        return localize.text('upload.rejectedFolder', { name });
    }
  }
}
