/**
 * Which rows of equal height are in view, for more rows than a browser can lay out: an element ends at 17.9 million
 * pixels in Firefox and 33.5 million in Chromium. Up to `tallestCanvas` the scroll position is the position in the
 * rows; above, it is mapped linearly, so that the first and the last row are reached exactly.
 */
export const tallestCanvas = 8_000_000;

/** Pixels throughout. */
export interface RowGeometry {
  readonly rowCount: number;
  readonly rowHeight: number;
  /** Height in which rows are seen. */
  readonly viewportHeight: number;
}

/** Height of the element that makes the scroll bar. */
export function canvasHeight({ rowCount, rowHeight }: RowGeometry): number {
  return Math.min(rowCount * rowHeight, tallestCanvas);
}

/** Whether scroll positions are mapped rather than equal. */
export function isMapped({ rowCount, rowHeight }: RowGeometry): boolean {
  return rowCount * rowHeight > tallestCanvas;
}

/** Largest position in the rows: the last row ends at the lower edge. */
export function lastPosition({ rowCount, rowHeight, viewportHeight }: RowGeometry): number {
  return Math.max(0, rowCount * rowHeight - viewportHeight);
}

function lastScrollTop(geometry: RowGeometry): number {
  return Math.max(0, canvasHeight(geometry) - geometry.viewportHeight);
}

/** Position in the rows that a scroll position shows at the upper edge. */
export function positionOf(scrollTop: number, geometry: RowGeometry): number {
  const last = lastScrollTop(geometry);
  if (last === 0) return 0;
  return clamp(scrollTop / last, 0, 1) * lastPosition(geometry);
}

/** Scroll position for a position in the rows. */
export function scrollTopOf(position: number, geometry: RowGeometry): number {
  const last = lastPosition(geometry);
  if (last === 0) return 0;
  return clamp(position / last, 0, 1) * lastScrollTop(geometry);
}

/** Rows to have in the page, `end` not included: those in view and `spare` on either side. */
export function rowsAt(
  position: number,
  geometry: RowGeometry,
  spare: number,
): { readonly start: number; readonly end: number } {
  const { rowCount, rowHeight, viewportHeight } = geometry;
  const start = Math.max(0, Math.floor(position / rowHeight) - spare);
  const end = Math.min(rowCount, Math.ceil((position + viewportHeight) / rowHeight) + spare);
  return { start: Math.min(start, end), end };
}

/** The nearest position at which a row is wholly in view. */
export function positionShowing(row: number, position: number, geometry: RowGeometry): number {
  const { rowHeight, viewportHeight } = geometry;
  const top = row * rowHeight;
  const lowest = top;
  const highest = top + rowHeight - viewportHeight;
  const wanted = position > lowest ? lowest : position < highest ? Math.min(highest, lowest) : position;
  return clamp(wanted, 0, lastPosition(geometry));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
