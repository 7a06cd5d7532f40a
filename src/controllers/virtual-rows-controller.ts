import type { ReactiveController, ReactiveControllerHost } from 'lit';
import {
  canvasHeight,
  isMapped,
  lastPosition,
  positionOf,
  positionShowing,
  type RowGeometry,
  rowsAt,
  scrollTopOf,
} from '../core/row-window.js';

export interface VirtualRowsOptions {
  /** The scrolling element. */
  readonly scroller: () => HTMLElement | null;
  /** The element inside it whose height makes the scroll bar. */
  readonly canvas: () => HTMLElement | null;
  /** The element inside the canvas that holds the rendered rows, positioned absolutely at its top. */
  readonly block: () => HTMLElement | null;
  readonly rowCount: () => number;
  /** Pixels. */
  readonly rowHeight: () => number;
  /** Pixels at the top of the scroller that a sticky header covers. Default 0. */
  readonly headerHeight?: () => number;
  /** Called when a person's scrolling has changed which rows are in view. */
  readonly onScroll?: () => void;
  /** Called with the scroller's width in pixels when its size has changed. */
  readonly onResize?: (width: number) => void;
}

/** Rows rendered beyond the view on either side. */
const spareRows = 4;

/**
 * A window over rows of equal height: tells the host which to render and places them. Styles are set through CSSOM,
 * so that it works without `style-src 'unsafe-inline'`.
 */
export class VirtualRowsController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: VirtualRowsOptions;
  #scroller: HTMLElement | undefined;
  #resizes: ResizeObserver | undefined;
  /** Position in the rows, in pixels: exact where the scroll position is too coarse to say. */
  #position = 0;
  /** Scroll position that belongs to `#position`; another one comes from the person. */
  #expected = 0;
  #viewportHeight = 0;

  constructor(host: ReactiveControllerHost, options: VirtualRowsOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Rows to render, `end` not included. */
  get range(): { readonly start: number; readonly end: number } {
    const geometry = this.#geometry;
    this.#position = Math.min(this.#position, lastPosition(geometry));
    return rowsAt(this.#position, geometry, spareRows);
  }

  /** First row in view and how far it is scrolled out, in pixels. */
  get top(): { readonly row: number; readonly offset: number } {
    const { rowHeight } = this.#geometry;
    const row = Math.floor(this.#position / rowHeight);
    return { row, offset: this.#position - row * rowHeight };
  }

  /** How many rows fit into the view. */
  get rowsInView(): number {
    const { viewportHeight, rowHeight } = this.#geometry;
    return Math.max(1, Math.floor(viewportHeight / rowHeight));
  }

  /** Scrolls as little as possible so that a row is wholly in view. */
  showRow(row: number): void {
    this.#moveTo(positionShowing(row, this.#position, this.#geometry));
  }

  /** Scrolls so that a row is at the upper edge, `offset` pixels of it scrolled out. */
  scrollTo(row: number, offset = 0): void {
    const geometry = this.#geometry;
    this.#moveTo(Math.min(row * geometry.rowHeight + offset, lastPosition(geometry)));
  }

  hostDisconnected(): void {
    this.#unbind();
  }

  hostUpdated(): void {
    const scroller = this.#options.scroller() ?? undefined;
    if (scroller !== this.#scroller) {
      this.#unbind();
      this.#scroller = scroller;
      if (scroller) this.#bind(scroller);
    }
    this.#place();
  }

  get #geometry(): RowGeometry {
    return {
      rowCount: this.#options.rowCount(),
      rowHeight: this.#options.rowHeight(),
      viewportHeight: this.#viewportHeight,
    };
  }

  #bind(scroller: HTMLElement): void {
    scroller.addEventListener('scroll', this.#onScroll, { passive: true });
    scroller.addEventListener('wheel', this.#onWheel, { passive: false });
    this.#resizes = new ResizeObserver(() => this.#measure());
    this.#resizes.observe(scroller);
    this.#measure();
  }

  #unbind(): void {
    this.#scroller?.removeEventListener('scroll', this.#onScroll);
    this.#scroller?.removeEventListener('wheel', this.#onWheel);
    this.#resizes?.disconnect();
    this.#resizes = undefined;
    this.#scroller = undefined;
  }

  #measure(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const height = Math.max(0, scroller.clientHeight - (this.#options.headerHeight?.() ?? 0));
    this.#options.onResize?.(scroller.clientWidth);
    if (height === this.#viewportHeight) return;
    this.#viewportHeight = height;
    this.#host.requestUpdate();
  }

  readonly #onScroll = (): void => {
    const scroller = this.#scroller;
    // The browser rounds scroll positions to device pixels; such an echo must not shift a mapped position.
    if (!scroller || Math.abs(scroller.scrollTop - this.#expected) < 1) return;
    this.#expected = scroller.scrollTop;
    this.#position = positionOf(scroller.scrollTop, this.#geometry);
    this.#host.requestUpdate();
    this.#options.onScroll?.();
  };

  /** Where a pixel of the scroll bar stands for several of the rows, the wheel moves the rows, not the bar. */
  readonly #onWheel = (event: WheelEvent): void => {
    const geometry = this.#geometry;
    if (!isMapped(geometry) || event.ctrlKey || event.deltaY === 0) return;
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? geometry.rowHeight
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? geometry.viewportHeight
          : 1;
    const position = Math.min(Math.max(this.#position + event.deltaY * unit, 0), lastPosition(geometry));
    if (position === this.#position) return;
    event.preventDefault();
    this.#moveTo(position);
    this.#options.onScroll?.();
  };

  #moveTo(position: number): void {
    if (position === this.#position) return;
    this.#position = position;
    this.#host.requestUpdate();
  }

  #place(): void {
    const scroller = this.#scroller;
    const canvas = this.#options.canvas();
    const block = this.#options.block();
    if (!scroller || !canvas || !block) return;
    const geometry = this.#geometry;
    const height = `${canvasHeight(geometry)}px`;
    if (canvas.style.height !== height) canvas.style.height = height;
    this.#position = Math.min(this.#position, lastPosition(geometry));
    const scrollTop = scrollTopOf(this.#position, geometry);
    if (Math.abs(scroller.scrollTop - scrollTop) >= 1) scroller.scrollTop = scrollTop;
    this.#expected = scroller.scrollTop;
    const { start } = rowsAt(this.#position, geometry, spareRows);
    const offset = isMapped(geometry)
      ? this.#expected + start * geometry.rowHeight - this.#position
      : start * geometry.rowHeight;
    const transform = `translateY(${offset}px)`;
    if (block.style.transform !== transform) block.style.transform = transform;
  }
}
