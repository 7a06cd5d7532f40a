import type { DrawnColumn } from './columns.js';

/** Pixels beside a name that are not its own: check mark, icon, paddings, and a little for the estimate. */
const beside = 48 + 24 + 12 + 12 + 12;

let canvas: CanvasRenderingContext2D | null | undefined;

/**
 * Whether names fit their column. Only one that does not is taken apart for an ellipsis in its middle: one in a single
 * piece can be found in the page and copied.
 */
export class NameFit {
  #font = '';
  #room = Number.POSITIVE_INFINITY;
  #widths = new Map<string, number>();

  /** Call before rows are drawn. `width`: of the rows, in pixels. */
  update(
    style: CSSStyleDeclaration | undefined,
    width: number,
    columns: readonly DrawnColumn[],
    em: number,
  ): void {
    // The shorthand is empty where one of its parts has no place in it, such as tabular numbers.
    const font = style ? `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}` : '';
    const others = columns.slice(1).reduce((sum, column) => sum + (column.width ?? 0) * em, 0);
    this.#room = width - others - beside;
    if (font === this.#font) return;
    this.#font = font;
    this.#widths.clear();
  }

  fits(name: string): boolean {
    let width = this.#widths.get(name);
    if (width === undefined) {
      canvas ??= document.createElement('canvas').getContext('2d');
      if (!canvas || this.#font === '') return true;
      canvas.font = this.#font;
      width = canvas.measureText(name).width;
      // Names scroll by; a few screens of them are enough.
      if (this.#widths.size > 2000) this.#widths.clear();
      this.#widths.set(name, width);
    }
    return width <= this.#room;
  }
}
