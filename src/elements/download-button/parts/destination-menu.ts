import { html, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { archiveIcon, chevronDownIcon, downloadIcon, fileIcon, folderIcon } from '../../../styles/icons.js';
import type { KitElement } from '../../kit-element.js';
import { Menu, type MenuItem } from '../../parts/menu.js';
import { type DownloadDestination, destinationsFor } from './target.js';

export interface DestinationMenuOptions {
  readonly localize: LocalizeController;
  readonly paths: () => readonly string[];
  readonly withMetadata: () => boolean;
  /** Takes the focus when the button that opened the menu is gone. */
  readonly focusElsewhere: () => void;
  readonly choose: (destination: DownloadDestination) => void;
}

/** The menu of places to save to, with the button that opens it. */
export class DestinationMenu {
  readonly #options: DestinationMenuOptions;
  readonly #menu: Menu;

  constructor(host: KitElement, options: DestinationMenuOptions) {
    this.#options = options;
    this.#menu = new Menu(host, () => host.renderRoot.querySelector<HTMLElement>('.menu'));
  }

  /** The popover itself. */
  render(): TemplateResult {
    return this.#menu.render();
  }

  /** Whether there is anything to choose between. */
  get hasChoice(): boolean {
    return destinationsFor(this.#options.paths(), this.#options.withMetadata()).length > 1;
  }

  /** `name`: of what is saved. */
  button(name: string): TemplateResult {
    const label = this.#options.localize.text('download.choosePlace', { name });
    return html`<button
      type="button"
      class="icon-button"
      part="menu-button"
      aria-haspopup="menu"
      aria-label=${label}
      title=${label}
      @click=${(event: Event) => this.#open(event.currentTarget as HTMLElement, label)}
    >
      ${chevronDownIcon}
    </button>`;
  }

  #open(button: HTMLElement, label: string): void {
    const { localize, choose, focusElsewhere, withMetadata } = this.#options;
    const paths = this.#options.paths();
    const looks = {
      files: [localize.text(paths.length === 1 ? 'download.toDownloads' : 'download.toFiles'), downloadIcon],
      file: [localize.text('download.toFile'), fileIcon],
      folder: [localize.text('download.toFolder'), folderIcon],
      zip: [localize.text('download.toZip'), archiveIcon],
    } as const;
    const items = destinationsFor(paths, withMetadata()).map((destination): MenuItem => {
      const [text, icon] = looks[destination];
      return { label: text, icon, run: () => choose(destination) };
    });
    const returnTo = () => (button.isConnected ? button.focus() : focusElsewhere());
    this.#menu.open([items], { label, place: button, returnTo });
  }
}
