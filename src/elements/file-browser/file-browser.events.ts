import type { Adapter } from '../../adapters/adapter.js';
import type { ActionId, ActionInput, RunningJob } from '../../core/actions/action.js';
import type { Entry } from '../../core/entry.js';

/** The browser shows another folder. */
export class PathChangeEvent extends Event {
  static readonly type = 'path-change';
  readonly path: string;
  readonly detail: { readonly path: string };

  constructor(path: string) {
    super(PathChangeEvent.type, { bubbles: true, composed: true });
    this.path = path;
    this.detail = { path };
  }
}

/**
 * The browser shows another bucket, record or workspace, from its top folder; the same one again because what can be
 * done in it has changed (it has been published); or none, because the one it showed has been deleted.
 */
export class ContainerChangeEvent extends Event {
  static readonly type = 'container-change';
  /** Undefined: none is shown. */
  readonly id: string | undefined;
  /** The storage's adapter for it; undefined where none is shown. */
  readonly adapter: Adapter | undefined;
  readonly detail: { readonly id: string | undefined; readonly adapter: Adapter | undefined };

  constructor(id: string | undefined, adapter: Adapter | undefined) {
    super(ContainerChangeEvent.type, { bubbles: true, composed: true });
    this.id = id;
    this.adapter = adapter;
    this.detail = { id, adapter };
  }
}

/** Another selection. `everything`: entries that are not loaded yet are selected too. */
export class SelectionChangeEvent extends Event {
  static readonly type = 'selection-change';
  /** Selected entries that are loaded. */
  readonly entries: readonly Entry[];
  readonly everything: boolean;
  readonly detail: { readonly entries: readonly Entry[]; readonly everything: boolean };

  constructor(entries: readonly Entry[], everything: boolean) {
    super(SelectionChangeEvent.type, { bubbles: true, composed: true });
    this.entries = entries;
    this.everything = everything;
    this.detail = { entries, everything };
  }
}

/**
 * A person opens an entry (Enter, double click). `preventDefault()` keeps the browser from going into a folder; for
 * a file nothing happens unless the page does it.
 */
export class EntryOpenEvent extends Event {
  static readonly type = 'entry-open';
  readonly entry: Entry;
  readonly detail: { readonly entry: Entry };

  constructor(entry: Entry) {
    super(EntryOpenEvent.type, { bubbles: true, composed: true, cancelable: true });
    this.entry = entry;
    this.detail = { entry };
  }
}

/** What a page may answer through `waitUntil`: false stops the action; an object fills in its input. */
export type BeforeActionAnswer = boolean | void | ActionInput;

/**
 * Something is about to be done, and nothing has been asked or sent. The page can
 * - veto it: `preventDefault()`, or `waitUntil()` with a promise of `false` or one that rejects;
 * - replace it: `preventDefault()` and do it itself;
 * - ask in its own way: `waitUntil()` with a promise of the input (`{ name }`, `{ to }`, `{ seconds }`); the built-in
 *   question is then left out. For `remove`, `true` means that the person has agreed.
 */
export class BeforeActionEvent extends Event {
  static readonly type = 'before-action';
  readonly action: ActionId;
  readonly entries: readonly Entry[];
  /** What is known already, for example the target folder of a drop. */
  readonly input: ActionInput;
  readonly detail: {
    readonly action: ActionId;
    readonly entries: readonly Entry[];
    readonly input: ActionInput;
    readonly waitUntil: (answer: Promise<BeforeActionAnswer>) => void;
  };
  readonly #answers: Promise<BeforeActionAnswer>[] = [];

  constructor(action: ActionId, entries: readonly Entry[], input: ActionInput) {
    super(BeforeActionEvent.type, { bubbles: true, composed: true, cancelable: true });
    this.action = action;
    this.entries = entries;
    this.input = input;
    this.detail = { action, entries, input, waitUntil: answer => this.waitUntil(answer) };
  }

  /** Holds the action until the promise settles. Call it while the event is dispatched. */
  waitUntil(answer: Promise<BeforeActionAnswer>): void {
    this.#answers.push(answer);
  }

  /** Waits for what the page asked for: the input to go on with, or undefined if the action must not happen. */
  async settled(): Promise<ActionInput | undefined> {
    if (this.defaultPrevented) return undefined;
    let answers: BeforeActionAnswer[];
    try {
      answers = await Promise.all(this.#answers);
    } catch {
      return undefined;
    }
    let input = this.input;
    for (const answer of answers) {
      if (answer === false) return undefined;
      if (answer === true) input = { ...input, confirmed: true };
      else if (answer) input = { ...input, ...answer };
    }
    return input;
  }
}

/** An action has been done; for uploads and downloads: has begun, and `job` says how it goes on. */
export class ActionDoneEvent extends Event {
  static readonly type = 'action-done';
  readonly action: ActionId;
  readonly entries: readonly Entry[];
  readonly job: RunningJob | undefined;
  readonly detail: {
    readonly action: ActionId;
    readonly entries: readonly Entry[];
    readonly job: RunningJob | undefined;
  };

  constructor(action: ActionId, entries: readonly Entry[], job: RunningJob | undefined) {
    super(ActionDoneEvent.type, { bubbles: true, composed: true });
    this.action = action;
    this.entries = entries;
    this.job = job;
    this.detail = { action, entries, job };
  }
}

/** A listing or an action failed. The browser shows it too. Does not bubble, like every `error` event. */
export class BrowserErrorEvent extends Event {
  static readonly type = 'error';
  readonly error: Error;
  /** The action that failed; undefined: the listing. */
  readonly action: ActionId | undefined;
  readonly detail: { readonly error: Error; readonly action: ActionId | undefined };

  constructor(error: Error, action?: ActionId) {
    super(BrowserErrorEvent.type);
    this.error = error;
    this.action = action;
    this.detail = { error, action };
  }
}

declare global {
  interface HTMLElementEventMap {
    'path-change': PathChangeEvent;
    'container-change': ContainerChangeEvent;
    'selection-change': SelectionChangeEvent;
    'entry-open': EntryOpenEvent;
    'before-action': BeforeActionEvent;
    'action-done': ActionDoneEvent;
  }
}
