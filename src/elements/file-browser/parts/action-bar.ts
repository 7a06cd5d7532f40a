import type { TemplateResult } from 'lit';
import { ElementWidthController } from '../../../controllers/element-width-controller.js';
import { RovingFocusController } from '../../../controllers/roving-focus-controller.js';
import type { BrowserState } from '../../../core/browser-state.js';
import type { BrowserParts } from './browser-parts.js';
import { toolbar } from './toolbar.js';

/** The line with the actions and the filter, as far as there is room. */
export class ActionBar {
  readonly #parts: BrowserParts;
  readonly #actions: ElementWidthController;
  #isFilterOpen = false;

  constructor(parts: BrowserParts) {
    this.#parts = parts;
    this.#actions = new ElementWidthController(parts.host, () => parts.find('.actions'));
    new RovingFocusController(parts.host, {
      container: () => parts.find('.toolbar'),
      items: '.action',
      axis: 'horizontal',
    });
  }

  /** Starts over in another folder. */
  reset(): void {
    this.#isFilterOpen = false;
  }

  render(state: BrowserState): TemplateResult {
    const { localize, desk, menu, host, rowHeight, width } = this.#parts;
    const isTall = host.density === 'touch' || (host.density !== 'compact' && rowHeight.value >= 44);
    return toolbar({
      localize,
      actions: desk.toolbar(state),
      width: this.#actions.width,
      buttonSize: isTall ? 44 : host.density === 'compact' ? 28 : 32,
      filter: state.filter,
      isFilterOpen: this.#isFilterOpen,
      isNarrow: width < 560,
      onAction: ({ action }) => void desk.run(action.id),
      onMore: (button, actions) =>
        menu.open([actions.map(offer => desk.menuItem(offer))], {
          label: localize.text('browser.moreActions'),
          place: button,
          returnTo: () => button.focus(),
        }),
      onFilter: text => this.setFilter(text),
      onFilterOpen: open => this.openFilter(open),
      onFilterKey: event => this.#onFilterKey(event),
    });
  }

  openFilter(open: boolean): void {
    const { host, find } = this.#parts;
    this.#isFilterOpen = open;
    host.requestUpdate();
    void host.updateComplete.then(() =>
      find(open ? '.filter-input' : '.open-filter, .filter-input')?.focus(),
    );
  }

  setFilter(text: string): void {
    const { state } = this.#parts.folder;
    if (state) state.filter = text;
  }

  #onFilterKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape') {
      this.setFilter('');
      this.#isFilterOpen = false;
    } else if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    const { host, grid } = this.#parts;
    host.requestUpdate();
    // First the rows have to be there.
    void host.updateComplete.then(() => grid.focusNow());
  }
}
