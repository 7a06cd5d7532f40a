import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { BrowserState } from '../../../core/browser-state.js';
import type { Entry } from '../../../core/entry.js';

export interface StatusBarProps {
  readonly localize: LocalizeController;
  readonly state: BrowserState;
  readonly onLoadRest: () => void;
  readonly onStop: () => void;
  readonly onClearSelection: () => void;
}

/** How much there is, in one sentence that claims no more than is known. */
export function countText(state: BrowserState, localize: LocalizeController): string {
  const { listing, filter, rows, loadedCount: count } = state;
  if (filter.trim() !== '') {
    return localize.text(listing.complete ? 'browser.filterShows' : 'browser.filterShowsLoaded', {
      shown: rows.length,
      count,
    });
  }
  if (listing.complete) return localize.text('browser.items', { count });
  if (listing.total !== undefined)
    return localize.text('browser.itemsOf', { loaded: count, total: listing.total });
  return localize.text('browser.itemsLoaded', { count });
}

/** A million sizes are not added up for every frame. */
const sums = new WeakMap<readonly Entry[], { readonly bytes: number | undefined }>();

/** Undefined when a size is unknown: a folder's, for example. */
function sumOfSizes(entries: readonly Entry[]): number | undefined {
  let sum = sums.get(entries);
  if (!sum) {
    const isKnown = entries.every(entry => entry.size !== undefined);
    sum = { bytes: isKnown ? entries.reduce((total, entry) => total + entry.size!, 0) : undefined };
    sums.set(entries, sum);
  }
  return sum.bytes;
}

/** What is selected, in one sentence; empty when nothing is. */
export function selectionText(state: BrowserState, localize: LocalizeController): string {
  const { selection, listing, loadedCount } = state;
  if (selection.isEmpty) return '';
  if (selection.everything && !listing.complete) {
    const spared = loadedCount - selection.countAmong(loadedCount);
    return spared === 0
      ? localize.text('browser.selectedEverything')
      : localize.text('browser.selectedEverythingBut', { count: spared });
  }
  const entries = state.selected;
  const count = entries.length;
  const bytes = sumOfSizes(entries);
  if (bytes === undefined || count === 0) return localize.text('browser.selected', { count });
  return localize.text('browser.selectedSize', { count, size: localize.size(bytes) });
}

/** One line under the rows: what is here, what is selected, and how much of the folder that is about. */
export function statusBar(props: StatusBarProps): TemplateResult {
  const { localize, state } = props;
  const { listing } = state;
  const selection = selectionText(state, localize);
  const isPartial = listing.hasFirstPage && !listing.complete;
  const link = (text: string, run: () => void) =>
    html`<button type="button" class="link-button" part="link" @click=${run}>${text}</button>`;
  return html`<div class="status small" part="status">
    <span class="status-text">${listing.hasFirstPage ? countText(state, localize) : '\u00a0'}</span>
    ${
      selection === ''
        ? nothing
        : html`<span class="status-text status-selection">
          ${selection} ${link(localize.text('browser.clearSelection'), props.onClearSelection)}
        </span>`
    }
    ${
      !isPartial
        ? nothing
        : html`<span class="status-text status-partial">
          ${
            listing.activity === 'rest'
              ? html`${localize.text('browser.loadingRest', { count: listing.entries.length })}
                ${link(localize.text('browser.stopLoading'), props.onStop)}`
              : html`${localize.text('browser.sortedAmong', { count: listing.entries.length })}
                ${link(localize.text('browser.loadRest'), props.onLoadRest)}`
          }
        </span>`
    }
  </div>`;
}
