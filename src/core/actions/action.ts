import type { Entry, StorageAction } from '../entry.js';
import type { PendingChange } from '../optimistic.js';

/** Names of what a person can do in a file browser; pages meet them in `before-action` and `action-done`. */
export type ActionId =
  | 'open'
  | 'new-folder'
  | 'upload-files'
  | 'upload-folder'
  | 'upload'
  | 'download'
  | 'rename'
  | 'move'
  | 'copy'
  | 'copy-link'
  | 'remove'
  | 'refresh';

/** What an action needs to know beyond its entries. A page may fill it in from `before-action`. */
export interface ActionInput {
  /** The new name (`rename`, `new-folder`). */
  readonly name?: string;
  /** Target folder, ending in `/` or empty for the root (`move`, `copy`, `upload`). */
  readonly to?: string;
  /** What to upload: `UploadSource` of the transfer engine. */
  readonly source?: unknown;
  /** How long the link works, in seconds (`copy-link`). */
  readonly seconds?: number;
  /** The person has agreed already; the built-in question is left out (`remove`). */
  readonly confirmed?: boolean;
}

/** As much of a transfer job as actions look at. */
export interface RunningJob {
  readonly finished: Promise<{
    readonly state: 'done' | 'incomplete' | 'cancelled';
    readonly items: Iterable<{
      readonly path: string;
      readonly state: string;
      readonly error: Error | undefined;
    }>;
  }>;
}

/** A URL that works without credentials. */
export interface SignedLink {
  readonly url: string;
  /** When it stops working, milliseconds since 1970; whoever signs may allow less than was asked for. */
  readonly expiresAt: number;
}

/** Operations on the storage; the transfer manager's, without its types. */
export interface ActionOperations {
  upload(source: unknown, into: string): RunningJob;
  download(entries: readonly Entry[]): Promise<RunningJob | undefined>;
  remove(entries: readonly Entry[]): RunningJob;
  rename(entry: Entry, name: string): RunningJob;
  move(entries: readonly Entry[], to: string): RunningJob;
  copy(entries: readonly Entry[], to: string): RunningJob;
  createFolder(path: string): Promise<Entry>;
  signedLink(entry: Entry, seconds: number): Promise<SignedLink>;
}

/** Questions to the person. Each resolves to undefined when the person thinks better of it. */
export interface ActionQuestions {
  newFolderName(): Promise<string | undefined>;
  newName(entry: Entry): Promise<string | undefined>;
  destination(action: 'move' | 'copy', entries: readonly Entry[]): Promise<string | undefined>;
  confirmRemove(entries: readonly Entry[]): Promise<true | undefined>;
  filesToUpload(directory: boolean): Promise<unknown>;
  /** Shows the link dialog, which asks for the expiry and copies; resolves when it is closed. */
  link(entry: Entry, sign: (seconds: number) => Promise<SignedLink>): Promise<true | undefined>;
}

/** Everything an action may touch. */
export interface ActionContext {
  /** Path of the open folder. */
  readonly folder: string;
  readonly readonly: boolean;
  /** Files have no paths here, so there are no folders. Default false. */
  readonly isFlat?: boolean;
  /** Whether the storage offers it, and the entry does not refuse it. */
  can(action: StorageAction, entry?: Entry): boolean;
  readonly operations: ActionOperations;
  readonly ask: ActionQuestions;
  /** {@link BrowserState.begin} of the open folder. */
  begin(change: PendingChange): (outcome?: { removed?: Iterable<string>; put?: readonly Entry[] }) => void;
  open(entry: Entry): void;
  refresh(): Promise<void>;
  /** Writes a link to the clipboard. */
  copyText(text: string): Promise<void>;
  /** Moves the focus to an entry once it is shown. */
  reveal(id: string): void;
}

/**
 * `hidden`: the storage has no such thing, or it makes no sense here. `reason`: there, but not now; in words for the
 * person if they come from the storage, else empty.
 */
export type ActionStatus = 'enabled' | 'hidden' | { readonly reason: string };

/** How an action ended: undefined when the person thought better of it. */
export type ActionOutcome = { readonly job?: RunningJob; readonly input?: ActionInput } | undefined;

/** One thing a person can do, as data: the toolbar, the menu and the keyboard are made from these. */
export interface BrowserAction {
  readonly id: ActionId;
  /** Key of the text in the area `browser`. */
  readonly label: string;
  /** Name of the icon, for whoever draws. */
  readonly icon: string;
  /** Whether it acts on entries or on the open folder. */
  readonly on: 'entries' | 'folder';
  /** Keys as `KeyboardEvent.key`, with `Ctrl+`, `Alt+`, `Shift+` before; `Ctrl` is Command on a Mac. */
  readonly hotkeys?: readonly string[];
  /** Place in the toolbar; absent: not there. */
  readonly toolbar?: number;
  /** Group in the context menu; absent: not there. */
  readonly menu?: number;
  readonly danger?: boolean;
  status(
    entries: readonly Entry[],
    context: Pick<ActionContext, 'can' | 'readonly' | 'isFlat'>,
  ): ActionStatus;
  exec(entries: readonly Entry[], context: ActionContext, input: ActionInput): Promise<ActionOutcome>;
}
