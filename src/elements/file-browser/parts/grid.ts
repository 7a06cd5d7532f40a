import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { Entry } from '../../../core/entry.js';
import { displayName, splitName } from '../../../core/format.js';
import type { Sort } from '../../../core/ordering.js';
import { arrowDownIcon, arrowUpIcon, checkIcon } from '../../../styles/icons.js';
import type { DrawnColumn } from './columns.js';
import { entryIcon } from './entry-icons.js';

/** Where the one tab stop of the grid is. Row −1 is the header; column −1 is the row as a whole. */
export interface GridFocus {
  readonly row: number;
  readonly column: number;
}

/** The row whose name is being edited. */
export interface NameEditing {
  readonly id: string;
  readonly problem: string;
  readonly onInput: () => void;
  readonly onCommit: (name: string) => void;
  readonly onCancel: () => void;
}

export interface GridProps {
  readonly localize: LocalizeController;
  readonly label: string;
  readonly rows: readonly Entry[];
  readonly range: { readonly start: number; readonly end: number };
  readonly columns: readonly DrawnColumn[];
  /** Columns whose text stands under the name. */
  readonly underName: readonly DrawnColumn[];
  /** Number of columns, those without room included. */
  readonly columnCount: number;
  readonly sort: Sort;
  readonly focus: GridFocus;
  /** Whether a name fits its column uncut. */
  readonly fits: (name: string) => boolean;
  readonly select: 'multiple' | 'single' | 'none';
  readonly isSelected: (id: string) => boolean;
  readonly isPending: (id: string) => boolean;
  /** How many are selected: none, some or all. */
  readonly selectedShare: 'none' | 'some' | 'all';
  readonly isBusy: boolean;
  /** Rows there are once everything is loaded; undefined: not known. */
  readonly totalRows: number | undefined;
  readonly dropFolder: string | undefined;
  readonly isDraggable: boolean;
  readonly editing: NameEditing | undefined;
  readonly onSort: (column: string) => void;
  readonly onSelectAll: () => void;
}

/** Header and rows. One root for all of it, because ARIA relations do not cross shadow roots. */
export function grid(props: GridProps): TemplateResult {
  const { rows, range, focus, select } = props;
  const indexes: number[] = [];
  const pinned = focus.row >= 0 && focus.row < rows.length ? focus.row : -1;
  if (pinned !== -1 && pinned < range.start) indexes.push(pinned);
  for (let index = range.start; index < range.end; index++) indexes.push(index);
  if (pinned >= range.end) indexes.push(pinned);
  return html`<div
    class="grid ${select === 'multiple' ? 'checks' : ''}"
    part="grid"
    role="grid"
    aria-label=${props.label}
    aria-rowcount=${props.totalRows === undefined ? -1 : props.totalRows + 1}
    aria-colcount=${props.columnCount}
    aria-multiselectable=${select === 'multiple' ? 'true' : nothing}
    aria-busy=${props.isBusy ? 'true' : 'false'}
  >
    <div class="head" role="rowgroup">${header(props)}</div>
    <div class="canvas" role="rowgroup">
      <div class="block" role="presentation">
        ${repeat(
          indexes,
          index => index,
          index => row(rows[index]!, index, props),
        )}
      </div>
    </div>
  </div>`;
}

function header(props: GridProps): TemplateResult {
  const { localize, columns, sort, focus, select, selectedShare } = props;
  const tabIndex = (column: number) => (focus.row === -1 && focus.column === column ? 0 : -1);
  return html`<div class="row head-row" part="header-row" role="row" aria-rowindex="1">
    ${columns.map((column, index) => {
      const isSorted = sort.key === column.id;
      const selectAll =
        index === 0 && select === 'multiple'
          ? html`<button
            type="button"
            class="check-button"
            part="checkbox"
            role="checkbox"
            tabindex="-1"
            aria-checked=${selectedShare === 'all' ? 'true' : selectedShare === 'some' ? 'mixed' : 'false'}
            aria-label=${localize.text('browser.selectAll')}
            title=${localize.text(selectedShare === 'all' ? 'browser.unselectAll' : 'browser.selectAll')}
            @click=${props.onSelectAll}
          >
            ${checkMark(selectedShare === 'none' ? 'off' : selectedShare === 'all' ? 'on' : 'mixed')}
          </button>`
          : nothing;
      return html`<div
        class="cell head-cell ${column.align}"
        part="header-cell"
        role="columnheader"
        aria-colindex=${column.position}
        aria-sort=${isSorted ? sort.direction : column.sortable ? 'none' : nothing}
      >
        ${selectAll}
        ${
          column.sortable
            ? html`<button
              type="button"
              class="sort-button"
              part="sort-button"
              data-column=${index}
              tabindex=${tabIndex(index)}
              title=${localize.text('browser.sortBy', { column: column.label })}
              @click=${() => props.onSort(column.id)}
            >
              <span>${column.label}</span>${isSorted ? (sort.direction === 'ascending' ? arrowUpIcon : arrowDownIcon) : nothing}
            </button>`
            : html`<span class="head-text" data-column=${index} tabindex=${tabIndex(index)}>${column.label}</span>`
        }
      </div>`;
    })}
  </div>`;
}

function checkMark(state: 'on' | 'off' | 'mixed'): TemplateResult {
  return html`<span class="check ${state}" aria-hidden="true">${state === 'on' ? checkIcon : nothing}</span>`;
}

function row(entry: Entry, index: number, props: GridProps): TemplateResult {
  const { localize, columns, focus, select, range } = props;
  const isSelected = select !== 'none' && props.isSelected(entry.id);
  const isPending = props.isPending(entry.id);
  const isOutside = index < range.start || index >= range.end;
  const isDropTarget = entry.kind === 'folder' && props.dropFolder === entry.path;
  const editing = props.editing?.id === entry.id ? props.editing : undefined;
  const texts = columns.map(column => column.text(entry));
  const under = props.underName.map(column => column.text(entry)).filter(text => text !== '');
  const selected = select === 'none' ? nothing : isSelected ? 'true' : 'false';
  const summary = [
    texts[0]!,
    entry.kind === 'folder' ? localize.text('browser.folder') : '',
    ...columns
      .slice(1)
      .map((column, at) => (column.id === 'type' && entry.kind === 'folder' ? '' : texts[at + 1]!)),
    ...under,
    isPending ? localize.text('browser.pending') : '',
  ];
  return html`<div
    class="row ${isSelected ? 'selected' : ''} ${isPending ? 'pending' : ''} ${isDropTarget ? 'drop' : ''} ${isOutside ? 'outside' : ''}"
    part="row ${isSelected ? 'row-selected' : ''}"
    role="row"
    data-index=${index}
    data-folder=${entry.kind === 'folder' ? entry.path : nothing}
    aria-rowindex=${index + 2}
    aria-selected=${selected}
    aria-label=${summary.filter(text => text !== '').join(', ')}
    tabindex=${focus.row === index && focus.column === -1 && !editing ? 0 : -1}
    draggable=${props.isDraggable && !editing ? 'true' : nothing}
  >
    ${select === 'multiple' ? html`<span class="check-area" data-check aria-hidden="true">${checkMark(isSelected ? 'on' : 'off')}</span>` : nothing}
    ${columns.map((column, at) => {
      // Only the cell that has the focus is focusable: a click in any other one must focus its row.
      const tabIndex = focus.row === index && focus.column === at && !editing ? 0 : nothing;
      if (at === 0) {
        return html`<div
          class="cell name-cell"
          part="cell name"
          role="gridcell"
          aria-colindex=${column.position}
          aria-selected=${selected}
          aria-label=${editing ? nothing : [texts[0]!, under.join(separator)].join(' ').trim()}
          data-column=${at}
          tabindex=${tabIndex}
          title=${texts[0]!}
        >
          <span class="entry-icon ${entry.kind}">${entryIcon(entry)}</span>
          ${editing ? nameField(entry, editing, localize) : nameLines(texts[0]!, props.fits(texts[0]!), under)}
        </div>`;
      }
      return html`<div
        class="cell ${column.align} muted"
        part="cell ${column.id}"
        role="gridcell"
        aria-colindex=${column.position}
        aria-selected=${selected}
        data-column=${at}
        tabindex=${tabIndex}
        title=${column.title?.(entry) ?? nothing}
      >
        <bdi>${texts[at]}</bdi>
      </div>`;
    })}
  </div>`;
}

const separator = ' · ';

function nameLines(name: string, fits: boolean, under: readonly string[]): TemplateResult {
  if (under.length === 0) return nameText(name, fits);
  return html`<span class="name-lines"
    >${nameText(name, fits)} <span class="under-name"><bdi>${under.join(separator)}</bdi></span></span
  >`;
}

/** A name is taken apart only to be cut in its middle. */
function nameText(name: string, fits: boolean): TemplateResult {
  if (fits) return html`<span class="name whole" dir="auto">${name}</span>`;
  const { start, end } = splitName(name);
  return html`<span class="name" dir="auto"
    ><span class="name-start">${start}</span>${end ? html`<span class="name-end">${end}</span>` : nothing}</span
  >`;
}

function nameField(entry: Entry, editing: NameEditing, localize: LocalizeController): TemplateResult {
  return html`<span class="name-editor">
    <input
      class="input name-input"
      part="input"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      aria-label=${localize.text('browser.renameLabel', { name: displayName(entry.name) })}
      aria-invalid=${editing.problem === '' ? 'false' : 'true'}
      aria-describedby=${editing.problem === '' ? nothing : 'name-problem'}
      .defaultValue=${entry.name}
      @input=${editing.onInput}
      @click=${(event: Event) => event.stopPropagation()}
      @dblclick=${(event: Event) => event.stopPropagation()}
      @keydown=${(event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === 'Enter') {
          event.preventDefault();
          editing.onCommit((event.target as HTMLInputElement).value);
        }
        if (event.key === 'Escape') {
          event.preventDefault();
          editing.onCancel();
        }
      }}
      @blur=${(event: Event) => editing.onCommit((event.target as HTMLInputElement).value)}
    />
    ${editing.problem === '' ? nothing : html`<span class="name-problem small" id="name-problem" role="alert">${editing.problem}</span>`}
  </span>`;
}
