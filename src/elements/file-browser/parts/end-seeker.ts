import type { BrowserState } from '../../../core/browser-state.js';

/**
 * The End key in a folder that is not all loaded: the last loaded row at once, and the real last one when the rest
 * has arrived, unless the person has gone elsewhere meanwhile. Then the loading stops too, because a folder may have
 * millions of entries and nobody asked for them by any other wish.
 */
export class EndSeeker {
  #wish: { readonly state: BrowserState; readonly ownsLoading: boolean } | undefined;

  /** `show` moves the focus to the last row there is at that moment. */
  async seek(state: BrowserState, show: () => void): Promise<void> {
    show();
    if (this.#wish?.state === state) return;
    this.letGo();
    const { listing } = state;
    // A filter speaks only about what is loaded; loading the rest for it is a wish of its own.
    if (listing.complete || state.filter.trim() !== '') return;
    const wish = { state, ownsLoading: listing.activity !== 'rest' };
    this.#wish = wish;
    if (listing.activity === 'next') await listing.loadMore();
    if (this.#wish !== wish) return;
    const isComplete = await listing.loadRest();
    if (this.#wish !== wish) return;
    this.#wish = undefined;
    if (isComplete) show();
  }

  /** The person has gone elsewhere. */
  letGo(): void {
    const wish = this.#wish;
    this.#wish = undefined;
    if (wish?.ownsLoading) wish.state.listing.stopRest();
  }
}
