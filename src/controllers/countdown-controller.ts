import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Milliseconds between two looks at a time that runs down. */
const every = 1000;

/** Renders its host once a second for as long as a time that runs down is shown. */
export class CountdownController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #isShown: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `isShown`: whether there is such a time; asked after each update. */
  constructor(host: ReactiveControllerHost, isShown: () => boolean) {
    this.#host = host;
    this.#isShown = isShown;
    host.addController(this);
  }

  hostUpdated(): void {
    if (!this.#isShown()) {
      this.#stop();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#host.requestUpdate();
    }, every);
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
