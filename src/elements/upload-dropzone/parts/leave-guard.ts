/** Asks before the page is left while files go up. Only while needed: a listener keeps pages out of the back cache. */
export class LeaveGuard {
  #isOn = false;

  readonly #onBeforeUnload = (event: BeforeUnloadEvent): void => {
    event.preventDefault();
  };

  set(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    if (on) addEventListener('beforeunload', this.#onBeforeUnload);
    else removeEventListener('beforeunload', this.#onBeforeUnload);
  }
}
