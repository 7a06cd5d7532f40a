import { nothing, type TemplateResult } from 'lit';
import type { ActionContext, ActionId, ActionInput } from '../../../core/actions/action.js';
import {
  browserActions,
  menuActions,
  type OfferedAction,
  toolbarActions,
} from '../../../core/actions/registry.js';
import type { BrowserState } from '../../../core/browser-state.js';
import type { Entry } from '../../../core/entry.js';
import { displayName } from '../../../core/format.js';
import { Menu, type MenuItem, type MenuPlace } from '../../parts/menu.js';
import { EntryOpenEvent } from '../file-browser.events.js';
import { ActionRunner } from './action-runner.js';
import type { BrowserParts } from './browser-parts.js';
import { actionIcon } from './entry-icons.js';
import { operationsOf } from './operations.js';
import { notice } from './panels.js';
import { copyText, pickFiles } from './pick-files.js';
import { countText } from './status-bar.js';
import { actionLabel } from './toolbar.js';

/** A name that a person gave, kept until the storage has taken it. */
interface Typed {
  readonly action: ActionId;
  readonly name: string;
  readonly entries: readonly Entry[];
}

interface Failure {
  readonly action: ActionId;
  readonly error: Error;
  /** Stops listening to the job behind it. */
  readonly stop: AbortController;
}

/** What people can do here: which actions there are at the moment, what they act on, and how they end. */
export class ActionDesk {
  readonly #parts: BrowserParts;
  readonly #runner: ActionRunner;
  #failure: Failure | undefined;
  #typed: Typed | undefined;
  #offered:
    | {
        readonly selected: readonly Entry[];
        readonly key: string;
        readonly actions: readonly OfferedAction[];
      }
    | undefined;

  constructor(parts: BrowserParts) {
    this.#parts = parts;
    this.#runner = new ActionRunner({
      host: parts.host,
      context: () => this.#context(),
      targets: () => this.#targets(),
      onDone: (action, entries, input) => this.#done(action, entries, input),
      onError: (action, error) => this.#fail(action, error),
    });
  }

  run(action: ActionId, input?: ActionInput, entries?: readonly Entry[]): Promise<boolean> {
    return this.#runner.run(action, input, entries);
  }

  /** Starts over in another folder. */
  reset(): void {
    this.#typed = undefined;
    this.#forgive();
  }

  #fail(action: ActionId, error: Error): void {
    this.#forgive();
    const stop = new AbortController();
    this.#failure = { action, error, stop };
    // Tried again elsewhere, in the list of transfers: what is said here is no longer so.
    const job = this.#parts.source?.jobs.find(({ items, snapshot }) => {
      const [first] = items.inState(['failed'], 0, 1);
      return snapshot.reason === error || (first !== undefined && items.at(first)?.error === error);
    });
    const listen = () => job?.snapshot.state !== 'incomplete' && this.#forgive();
    job?.addEventListener('statechange', listen, { signal: stop.signal });
    this.#parts.host.requestUpdate();
  }

  #forgive(): void {
    this.#failure?.stop.abort();
    this.#failure = undefined;
    this.#parts.host.requestUpdate();
  }

  /** What went wrong, until it is closed, tried again, or something else is done. */
  renderFailure(): TemplateResult | typeof nothing {
    if (!this.#failure) return nothing;
    const { localize, grid } = this.#parts;
    const { action, error } = this.#failure;
    const offer = browserActions.find(({ id }) => id === action)!;
    return notice({
      localize,
      text: localize.text('browser.actionFailed', {
        action: actionLabel(offer, localize),
        reason: localize.error(error),
      }),
      error,
      onRetry: this.#typed?.action === action ? () => this.#tryAgain(this.#typed!) : undefined,
      onDismiss: () => {
        this.#typed = undefined;
        this.#forgive();
        grid.claimFocus();
      },
    });
  }

  /** A folder's name may be what was wrong, so it is shown first; the old name of what was renamed is in its row. */
  #tryAgain({ action, name, entries }: Typed): void {
    const { grid } = this.#parts;
    this.#forgive();
    grid.takeFocus();
    void this.run(action, action === 'rename' ? { name } : {}, entries);
  }

  #keep(action: ActionId, name: string | undefined, entries: readonly Entry[] = []): string | undefined {
    if (name !== undefined) this.#typed = { action, name, entries };
    return name;
  }

  toolbar(state: BrowserState): readonly OfferedAction[] {
    const { selected } = state;
    const context = this.#context();
    if (!context) return [];
    const { readonly, select } = this.#parts.host;
    const key = `${readonly} ${select}`;
    if (this.#offered?.selected === selected && this.#offered.key === key && selected.length > 0)
      return this.#offered.actions;
    const actions = toolbarActions(selected, context).filter(
      ({ action }) => select !== 'none' || action.on === 'folder',
    );
    this.#offered = { selected, key, actions };
    return actions;
  }

  hotkeys(): [string, (event: KeyboardEvent) => boolean | void][] {
    const keys: [string, (event: KeyboardEvent) => boolean | void][] = [
      ['Ctrl+l', () => this.#parts.place.edit()],
    ];
    for (const action of browserActions) {
      if (action.id === 'open') continue;
      for (const key of action.hotkeys ?? []) {
        keys.push([
          key,
          () => {
            const context = this.#context();
            if (!context || action.status(this.#acted(), context) === 'hidden') return false;
            void this.run(action.id);
            return true;
          },
        ]);
      }
    }
    return keys;
  }

  /** Opens the menu about these entries, or about the folder when there are none. */
  openMenu(entries: readonly Entry[], place: MenuPlace): void {
    const { localize, menu, grid } = this.#parts;
    const context = this.#context();
    if (!context) return;
    const groups = menuActions(entries, context).map(group =>
      group.map(offer => this.menuItem(offer, entries)),
    );
    const label =
      entries.length === 0
        ? localize.text('browser.menuLabelFolder')
        : entries.length === 1
          ? localize.text('browser.menuLabel', { name: displayName(entries[0]!.name) })
          : localize.text('browser.selected', { count: entries.length });
    menu.open(groups, { label, place, returnTo: () => grid.focusNow() });
  }

  menuItem({ action, reason }: OfferedAction, entries?: readonly Entry[]): MenuItem {
    const shortcut = Menu.shortcutText(action.hotkeys?.[0]);
    const whole = this.#parts.folder.state?.selection.everything ? undefined : entries;
    return {
      label: actionLabel(action, this.#parts.localize),
      icon: actionIcon(action.icon),
      ...(shortcut === undefined ? {} : { shortcut }),
      ...(action.danger ? { danger: true } : {}),
      reason,
      run: () => void this.run(action.id, {}, action.on === 'folder' ? [] : whole),
    };
  }

  /** The selection; without one, the row that has the focus. */
  #acted(): readonly Entry[] {
    const { state } = this.#parts.folder;
    if (!state) return [];
    if (!state.selection.isEmpty) return state.selected;
    return state.focused && this.#parts.grid.hasFocus ? [state.focused] : [];
  }

  async #targets(): Promise<readonly Entry[] | undefined> {
    const { state } = this.#parts.folder;
    // Everything means everything: what is not loaded yet is loaded before anything happens to it.
    if (state?.selection.everything && !(await state.listing.loadRest())) return undefined;
    return this.#acted();
  }

  #context(): ActionContext | undefined {
    const { host, folder, questions, conflicts, naming, grid, source } = this.#parts;
    const { state } = folder;
    if (!source || !state) return undefined;
    return {
      folder: folder.path,
      readonly: host.readonly,
      isFlat: folder.isFlat,
      can: (action, entry) => folder.can(action, entry),
      operations: operationsOf(source, conflicts),
      ask: {
        newFolderName: async () => {
          const typed = this.#typed?.action === 'new-folder' ? this.#typed.name : '';
          return this.#keep('new-folder', await questions.newFolderName(typed));
        },
        newName: async entry => {
          if (!state.focusEntry(entry.id)) return undefined;
          grid.showFocusedRow();
          return this.#keep('rename', await naming.ask(entry), [entry]);
        },
        destination: (action, entries) => questions.destination(action, entries),
        confirmRemove: entries => questions.confirmRemove(entries),
        filesToUpload: pickFiles,
        link: (entry, sign) => questions.link(entry, sign),
      },
      begin: change => state.begin(change),
      open: entry => {
        const isAllowed = host.dispatchEvent(new EntryOpenEvent(entry));
        if (isAllowed && entry.kind === 'folder') folder.go(entry.path);
      },
      refresh: () => state.listing.refresh(),
      copyText: text => copyText(Promise.resolve(text)),
      reveal: id => {
        if (!state.focusEntry(id)) return;
        // Else the next key would act on what is selected, and not on the row that has just come.
        state.clearSelection();
        grid.showFocusedRow();
        // Whoever is at work in this element goes on at the new row, not at the button that made it.
        if (host.shadowRoot?.activeElement) grid.takeFocus();
      },
    };
  }

  #done(action: ActionId, entries: readonly Entry[], input: ActionInput): void {
    const { host, localize, announce, folder } = this.#parts;
    const count = entries.length;
    const texts: Partial<Record<ActionId, () => string>> = {
      'new-folder': () => localize.text('browser.announceCreated', { name: input.name ?? '' }),
      rename: () => localize.text('browser.announceRenamed', { name: input.name ?? '' }),
      remove: () => localize.text('browser.announceRemoved', { count }),
      move: () => localize.text('browser.announceMoved', { count }),
      copy: () => localize.text('browser.announceCopied', { count }),
      download: () => localize.text('browser.announceDownload'),
      refresh: () => (folder.state ? countText(folder.state, localize) : ''),
    };
    const uploaded = () =>
      localize.text('browser.announceUpload', { folder: this.#parts.nameOfFolder(input.to ?? folder.path) });
    announce(action.startsWith('upload') ? uploaded() : (texts[action]?.() ?? ''));
    // Whoever has gone on to do something else has read it; opening and refreshing change nothing.
    if (action !== 'open' && action !== 'refresh') this.#forgive();
    if (this.#typed?.action === action) this.#typed = undefined;
    host.requestUpdate();
  }
}
