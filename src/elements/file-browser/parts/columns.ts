import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { Entry } from '../../../core/entry.js';
import { displayName } from '../../../core/format.js';
import { type Compare, typeOf } from '../../../core/ordering.js';

/** Columns that the browser knows by itself; the name is always shown. */
export type BuiltInColumn = 'name' | 'size' | 'modified' | 'type';

/** A column of the page's own. */
export interface CustomColumn {
  /** Sort key; unique among the columns. */
  readonly id: string;
  /** Heading. */
  readonly label: string;
  /** Text of a cell. */
  readonly text: (entry: Entry) => string;
  /** Ascending order. Absent: cannot be sorted by. */
  readonly compare?: Compare;
  /** Width in `em`. Default 8. */
  readonly width?: number;
  readonly align?: 'start' | 'end';
}

export type Column = BuiltInColumn | CustomColumn;

/** A column as the grid draws it. */
export interface DrawnColumn {
  readonly id: string;
  readonly label: string;
  readonly sortable: boolean;
  readonly align: 'start' | 'end';
  /** Width in `em`; undefined: takes what is left. */
  readonly width: number | undefined;
  /** Position among all columns, from 1. */
  readonly position: number;
  text(entry: Entry): string;
  /** More exact than the text, for a tooltip. */
  title?(entry: Entry): string | undefined;
}

export const defaultColumns: readonly Column[] = ['name', 'size', 'modified', 'type'];

/** Reads the attribute `columns`, names separated by blanks. Unknown names are ignored. */
export function parseColumns(value: string | null): readonly Column[] {
  const known = new Set<string>(defaultColumns as readonly string[]);
  return (value ?? '').split(/[\s,]+/).filter((name): name is BuiltInColumn => known.has(name));
}

function builtIn(column: BuiltInColumn, position: number, localize: LocalizeController): DrawnColumn {
  const text = localize.text.bind(localize) as LocalizeController['text'];
  switch (column) {
    case 'name':
      return {
        id: column,
        label: text('browser.columnName'),
        sortable: true,
        align: 'start',
        width: undefined,
        position,
        text: entry => displayName(entry.name),
      };
    case 'size':
      return {
        id: column,
        label: text('browser.columnSize'),
        sortable: true,
        align: 'end',
        width: 6.5,
        position,
        text: entry => (entry.size === undefined ? '' : localize.size(entry.size)),
        title: entry => (entry.size === undefined ? undefined : localize.exactSize(entry.size)),
      };
    case 'modified':
      return {
        id: column,
        label: text('browser.columnModified'),
        sortable: true,
        align: 'start',
        width: 9,
        position,
        text: entry => (entry.modified === undefined ? '' : localize.relativeDate(entry.modified)),
        title: entry => (entry.modified === undefined ? undefined : localize.exactDate(entry.modified)),
      };
    case 'type':
      return {
        id: column,
        label: text('browser.columnType'),
        sortable: true,
        align: 'start',
        width: 6,
        position,
        text: entry => (entry.kind === 'folder' ? text('browser.folder') : displayName(typeOf(entry))),
        title: entry => entry.type,
      };
  }
}

/** All columns in the order to draw them, the name first. */
export function drawnColumns(
  columns: readonly Column[],
  localize: LocalizeController,
): readonly DrawnColumn[] {
  const others = columns.filter(column => column !== 'name');
  return [
    builtIn('name', 1, localize),
    ...others.map((column, index): DrawnColumn => {
      const position = index + 2;
      if (typeof column === 'string') return builtIn(column, position, localize);
      return {
        id: column.id,
        label: column.label,
        sortable: column.compare !== undefined,
        align: column.align ?? 'start',
        width: column.width ?? 8,
        position,
        text: entry => displayName(column.text(entry)),
      };
    }),
  ];
}

/** Room in `em` that a name keeps before another column may be shown. */
const nameRoom = 14;

/**
 * Leaves out the last columns until the name has room.
 * @param width pixels
 * @param em pixels
 */
export function fittingColumns(
  columns: readonly DrawnColumn[],
  width: number,
  em: number,
): readonly DrawnColumn[] {
  const room = width / em - nameRoom;
  let used = 0;
  return columns.filter((column, index) => {
    if (index === 0) return true;
    used += (column.width ?? 0) + 1;
    return used <= room;
  });
}

/** Rows of this height in pixels have room for a second line. */
const twoLines = 36;

/**
 * What a narrow row says under the name, because no column beside it has room: nobody wants to fetch a file without
 * knowing how large it is.
 */
export function underName(
  columns: readonly DrawnColumn[],
  fitting: readonly DrawnColumn[],
  rowHeight: number,
): readonly DrawnColumn[] {
  if (fitting.length > 1 || rowHeight < twoLines) return [];
  return columns.filter(({ id }) => id === 'size' || id === 'modified');
}

/** Value of `grid-template-columns`: check mark, name, others. */
export function columnTemplate(columns: readonly DrawnColumn[], checks: boolean): string {
  const others = columns.slice(1).map(column => `${column.width}em`);
  return [...(checks ? ['var(--_check-width)'] : []), 'minmax(0, 1fr)', ...others].join(' ');
}
