import type { ActionContext, ActionId, ActionInput } from '../../../core/actions/action.js';
import { actionOf } from '../../../core/actions/registry.js';
import type { Entry } from '../../../core/entry.js';
import { ActionDoneEvent, BeforeActionEvent, BrowserErrorEvent } from '../file-browser.events.js';

export interface ActionRunnerOptions {
  readonly host: HTMLElement;
  readonly context: () => ActionContext | undefined;
  /** Entries that an action without explicit ones is about; undefined: they could not all be loaded. */
  readonly targets: () => Promise<readonly Entry[] | undefined>;
  readonly onDone: (action: ActionId, entries: readonly Entry[], input: ActionInput) => void;
  readonly onError: (action: ActionId, error: Error) => void;
}

/** The one way an action takes: may it, does the page agree, do it, tell. */
export class ActionRunner {
  readonly #options: ActionRunnerOptions;

  constructor(options: ActionRunnerOptions) {
    this.#options = options;
  }

  /** Resolves to whether it has been done; failures are shown and dispatched, not thrown. */
  async run(id: ActionId, input: ActionInput = {}, given?: readonly Entry[]): Promise<boolean> {
    const { host, targets, onDone, onError } = this.#options;
    const context = this.#options.context();
    if (!context) return false;
    const action = actionOf(id);
    const entries = given ?? (action.on === 'folder' ? [] : await targets());
    if (!entries || action.status(entries, context) !== 'enabled') return false;
    // Opening and refreshing change nothing; the page has `entry-open` for the first.
    let settled: ActionInput | undefined = input;
    if (id !== 'open' && id !== 'refresh') {
      const before = new BeforeActionEvent(id, entries, input);
      host.dispatchEvent(before);
      settled = await before.settled();
      if (settled === undefined) return false;
    }
    try {
      const outcome = await action.exec(entries, context, settled);
      if (outcome === undefined) return false;
      onDone(id, entries, outcome.input ?? settled);
      if (id !== 'open') host.dispatchEvent(new ActionDoneEvent(id, entries, outcome.job));
      return true;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      onError(id, error);
      host.dispatchEvent(new BrowserErrorEvent(error, id));
      return false;
    }
  }
}
