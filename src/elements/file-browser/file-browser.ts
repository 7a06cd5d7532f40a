import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Adapter, can } from '../../adapters/adapter.js';
import { ElementWidthController } from '../../controllers/element-width-controller.js';
import { HotkeysController } from '../../controllers/hotkeys-controller.js';
import { ManagerController } from '../../controllers/manager-controller.js';
import { RovingFocusController } from '../../controllers/roving-focus-controller.js';
import { TypeAheadController } from '../../controllers/type-ahead-controller.js';
import { VirtualRowsController } from '../../controllers/virtual-rows-controller.js';
import type { ActionContext, ActionId, ActionInput } from '../../core/actions/action.js';
import {
  browserActions,
  menuActions,
  type OfferedAction,
  toolbarActions,
} from '../../core/actions/registry.js';
import { BrowserState } from '../../core/browser-state.js';
import type { Entry } from '../../core/entry.js';
import { displayName } from '../../core/format.js';
import type { Sort } from '../../core/ordering.js';
import { nameOf, parentPath, toFolderPath } from '../../core/path.js';
import { dialogStyles } from '../../styles/dialog.js';
import { menuStyles } from '../../styles/menu.js';
import { itemsFromClipboard } from '../../transfer/drop-items.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { StorageChangeEvent } from '../../transfer/types.js';
import { KitElement } from '../kit-element.js';
import { containerSwitcherStyles } from './container-switcher.styles.js';
import {
  BrowserErrorEvent,
  ContainerChangeEvent,
  EntryOpenEvent,
  PathChangeEvent,
  SelectionChangeEvent,
} from './file-browser.events.js';
import { fileBrowserStyles } from './file-browser.styles.js';
import { ActionRunner } from './parts/action-runner.js';
import { breadcrumbs } from './parts/breadcrumbs.js';
import {
  type Column,
  columnTemplate,
  type DrawnColumn,
  defaultColumns,
  drawnColumns,
  fittingColumns,
  parseColumns,
} from './parts/columns.js';
import { ContainerSwitcher } from './parts/container-switcher.js';
import { EntryDrag } from './parts/entry-drag.js';
import { actionIcon } from './parts/entry-icons.js';
import { grid } from './parts/grid.js';
import { GridInteraction } from './parts/grid-interaction.js';
import { Menu, type MenuItem, type MenuPlace } from './parts/menu.js';
import { Naming } from './parts/naming.js';
import { operationsOf } from './parts/operations.js';
import { disconnectedPanel, notice, statePanel } from './parts/panels.js';
import { copyText, pickFiles } from './parts/pick-files.js';
import { Questions } from './parts/questions.js';
import { RefreshPacer } from './parts/refresh-pacer.js';
import { countText, selectionText, statusBar } from './parts/status-bar.js';
import { actionLabel, toolbar } from './parts/toolbar.js';

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
 * @fires {ContainerChangeEvent} container-change - The person has gone to another bucket, record or workspace; `id`
 *   says which, and `adapter` is the storage's adapter for it.
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
  static override styles = [
    KitElement.baseStyles,
    dialogStyles,
    menuStyles,
    fileBrowserStyles,
    containerSwitcherStyles,
  ];

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

  readonly #manager = new ManagerController(this, manager => this.#setManager(manager));
  readonly #virtual: VirtualRowsController;
  readonly #questions: Questions;
  readonly #menu: Menu;
  readonly #drag: EntryDrag;
  readonly #grid: GridInteraction;
  readonly #naming: Naming;
  readonly #actionsWidth = new ElementWidthController(this, () => this.#find('.actions'));
  readonly #pathWidth = new ElementWidthController(this, () => this.#find('.place, .path'));
  readonly #runner: ActionRunner;
  readonly #pacer: RefreshPacer;
  readonly #containers: ContainerSwitcher;
  /** Adapters of one storage by the container they show, so that coming back finds its transfers again. */
  readonly #family = new Map<string, Adapter>();
  #knownAdapter: Adapter | undefined;

  #state: BrowserState | undefined;
  #source: TransferManager | undefined;
  #opened: { readonly manager: TransferManager; readonly path: string } | undefined;
  #listened: TransferManager | undefined;
  #probe: ResizeObserver | undefined;
  #rowHeight = 36;
  #width = 0;
  #drawn: readonly DrawnColumn[] = [];
  #isEditingPath = false;
  #startEditingPath = false;
  #isFilterOpen = false;
  #notice: { readonly action: ActionId; readonly error: Error } | undefined;
  #sortedLocale: string | undefined;
  #shownRows: readonly Entry[] | undefined;
  #revealPath: string | undefined;
  #wasOpened = false;
  #wasComplete = false;
  #lastError: Error | undefined;
  #selectionVersion = 0;
  #selectionTimer: ReturnType<typeof setTimeout> | undefined;
  #offered:
    | {
        readonly selected: readonly Entry[];
        readonly key: string;
        readonly actions: readonly OfferedAction[];
      }
    | undefined;

  constructor() {
    super();
    this.path = '';
    this.select = 'multiple';
    this.readonly = false;
    this.columns = defaultColumns;
    this.sort = { key: 'name', direction: 'ascending' };

    this.#virtual = new VirtualRowsController(this, {
      scroller: () => this.#find('.grid'),
      canvas: () => this.#find('.canvas'),
      block: () => this.#find('.block'),
      rowCount: () => this.#state?.rows.length ?? 0,
      rowHeight: () => this.#rowHeight,
      headerHeight: () => this.#rowHeight,
      onScroll: () => this.#loadMoreIfNear(),
      onResize: width => {
        if (width === this.#width) return;
        this.#width = width;
        this.requestUpdate();
      },
    });
    this.#questions = new Questions(this, {
      localize: this.localize,
      dialog: () => this.#find<HTMLDialogElement>('.question'),
      folder: () => this.#folder,
      isTaken: name => this.#isTaken(name),
      maxLinkSeconds: () => this.#source?.adapter.capabilities.maxLinkSeconds,
      copyText,
    });
    this.#containers = new ContainerSwitcher(this, {
      localize: this.localize,
      adapter: () => this.#source?.adapter,
      readonly: () => this.readonly,
      dialog: () => this.#find<HTMLDialogElement>('.container-dialog'),
      announce: text => this.announcer.announce(text),
      openMenu: (items, label, button) => this.#openMenu([items], label, button, () => button.focus()),
      onOpen: (id, again) => this.#switchTo(id, again),
    });
    this.#menu = new Menu(this, () => this.#find('.menu'));
    this.#grid = new GridInteraction({
      element: this,
      select: () => this.select,
      state: () => this.#state,
      columnCount: () => this.#drawn.length,
      virtual: this.#virtual,
      typeAhead: new TypeAheadController(this),
      find: selector => this.#find(selector),
      isFocusElsewhere: () =>
        this.#naming.isActive ||
        this.#isEditingPath ||
        this.#menu.isOpen ||
        this.#containers.isOpen ||
        this.#find<HTMLDialogElement>('.question')?.open === true,
      requestUpdate: () => this.requestUpdate(),
      loadMoreIfNear: () => this.#loadMoreIfNear(),
      open: entry => void this.#runner.run('open', {}, [entry]),
      goUp: () => this.#folder !== '' && this.#go(parentPath(this.#folder)),
      editPath: () => this.#editPath(),
      openFilter: () => this.#openFilter(true),
      clearFilter: () => this.#setFilter(''),
      openMenu: (entries, place) => this.#openActionMenu(entries, place),
    });
    this.#naming = new Naming({
      localize: this.localize,
      field: () => this.#find<HTMLInputElement>('.name-input'),
      hasFocus: field => field === this.shadowRoot?.activeElement,
      folder: () => this.#folder,
      isTaken: name => this.#isTaken(name),
      isRendering: () => this.#grid.isRendering,
      requestUpdate: () => this.requestUpdate(),
      onLeave: () => this.#grid.claimFocus(),
    });
    this.#drag = new EntryDrag(this, {
      folder: () => this.#folder,
      canUpload: () => !this.readonly && this.#can('openUpload'),
      canMove: () => !this.readonly && this.#can('move'),
      canCopy: () => this.#can('copy'),
      entriesAt: event => this.#draggedEntries(event),
      onUpload: (source, to) => void this.#runner.run('upload', { source, to }, []),
      onRelocate: (action, entries, to) => void this.#runner.run(action, { to }, entries),
    });
    this.#runner = new ActionRunner({
      host: this,
      context: () => this.#context(),
      targets: () => this.#targets(),
      onDone: (action, entries, input) => this.#actionDone(action, entries, input),
      onError: (action, error) => {
        this.#notice = { action, error };
        this.requestUpdate();
      },
    });
    this.#pacer = new RefreshPacer(
      async () => this.#state?.listing.refresh(),
      () => this.#naming.isActive,
    );
    new RovingFocusController(this, {
      container: () => this.#find('.toolbar'),
      items: '.action',
      axis: 'horizontal',
    });
    new HotkeysController(this, () => this.#hotkeys());
  }

  /** Selected entries that are loaded. */
  get selectedEntries(): readonly Entry[] {
    return this.#state?.selected ?? [];
  }

  /** Whether the whole folder is selected, including entries that are not loaded. */
  get isEverythingSelected(): boolean {
    return this.#state?.selection.everything ?? false;
  }

  /** Entries loaded so far, in the order of the rows. */
  get entries(): readonly Entry[] {
    return this.#state?.rows ?? [];
  }

  /** Reads the open folder again; scroll position, focus and selection stay. */
  async refresh(): Promise<void> {
    await this.#state?.listing.refresh();
  }

  /** Does an action as if the person had asked for it. Resolves to whether it was done. */
  async act(action: ActionId, entries?: readonly Entry[], input: ActionInput = {}): Promise<boolean> {
    return this.#runner.run(action, input, entries);
  }

  /** Selects these paths among the loaded entries. */
  selectPaths(paths: Iterable<string>): void {
    const wanted = new Set(paths);
    this.#state?.selection.set(this.entries.filter(entry => wanted.has(entry.path)).map(entry => entry.id));
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('paste', this.#onPaste);
    globalThis.addEventListener?.('online', this.#onOnline);
    this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('paste', this.#onPaste);
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#listen();
    this.#pacer.stop();
    clearTimeout(this.#selectionTimer);
    this.#probe?.disconnect();
    this.#probe = undefined;
    this.#naming.end();
    // What was loaded is kept for coming back; what is on its way is not worth finishing.
    this.#state?.listing.pauseAll();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    this.#manager.resolve();
    this.#openContainer(changed.has('container'));
    this.#openFolder();
    const state = this.#state;
    const { locale } = this.localize;
    if (state && (changed.has('columns') || locale !== this.#sortedLocale))
      state.setOrdering(this.#ordering());
    this.#sortedLocale = locale;
    if (changed.has('sort') && state) state.sort = this.sort;
    this.#keepScrollPosition();
    this.#revealFolderLeft();
    const em = Number.parseFloat(this.isConnected ? getComputedStyle(this).fontSize : '16') || 16;
    this.#drawn = fittingColumns(drawnColumns(this.columns, this.localize), this.#width || 800, em);
    const listing = state?.listing;
    const isFailed = listing?.error !== undefined;
    const hasRows = listing?.hasFirstPage === true;
    this.setState('loading', listing !== undefined && !hasRows && !isFailed);
    this.setState('empty', hasRows && listing.complete && state?.loadedCount === 0);
    this.setState('partial', hasRows && !listing.complete);
    this.setState('error', isFailed);
    this.setState('dragover', this.#drag.folder !== undefined);
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#grid.isRendering = true;
    try {
      super.update(changed);
    } finally {
      this.#grid.isRendering = false;
    }
  }

  override updated(): void {
    this.style.setProperty('--_columns', columnTemplate(this.#drawn, this.select === 'multiple'));
    this.#observeRowHeight();
    this.#tellWhatChanged();
    this.#focusFields();
    this.#grid.restoreFocus();
  }

  override render(): TemplateResult {
    const state = this.#state;
    return html`<span class="probe" aria-hidden="true"></span>
      ${this.#renderPlace()} ${this.#containers.renderNote()} ${state ? this.#renderToolbar(state) : nothing} ${this.#renderNotice()}
      <div class="body">
        ${state ? this.#renderGrid(state) : nothing} ${this.#renderPanel()}
        ${state && (state.listing.activity === 'next' || state.listing.activity === 'refresh') ? html`<div class="loading-more"></div>` : nothing}
        ${this.#renderDropHint()}
      </div>
      ${state ? this.#renderListingError(state) : nothing}
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
      ${this.#menu.render()} ${this.#questions.render()} ${this.#containers.renderDialog()}`;
  }

  // Parts of the template

  #renderPlace(): TemplateResult {
    const adapter = this.#source?.adapter;
    if (!adapter?.containers) return this.#renderPath();
    const isNarrow = (this.#pathWidth.width ?? 640) < 480;
    // Without folders the container's name is the whole path.
    const hasPath = !this.#containers.isUnchosen && !this.#isFlat;
    return html`<div class="place">
      ${this.#containers.renderBar(isNarrow)} ${hasPath ? this.#renderPath() : nothing}
    </div>`;
  }

  #renderPath(): TemplateResult {
    return breadcrumbs({
      localize: this.localize,
      path: this.#folder,
      // The container's name stands right before it.
      root:
        this.#source?.adapter.containers && !this.label ? this.localize.text('browser.root') : this.#rootName,
      isFlat: this.#isFlat,
      // Beside the container's name there is room for fewer folders.
      width: (this.#pathWidth.width ?? 640) - (this.#source?.adapter.containers ? 240 : 0),
      dropFolder: this.#drag.folder,
      isEditing: this.#isEditingPath,
      onGo: path => this.#go(path),
      onEdit: () => this.#editPath(),
      onSubmit: text => {
        this.#isEditingPath = false;
        this.#grid.claimFocus();
        this.#go(toFolderPath(text.trim()));
        this.requestUpdate();
      },
      onCancel: () => {
        this.#isEditingPath = false;
        this.#grid.claimFocus();
      },
      onMore: (button, folders) =>
        this.#openMenu(
          [
            folders.map(
              ({ name, path }): MenuItem => ({
                label: displayName(name),
                icon: actionIcon('open'),
                run: () => this.#go(path),
              }),
            ),
          ],
          this.localize.text('browser.moreFolders'),
          button,
          () => button.focus(),
        ),
    });
  }

  #renderToolbar(state: BrowserState): TemplateResult {
    const size =
      this.density === 'touch' ? 44 : this.density === 'compact' ? 28 : this.#rowHeight >= 44 ? 44 : 32;
    return toolbar({
      localize: this.localize,
      actions: this.#toolbarActions(state),
      width: this.#actionsWidth.width,
      buttonSize: size,
      filter: state.filter,
      isFilterOpen: this.#isFilterOpen,
      isNarrow: (this.#pathWidth.width ?? 640) < 560,
      onAction: ({ action }) => void this.#runner.run(action.id),
      onMore: (button, actions) =>
        this.#openMenu(
          [actions.map(offer => this.#menuItem(offer))],
          this.localize.text('browser.moreActions'),
          button,
          () => button.focus(),
        ),
      onFilter: text => this.#setFilter(text),
      onFilterOpen: open => this.#openFilter(open),
      onFilterKey: event => this.#onFilterKey(event),
    });
  }

  #renderNotice(): TemplateResult | typeof nothing {
    if (!this.#notice) return nothing;
    const { action, error } = this.#notice;
    const offer = browserActions.find(({ id }) => id === action)!;
    return notice({
      localize: this.localize,
      text: this.localize.text('browser.actionFailed', {
        action: actionLabel(offer, this.localize),
        reason: this.localize.error(error),
      }),
      error,
      onDismiss: () => {
        this.#notice = undefined;
        this.#grid.claimFocus();
      },
    });
  }

  #renderListingError(state: BrowserState): TemplateResult | typeof nothing {
    const { error, failed, hasFirstPage } = state.listing;
    if (!error || !hasFirstPage) return nothing;
    const heading = this.localize.text(failed === 'refresh' ? 'browser.errorRefresh' : 'browser.errorNext');
    return notice({
      localize: this.localize,
      text: `${heading} ${this.localize.error(error)}`,
      error,
      onRetry: () => void state.listing.retry(),
    });
  }

  #renderGrid(state: BrowserState): TemplateResult {
    const { listing, selection, rows } = state;
    const selectedCount = selection.isEmpty
      ? 0
      : selection.everything
        ? selection.countAmong(rows.length)
        : selection.countAmong(0);
    return html`<div
      class="events"
      @keydown=${this.#grid.onKeyDown}
      @click=${this.#grid.onClick}
      @dblclick=${this.#grid.onDoubleClick}
      @contextmenu=${this.#grid.onContextMenu}
      @focusin=${this.#grid.onFocusIn}
      @focusout=${this.#grid.onFocusOut}
      @dragstart=${this.#drag.onDragStart}
      @dragend=${this.#drag.onDragEnd}
    >
      ${grid({
        localize: this.localize,
        label: this.localize.text('browser.gridLabel', { folder: this.#folderName }),
        rows,
        range: this.#virtual.range,
        columns: this.#drawn,
        columnCount: this.columns.filter(column => column !== 'name').length + 1,
        sort: state.sort,
        focus: this.#grid.focusIn(state),
        select: this.select,
        isSelected: id => selection.has(id),
        isPending: id => state.isPending(id),
        selectedShare: selectedCount === 0 ? 'none' : selectedCount >= rows.length ? 'all' : 'some',
        isBusy: listing.activity !== 'idle',
        isComplete: listing.complete,
        dropFolder: this.#drag.folder,
        isDraggable: !this.readonly && this.#can('move'),
        editing: this.#naming.editing,
        onSort: column => this.#sortBy(column),
        onSelectAll: () =>
          selectedCount >= rows.length && rows.length > 0 ? state.clearSelection() : state.selectAll(),
      })}
    </div>`;
  }

  #renderPanel(): TemplateResult | typeof nothing {
    const { localize } = this;
    const missing = this.#manager.missingBackend;
    const state = this.#state;
    if (this.#containers.isUnchosen) return this.#containers.renderUnchosen();
    if (!state)
      return disconnectedPanel(
        missing
          ? localize.text('common.backendMissing', { name: missing })
          : localize.text('common.noBackend'),
      );
    return statePanel({
      localize,
      state,
      rowsInView: this.#virtual.rowsInView,
      hasChecks: this.select === 'multiple',
      columns: this.#drawn.length,
      canUpload: this.#can('openUpload') && !this.readonly,
      canUploadFolders: !this.#isFlat,
      onUpload: action => void this.#runner.run(action),
      onClearFilter: () => this.#setFilter(''),
    });
  }

  #renderDropHint(): TemplateResult | typeof nothing {
    const folder = this.#drag.folder;
    if (folder === undefined) return nothing;
    const name = this.#nameOfFolder(folder);
    return html`<div class="drop-hint ${folder === this.#folder ? 'whole' : ''}" aria-hidden="true">
      <span>
        ${
          this.#drag.kind === 'entries'
            ? this.localize.text('browser.dropMove', { folder: name })
            : this.localize.text('browser.dropHere', { folder: name })
        }
      </span>
    </div>`;
  }

  // Where we are

  get #folder(): string {
    return toFolderPath(this.path ?? '');
  }

  get #rootName(): string {
    return (
      this.label || this.#containers.name || this.#source?.adapter.label || this.localize.text('browser.root')
    );
  }

  get #folderName(): string {
    return this.#nameOfFolder(this.#folder);
  }

  #nameOfFolder(path: string): string {
    return displayName(nameOf(path) || this.#rootName);
  }

  /** Files have no paths here, so nothing leads to another folder. */
  get #isFlat(): boolean {
    return this.#source?.adapter.capabilities.folders === 'none';
  }

  #can(action: Parameters<typeof can>[1], entry?: Entry): boolean {
    const adapter = this.#source?.adapter;
    return adapter !== undefined && can(adapter, action, entry);
  }

  #ordering() {
    const custom = Object.fromEntries(
      this.columns.flatMap(column =>
        typeof column === 'object' && column.compare ? [[column.id, column.compare]] : [],
      ),
    );
    return { locale: this.localize.locale, custom };
  }

  #setManager(manager: TransferManager | undefined): void {
    this.#source = manager;
    this.#listen();
  }

  /** Listens to the manager exactly while the element is in a page. */
  #listen(): void {
    const wanted = this.isConnected ? this.#source : undefined;
    if (wanted === this.#listened) return;
    this.#listened?.removeEventListener('storagechange', this.#onStorageChange as EventListener);
    wanted?.addEventListener('storagechange', this.#onStorageChange);
    this.#listened = wanted;
  }

  #openFolder(): void {
    const manager = this.#containers.isUnchosen ? undefined : this.#source;
    const path = this.#folder;
    if (this.#opened?.manager === manager && this.#opened?.path === path) {
      // Back in the page after it was taken out in the middle of the first page.
      const listing = this.#state?.listing;
      if (
        this.isConnected &&
        listing &&
        !listing.hasFirstPage &&
        listing.activity === 'idle' &&
        !listing.error
      )
        void listing.load();
      return;
    }
    this.#state?.dispose();
    this.#pacer.stop();
    this.#naming.end();
    this.#opened = manager && { manager, path };
    this.#state = undefined;
    this.#shownRows = undefined;
    this.#notice = undefined;
    this.#isFilterOpen = false;
    this.#wasOpened = false;
    this.#wasComplete = false;
    this.#grid.reset();
    if (!manager) return;
    const { adapter } = manager;
    this.#state = new BrowserState({
      readPage: options => adapter.list(path, options),
      onChange: () => this.requestUpdate(),
      sort: this.sort,
      ordering: this.#ordering(),
    });
    this.#selectionVersion = this.#state.selection.version;
    this.#virtual.scrollTo(0);
    void this.#state.listing.load();
  }

  /** Brings `container` and the adapter that is shown together: whichever the page has set last leads. */
  #openContainer(isSet: boolean): void {
    const adapter = this.#source?.adapter;
    if (!adapter) return;
    const isNew = adapter !== this.#knownAdapter;
    const isFirst = this.#knownAdapter === undefined;
    this.#knownAdapter = adapter;
    const { containers } = adapter;
    if (isNew) {
      this.#family.clear();
      this.#containers.reset();
      if (containers?.current !== undefined) this.#family.set(containers.current, adapter);
    }
    if (!containers) return;
    const wish = isSet || (isFirst && isNew) ? this.container : undefined;
    if (wish === undefined || wish === containers.current) {
      this.container = containers.current;
      return;
    }
    this.#show(wish);
    this.#manager.resolve();
  }

  #show(container: string): void {
    const known = this.#family.get(container);
    const adapter = known ?? this.#source!.adapter.containers!.open(container);
    this.#family.set(container, adapter);
    this.#knownAdapter = adapter;
    this.container = container;
    this.adapter = adapter;
    this.manager = undefined;
  }

  /** Shows another container as the person wishes, and tells the page. */
  #switchTo(container: string, again: boolean): void {
    const before = this.container;
    if (again) this.#family.delete(container);
    else if (container === before && this.#source?.adapter.containers?.current === container) {
      this.requestUpdate();
      return;
    }
    this.#show(container);
    const folder = container === before ? '' : this.#folder;
    if (container !== before) this.path = '';
    this.dispatchEvent(new ContainerChangeEvent(container, this.adapter!));
    if (folder !== '') this.dispatchEvent(new PathChangeEvent(''));
  }

  /** Goes to another folder as the person wishes, and tells the page. */
  #go(path: string): true {
    if (path === this.#folder) return true;
    const left = this.#folder;
    // Going up lands on the folder one comes from.
    this.#revealPath = left.startsWith(path) ? left.slice(0, left.indexOf('/', path.length) + 1) : undefined;
    this.path = path;
    this.dispatchEvent(new PathChangeEvent(path));
    return true;
  }

  readonly #onStorageChange = (event: StorageChangeEvent): void => {
    if (event.folders.some(folder => toFolderPath(folder) === this.#folder)) this.#pacer.request();
  };

  readonly #onOnline = (): void => {
    if (this.#state?.listing.error?.kind === 'wait') void this.#state.listing.retry();
  };

  #loadMoreIfNear(): void {
    const state = this.#state;
    if (!state || state.listing.complete || state.listing.error || state.listing.activity !== 'idle') return;
    // A filter would pull in page after page without the person scrolling; there is a button for that.
    if (state.filter.trim() !== '' || !this.isConnected) return;
    if (this.#virtual.range.end + this.#virtual.rowsInView >= state.rows.length)
      void state.listing.loadMore();
  }

  // After each update

  /** Rows that arrive above what is in view must not push it away. */
  #keepScrollPosition(): void {
    const state = this.#state;
    const rows = state?.rows;
    const before = this.#shownRows;
    this.#shownRows = rows;
    if (!state || !rows || !before || rows === before) return;
    const { row, offset } = this.#virtual.top;
    const top = before[row];
    if (!top || (row === 0 && offset === 0) || rows[row]?.id === top.id) return;
    const now = rows.findIndex(entry => entry.id === top.id);
    if (now !== -1) this.#virtual.scrollTo(now, offset);
  }

  #revealFolderLeft(): void {
    const state = this.#state;
    if (this.#revealPath === undefined || !state?.listing.hasFirstPage) return;
    const index = state.rows.findIndex(entry => entry.path === this.#revealPath);
    this.#revealPath = undefined;
    if (index === -1) return;
    state.focusRow(index);
    this.#virtual.showRow(index);
  }

  #observeRowHeight(): void {
    if (this.#probe || !this.isConnected) return;
    const probe = this.#find('.probe');
    if (!probe) return;
    this.#probe = new ResizeObserver(() => {
      const height = probe.getBoundingClientRect().height;
      if (height <= 0 || height === this.#rowHeight) return;
      const { row, offset } = this.#virtual.top;
      this.#rowHeight = height;
      this.#virtual.scrollTo(row, Math.min(offset, height));
      this.requestUpdate();
    });
    this.#probe.observe(probe);
  }

  #tellWhatChanged(): void {
    const state = this.#state;
    if (!state) return;
    const { listing, selection } = state;
    if (listing.hasFirstPage && !this.#wasOpened) {
      this.#wasOpened = true;
      this.#wasComplete = listing.complete;
      const values = { folder: this.#folderName, count: state.loadedCount };
      this.announcer.announce(
        this.localize.text(
          listing.complete ? 'browser.announceOpened' : 'browser.announceOpenedPartly',
          values,
        ),
      );
      // A first page shorter than the view.
      queueMicrotask(() => this.#loadMoreIfNear());
    } else if (this.#wasOpened && listing.complete && !this.#wasComplete) {
      this.#wasComplete = true;
      this.announcer.announce(this.localize.text('browser.announceComplete', { count: state.loadedCount }));
    }
    if (listing.error !== this.#lastError) {
      this.#lastError = listing.error;
      if (listing.error) this.dispatchEvent(new BrowserErrorEvent(listing.error));
    }
    if (selection.version !== this.#selectionVersion) {
      this.#selectionVersion = selection.version;
      this.dispatchEvent(new SelectionChangeEvent(state.selected, selection.everything && !listing.complete));
      // Shift and the arrow keys change it with every row; only the end of that is worth saying.
      clearTimeout(this.#selectionTimer);
      this.#selectionTimer = setTimeout(() => {
        const text = selectionText(state, this.localize);
        this.announcer.announce(text === '' ? this.localize.text('browser.announceNothingSelected') : text);
      }, 400);
    }
  }

  #focusFields(): void {
    this.#naming.focusField();
    if (this.#startEditingPath) {
      this.#startEditingPath = false;
      const input = this.#find<HTMLInputElement>('.path-input');
      input?.focus();
      input?.select();
    }
  }

  /** A drag takes the selection along if it begins in it. */
  #draggedEntries(event: DragEvent): readonly Entry[] {
    const row = this.#grid.rowAt(event);
    if (!row) return [];
    return this.#state?.selection.has(row.entry.id) ? this.#state.selected : [row.entry];
  }

  // Menus

  #openActionMenu(entries: readonly Entry[], place: MenuPlace): void {
    const context = this.#context();
    if (!context) return;
    const groups = menuActions(entries, context).map(group =>
      group.map(offer => this.#menuItem(offer, entries)),
    );
    const label =
      entries.length === 0
        ? this.localize.text('browser.menuLabelFolder')
        : entries.length === 1
          ? this.localize.text('browser.menuLabel', { name: displayName(entries[0]!.name) })
          : this.localize.text('browser.selected', { count: entries.length });
    this.#openMenu(groups, label, place, () => {
      this.#grid.focusNow();
    });
  }

  #openMenu(
    groups: readonly (readonly MenuItem[])[],
    label: string,
    place: MenuPlace,
    returnTo: () => void,
  ): void {
    this.#menu.open(groups, { label, place, returnTo });
  }

  #menuItem({ action, reason }: OfferedAction, entries?: readonly Entry[]): MenuItem {
    const shortcut = Menu.shortcutText(action.hotkeys?.[0]);
    const whole = this.#state?.selection.everything ? undefined : entries;
    return {
      label: actionLabel(action, this.localize),
      icon: actionIcon(action.icon),
      ...(shortcut === undefined ? {} : { shortcut }),
      ...(action.danger ? { danger: true } : {}),
      reason,
      run: () => void this.#runner.run(action.id, {}, action.on === 'folder' ? [] : whole),
    };
  }

  readonly #onPaste = (event: ClipboardEvent): void => {
    if (!event.clipboardData?.types.includes('Files') || event.composedPath()[0] instanceof HTMLInputElement)
      return;
    event.preventDefault();
    void this.#runner.run(
      'upload',
      { source: itemsFromClipboard(event.clipboardData), to: this.#folder },
      [],
    );
  };

  // Actions

  #hotkeys(): [string, (event: KeyboardEvent) => boolean | void][] {
    const keys: [string, (event: KeyboardEvent) => boolean | void][] = [['Ctrl+l', () => this.#editPath()]];
    for (const action of browserActions) {
      if (action.id === 'open') continue;
      for (const key of action.hotkeys ?? []) {
        keys.push([
          key,
          () => {
            const context = this.#context();
            if (!context || action.status(this.#acted(), context) === 'hidden') return false;
            void this.#runner.run(action.id);
            return true;
          },
        ]);
      }
    }
    return keys;
  }

  /** The selection; without one, the row that has the focus. */
  #acted(): readonly Entry[] {
    const state = this.#state;
    if (!state) return [];
    if (!state.selection.isEmpty) return state.selected;
    return state.focused && this.#grid.hasFocus ? [state.focused] : [];
  }

  async #targets(): Promise<readonly Entry[] | undefined> {
    const state = this.#state;
    // Everything means everything: what is not loaded yet is loaded before anything happens to it.
    if (state?.selection.everything && !(await state.listing.loadRest())) return undefined;
    return this.#acted();
  }

  #toolbarActions(state: BrowserState): readonly OfferedAction[] {
    const { selected } = state;
    const context = this.#context();
    if (!context) return [];
    const key = `${this.readonly} ${this.select}`;
    if (this.#offered?.selected === selected && this.#offered.key === key && selected.length > 0)
      return this.#offered.actions;
    const actions = toolbarActions(selected, context).filter(
      ({ action }) => this.select !== 'none' || action.on === 'folder',
    );
    this.#offered = { selected, key, actions };
    return actions;
  }

  #context(): ActionContext | undefined {
    const manager = this.#source;
    const state = this.#state;
    if (!manager || !state) return undefined;
    return {
      folder: this.#folder,
      readonly: this.readonly,
      isFlat: this.#isFlat,
      can: (action, entry) => this.#can(action, entry),
      operations: operationsOf(manager, conflict => this.#questions.conflict(conflict)),
      ask: {
        newFolderName: () => this.#questions.newFolderName(),
        newName: entry => this.#askName(entry),
        destination: (action, entries) => this.#questions.destination(action, entries),
        confirmRemove: entries => this.#questions.confirmRemove(entries),
        filesToUpload: pickFiles,
        link: (entry, sign) => this.#questions.link(entry, sign),
      },
      begin: change => state.begin(change),
      open: entry => this.#open(entry),
      refresh: () => state.listing.refresh(),
      copyText: text => copyText(Promise.resolve(text)),
      reveal: id => {
        if (state.focusEntry(id)) this.#grid.showFocusedRow();
      },
    };
  }

  #open(entry: Entry): void {
    if (!this.dispatchEvent(new EntryOpenEvent(entry)) || entry.kind === 'file') return;
    this.#go(entry.path);
  }

  #actionDone(action: ActionId, entries: readonly Entry[], input: ActionInput): void {
    const count = entries.length;
    const { localize } = this;
    const texts: Partial<Record<ActionId, () => string>> = {
      'new-folder': () => localize.text('browser.announceCreated', { name: input.name ?? '' }),
      rename: () => localize.text('browser.announceRenamed', { name: input.name ?? '' }),
      remove: () => localize.text('browser.announceRemoved', { count }),
      move: () => localize.text('browser.announceMoved', { count }),
      copy: () => localize.text('browser.announceCopied', { count }),
      download: () => localize.text('browser.announceDownload'),
      refresh: () => (this.#state ? countText(this.#state, localize) : ''),
    };
    if (action.startsWith('upload'))
      this.announcer.announce(
        localize.text('browser.announceUpload', { folder: this.#nameOfFolder(input.to ?? this.#folder) }),
      );
    else this.announcer.announce(texts[action]?.() ?? '');
    if (this.#notice?.action === action) this.#notice = undefined;
    this.requestUpdate();
  }

  #sortBy(column: string): void {
    const { key, direction } = this.sort;
    const next = key === column && direction === 'ascending' ? 'descending' : 'ascending';
    this.sort = { key: column, direction: next };
    const label = this.#drawn.find(({ id }) => id === column)?.label ?? column;
    this.announcer.announce(
      this.localize.text(
        next === 'ascending' ? 'browser.announceSorted' : 'browser.announceSortedDescending',
        {
          column: label,
        },
      ),
    );
  }

  // Fields

  #isTaken(name: string): boolean {
    return this.#state?.rows.some(entry => entry.name === name) ?? false;
  }

  #askName(entry: Entry): Promise<string | undefined> {
    if (!this.#state?.focusEntry(entry.id)) return Promise.resolve(undefined);
    this.#grid.showFocusedRow();
    return this.#naming.ask(entry);
  }

  #editPath(): void {
    if (this.#isFlat || this.#containers.isUnchosen) return;
    this.#isEditingPath = true;
    this.#startEditingPath = true;
    this.requestUpdate();
  }

  #openFilter(open: boolean): void {
    this.#isFilterOpen = open;
    this.requestUpdate();
    void this.updateComplete.then(() =>
      this.#find(open ? '.filter-input' : '.open-filter, .filter-input')?.focus(),
    );
  }

  #setFilter(text: string): void {
    if (this.#state) this.#state.filter = text;
  }

  #onFilterKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape') {
      this.#setFilter('');
      this.#isFilterOpen = false;
    } else if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    this.requestUpdate();
    // First the rows have to be there.
    void this.updateComplete.then(() => this.#grid.focusNow());
  }

  #find<E extends HTMLElement = HTMLElement>(selector: string): E | null {
    return this.shadowRoot?.querySelector<E>(selector) ?? null;
  }
}
