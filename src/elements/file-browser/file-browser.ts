import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Adapter } from '../../adapters/adapter.js';
import type { ActionId, ActionInput } from '../../core/actions/action.js';
import type { Entry } from '../../core/entry.js';
import type { Sort } from '../../core/ordering.js';
import { dialogStyles } from '../../styles/dialog.js';
import { menuStyles } from '../../styles/menu.js';
import type { TransferManager } from '../../transfer/manager.js';
import { KitElement } from '../kit-element.js';
import { conflictDialog } from '../parts/conflict-dialog.js';
import { BrowserParts } from './parts/browser-parts.js';
import { type Column, defaultColumns, parseColumns } from './parts/columns.js';
import { statusBar } from './parts/status-bar.js';
import { fileBrowserStyles } from './styles/index.js';

/**
 * Shows the files and folders of a storage and lets people open, find, select, upload, download, rename, move, copy,
 * share and delete them. Where the storage has several buckets, records or workspaces, it switches between them and
 * makes, changes, publishes and deletes them as far as the storage allows. Handles folders of a million entries: it loads page by page, keeps fewer than fifty rows in
 * the page, and says how much of the folder it is talking about.
 *
 * Set its height with CSS; without one it is at most 560 px tall.
 *
 * @tag file-browser
 *
 * @fires {PathChangeEvent} path-change - The person has gone to another folder; `path` says which.
 * @fires {ContainerChangeEvent} container-change - The person has gone to another bucket, record or workspace, or has
 *   deleted the one that was shown; `id` says which is shown now, and `adapter` is the storage's adapter for it. Both are
 *   undefined while none is.
 * @fires {SelectionChangeEvent} selection-change - Another selection: `entries`, and `everything` when entries that
 *   are not loaded yet are selected too.
 * @fires {EntryOpenEvent} entry-open - A person opens `entry`. Cancelable: a folder is then not gone into. Files do
 *   nothing by themselves.
 * @fires {BeforeActionEvent} before-action - `action` is about to be done to `entries`. Cancelable; `waitUntil` lets
 *   the page ask first, or give the input itself.
 * @fires {ActionDoneEvent} action-done - `action` has been done to `entries`; `job` is the transfer job behind it.
 * @fires {BrowserErrorEvent} error - A listing or an action failed. Does not bubble.
 *
 * @slot toolbar-start - Controls before the actions.
 * @slot toolbar-end - Controls after the filter.
 * @slot empty - Replaces what an empty folder shows.
 * @slot error - Replaces what a folder that could not be shown says.
 *
 * @csspart breadcrumbs - The line with the path.
 * @csspart crumb - A folder of the path.
 * @csspart container-bar - The bucket, record or workspace before the path, where there are several.
 * @csspart container-switch - The button that switches to another one.
 * @csspart container-choice - One of those to choose from.
 * @csspart container-note - The line that says why nothing can be changed here.
 * @csspart toolbar - The line with the actions.
 * @csspart filter - The filter field with its icon.
 * @csspart button - Every button; those of actions also have `action-` with the action's id.
 * @csspart input - Every text field.
 * @csspart grid - The scrolling list.
 * @csspart header-row - The row with the headings.
 * @csspart header-cell - A heading.
 * @csspart sort-button - The button in a heading.
 * @csspart checkbox - The box that selects everything.
 * @csspart row - A row; a selected one is `row-selected` too.
 * @csspart row-selected - A selected row.
 * @csspart cell - A cell; also named after its column.
 * @csspart name - The cell with the name.
 * @csspart skeleton - Placeholders while the first page loads.
 * @csspart empty - What is shown instead of rows.
 * @csspart error - What is shown when the folder could not be.
 * @csspart notice - A failure that leaves the rows standing.
 * @csspart status - The line under the rows.
 * @csspart link - A button in that line.
 * @csspart menu - The menu.
 * @csspart menu-item - A line of the menu.
 * @csspart dialog - The dialog.
 * @csspart conflict-dialog - The question about a name that is taken.
 * @csspart conflict-choices - Its answers.
 * @csspart folder-list - The folders to move or copy to.
 * @csspart folder-choice - One of those folders.
 *
 * @cssprop [--file-browser-height=min(70dvh, 560px)] - Height, where the page sets none.
 * @cssprop [--file-browser-row-height=36px] - Height of a row in pixels; wins over the density.
 *
 * @cssState loading - The first page of a folder is on its way.
 * @cssState empty - The folder is empty.
 * @cssState partial - The folder has more than is loaded.
 * @cssState error - The last listing failed.
 * @cssState dragover - Something is dragged over it that it would take.
 *
 * @example
 * ```html
 * <file-browser backend="lab" path="runs/2026/"></file-browser>
 * ```
 */
export class FileBrowserElement extends KitElement {
  static override readonly tag: string = 'file-browser';
  static override styles = [KitElement.baseStyles, dialogStyles, menuStyles, ...fileBrowserStyles];

  static override properties = {
    backend: { type: String },
    adapter: { attribute: false },
    manager: { attribute: false },
    container: { type: String },
    path: { type: String },
    select: { type: String },
    readonly: { type: Boolean },
    columns: { converter: { fromAttribute: parseColumns } },
    sort: { attribute: false },
    label: { type: String },
  };

  /** Name of a registered backend. */
  declare backend: string | undefined;
  /** The storage itself, instead of a registered name. */
  declare adapter: Adapter | undefined;
  /** A transfer manager of the page's own, instead of the shared one. */
  declare manager: TransferManager | undefined;
  /**
   * Id of the bucket, record or workspace that is shown, where the storage has several. Setting it opens another one,
   * without an event; the `adapter` is then the one for it, and wins over `backend` and `manager`.
   */
  declare container: string | undefined;
  /** The open folder, e.g. `runs/2026/`; empty: the top. Setting it opens another folder, without an event. */
  declare path: string;
  /** How many entries can be selected. Default `multiple`. */
  declare select: 'multiple' | 'single' | 'none';
  /** Takes away everything that changes the storage. */
  declare readonly: boolean;
  /**
   * Columns after the name, in order: `size`, `modified`, `type` (as an attribute: separated by blanks) or the page's
   * own. The last ones give way when there is no room.
   */
  declare columns: readonly Column[];
  /** Order of the rows. Default by name, ascending. */
  declare sort: Sort;
  /** Name of the top folder in the path. Default: the storage's. */
  declare label: string | undefined;

  static {
    // Measuring what was rendered asks for another update by nature.
    FileBrowserElement.disableWarning?.('change-in-update');
  }

  readonly #parts: BrowserParts;
  #sortedLocale: string | undefined;

  constructor() {
    super();
    this.path = '';
    this.select = 'multiple';
    this.readonly = false;
    this.columns = defaultColumns;
    this.sort = { key: 'name', direction: 'ascending' };
    this.#parts = new BrowserParts(this, this.localize, this.announcer);
  }

  /** Selected entries that are loaded. */
  get selectedEntries(): readonly Entry[] {
    return this.#parts.folder.state?.selected ?? [];
  }

  /** Whether the whole folder is selected, including entries that are not loaded. */
  get isEverythingSelected(): boolean {
    return this.#parts.folder.state?.selection.everything ?? false;
  }

  /** Entries loaded so far, in the order of the rows. */
  get entries(): readonly Entry[] {
    return this.#parts.folder.state?.rows ?? [];
  }

  /** Puts the keyboard into the list, on the row that had it last. */
  override focus(): void {
    this.#parts.grid.focusNow();
  }

  /** Reads the open folder again; scroll position, focus and selection stay. */
  async refresh(): Promise<void> {
    await this.#parts.folder.state?.listing.refresh();
  }

  /** Does an action as if the person had asked for it. Resolves to whether it was done. */
  async act(action: ActionId, entries?: readonly Entry[], input: ActionInput = {}): Promise<boolean> {
    return this.#parts.desk.run(action, input, entries);
  }

  /** Selects these paths among the loaded entries. */
  selectPaths(paths: Iterable<string>): void {
    const wanted = new Set(paths);
    const { state } = this.#parts.folder;
    state?.selection.set(this.entries.filter(entry => wanted.has(entry.path)).map(entry => entry.id));
    this.requestUpdate();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { manager, family, folder, area, drag } = this.#parts;
    manager.resolve();
    family.update(changed.has('container'));
    const { locale } = this.localize;
    folder.update({
      isOrderingNew: changed.has('columns') || locale !== this.#sortedLocale,
      isSortNew: changed.has('sort'),
    });
    this.#sortedLocale = locale;
    area.update();
    const { state } = folder;
    const isFailed = state?.listing.error !== undefined;
    const hasRows = state?.listing.hasFirstPage === true;
    const isComplete = state?.listing.complete === true;
    this.setState('loading', state !== undefined && !hasRows && !isFailed);
    this.setState('empty', hasRows && isComplete && state.loadedCount === 0);
    this.setState('partial', hasRows && !isComplete);
    this.setState('error', isFailed);
    this.setState('dragover', drag.folder !== undefined);
  }

  protected override update(changed: PropertyValues<this>): void {
    const { grid } = this.#parts;
    grid.isRendering = true;
    try {
      super.update(changed);
    } finally {
      grid.isRendering = false;
    }
  }

  override updated(): void {
    const { area, news, folder, naming, place, grid } = this.#parts;
    area.place();
    news.tell(folder.state);
    naming.focusField();
    place.focusField();
    grid.restoreFocus();
  }

  override render(): TemplateResult {
    const { place, containers, tools, desk, area, menu, questions, conflicts, folder } = this.#parts;
    const { state } = folder;
    return html`<span class="probe" aria-hidden="true"></span>
      ${place.render()} ${containers.renderNote()} ${state ? tools.render(state) : nothing} ${desk.renderFailure()}
      ${area.render()} ${area.renderError()}
      ${
        state
          ? statusBar({
              localize: this.localize,
              state,
              onLoadRest: () => void state.listing.loadRest(),
              onStop: () => state.listing.stopRest(),
              onClearSelection: () => state.clearSelection(),
            })
          : nothing
      }
      ${menu.render()} ${questions.render()} ${conflictDialog(conflicts, this.localize)} ${containers.renderDialog()}`;
  }
}
