import { html, nothing, type TemplateResult } from 'lit';
import type { BrowserState } from '../../../core/browser-state.js';
import type { BrowserParts } from './browser-parts.js';
import { columnTemplate, type DrawnColumn, drawnColumns, fittingColumns, underName } from './columns.js';
import { grid } from './grid.js';
import { NameFit } from './name-fit.js';
import { disconnectedPanel, notice, statePanel } from './panels.js';

/** The rows with their columns, what stands in their place while there are none, and what is dropped onto them. */
export class RowArea {
  readonly #parts: BrowserParts;
  #columns: readonly DrawnColumn[] = [];
  #underName: readonly DrawnColumn[] = [];
  #width = 0;
  readonly #names = new NameFit();

  constructor(parts: BrowserParts) {
    this.#parts = parts;
  }

  /** Columns there is room for. */
  get columns(): readonly DrawnColumn[] {
    return this.#columns;
  }

  /** The rows have another width, in pixels. */
  resize(width: number): void {
    if (width === this.#width) return;
    this.#width = width;
    this.#parts.host.requestUpdate();
  }

  /** Call before each update. */
  update(): void {
    const { host, localize, rowHeight } = this.#parts;
    const style = host.isConnected ? getComputedStyle(host) : undefined;
    const em = Number.parseFloat(style?.fontSize ?? '') || 16;
    const width = this.#width || 800;
    const all = drawnColumns(host.columns, localize);
    this.#columns = fittingColumns(all, width, em);
    this.#underName = underName(all, this.#columns, rowHeight.value);
    this.#names.update(style, width, this.#columns, em);
  }

  /** Call after each update. */
  place(): void {
    const { host } = this.#parts;
    host.style.setProperty('--_columns', columnTemplate(this.#columns, host.select === 'multiple'));
  }

  render(): TemplateResult {
    const { state } = this.#parts.folder;
    const { activity } = state?.listing ?? {};
    return html`<div class="body">
      ${state ? this.#grid(state) : nothing} ${this.#panel()}
      ${activity === 'next' || activity === 'refresh' ? html`<div class="loading-more"></div>` : nothing}
      ${this.#dropHint()}
    </div>`;
  }

  /** A part of the folder could not be loaded; what is shown stays. */
  renderError(): TemplateResult | typeof nothing {
    const { localize, folder } = this.#parts;
    const listing = folder.state?.listing;
    if (!listing?.error || !listing.hasFirstPage) return nothing;
    const heading = localize.text(
      listing.failed === 'refresh' ? 'browser.errorRefresh' : 'browser.errorNext',
    );
    return notice({
      localize,
      text: `${heading} ${localize.error(listing.error)}`,
      error: listing.error,
      onRetry: () => void listing.retry(),
    });
  }

  #grid(state: BrowserState): TemplateResult {
    const { host, localize, folder, drag, naming, virtual, grid: interaction } = this.#parts;
    const { listing, selection, rows } = state;
    const selectedCount = selection.isEmpty
      ? 0
      : selection.everything
        ? selection.countAmong(rows.length)
        : selection.countAmong(0);
    const isAll = rows.length > 0 && selectedCount >= rows.length;
    return html`<div
      class="events"
      @keydown=${interaction.onKeyDown}
      @click=${interaction.onClick}
      @dblclick=${interaction.onDoubleClick}
      @contextmenu=${interaction.onContextMenu}
      @focusin=${interaction.onFocusIn}
      @focusout=${interaction.onFocusOut}
      @dragstart=${drag.onDragStart}
      @dragend=${drag.onDragEnd}
    >
      ${grid({
        localize,
        label: localize.text('browser.gridLabel', { folder: this.#parts.nameOfFolder(folder.path) }),
        rows,
        range: virtual.range,
        columns: this.#columns,
        underName: this.#underName,
        columnCount: host.columns.filter(column => column !== 'name').length + 1,
        sort: state.sort,
        focus: interaction.focusIn(state),
        fits: name => this.#names.fits(name),
        select: host.select,
        isSelected: id => selection.has(id),
        isPending: id => state.isPending(id),
        selectedShare: selectedCount === 0 ? 'none' : isAll ? 'all' : 'some',
        isBusy: listing.activity !== 'idle',
        totalRows: state.totalRows,
        dropFolder: drag.folder,
        isDraggable: !host.readonly && folder.can('move'),
        editing: naming.editing,
        onSort: column => this.#sortBy(column),
        onSelectAll: () => (isAll ? state.clearSelection() : state.selectAll()),
      })}
    </div>`;
  }

  #panel(): TemplateResult | typeof nothing {
    const { host, localize, folder, containers, manager, virtual, desk, tools } = this.#parts;
    if (containers.isUnchosen) return containers.renderUnchosen();
    const missing = manager.missingBackend;
    if (!folder.state)
      return disconnectedPanel(
        missing
          ? localize.text('common.backendMissing', { name: missing })
          : localize.text('common.noBackend'),
      );
    return statePanel({
      localize,
      folder: folder.path,
      state: folder.state,
      rowsInView: virtual.rowsInView,
      isComingAbout: folder.isComingAbout,
      hasChecks: host.select === 'multiple',
      columns: this.#columns.length,
      canUpload: folder.can('openUpload') && !host.readonly,
      canUploadFolders: !folder.isFlat,
      onUpload: action => void desk.run(action),
      onClearFilter: () => tools.setFilter(''),
    });
  }

  #dropHint(): TemplateResult | typeof nothing {
    const { localize, drag, folder } = this.#parts;
    const target = drag.folder;
    if (target === undefined) return nothing;
    const values = { folder: this.#parts.nameOfFolder(target) };
    return html`<div class="drop-hint ${target === folder.path ? 'whole' : ''}" aria-hidden="true">
      <span>
        ${drag.kind === 'entries' ? localize.text('browser.dropMove', values) : localize.text('browser.dropHere', values)}
      </span>
    </div>`;
  }

  #sortBy(id: string): void {
    const { host, localize, announce } = this.#parts;
    const { key, direction } = host.sort;
    const isDescending = key === id && direction === 'ascending';
    host.sort = { key: id, direction: isDescending ? 'descending' : 'ascending' };
    const column = this.#columns.find(drawn => drawn.id === id)?.label ?? id;
    announce(
      isDescending
        ? localize.text('browser.announceSortedDescending', { column })
        : localize.text('browser.announceSorted', { column }),
    );
  }
}
