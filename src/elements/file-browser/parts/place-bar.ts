import { html, nothing, type TemplateResult } from 'lit';
import { displayName } from '../../../core/format.js';
import { toFolderPath } from '../../../core/path.js';
import type { MenuItem } from '../../parts/menu.js';
import { breadcrumbs } from './breadcrumbs.js';
import type { BrowserParts } from './browser-parts.js';
import { actionIcon } from './entry-icons.js';

/** The line that says where we are: the container, and the path or the field to type another one. */
export class PlaceBar {
  readonly #parts: BrowserParts;
  #isEditing = false;
  #isNew = false;

  constructor(parts: BrowserParts) {
    this.#parts = parts;
  }

  /** Whether a path is being typed. */
  get isEditing(): boolean {
    return this.#isEditing;
  }

  /** Makes the path a field. */
  edit(): void {
    if (this.#parts.folder.isFlat || this.#parts.containers.isUnchosen) return;
    this.#isEditing = true;
    this.#isNew = true;
    this.#parts.host.requestUpdate();
  }

  /** Call after each update: a new field gets the focus. */
  focusField(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    const input = this.#parts.find<HTMLInputElement>('.path-input');
    input?.focus();
    input?.select();
  }

  render(): TemplateResult {
    const { source, containers, folder, width } = this.#parts;
    if (!source?.adapter.containers) return this.#path();
    // Without folders the container's name is the whole path.
    const hasPath = !containers.isUnchosen && !folder.isFlat;
    return html`<div class="place">
      ${containers.renderBar(width < 480)} ${hasPath ? this.#path() : nothing}
    </div>`;
  }

  #path(): TemplateResult {
    const { host, localize, source, folder, grid, drag, width, rootName } = this.#parts;
    const hasContainers = source?.adapter.containers !== undefined;
    const end = () => {
      this.#isEditing = false;
      grid.claimFocus();
    };
    return breadcrumbs({
      localize,
      path: folder.path,
      // The container's name stands right before it.
      root: hasContainers && !host.label ? localize.text('browser.root') : rootName,
      isFlat: folder.isFlat,
      // Beside the container's name there is room for fewer folders.
      width: width - (hasContainers ? 240 : 0),
      dropFolder: drag.folder,
      isEditing: this.#isEditing,
      onGo: path => this.#go(path),
      onEdit: () => this.edit(),
      onSubmit: text => {
        end();
        folder.go(toFolderPath(text.trim()));
        host.requestUpdate();
      },
      onCancel: end,
      onMore: (button, folders) => this.#openMenu(button, folders),
    });
  }

  /** The button that was pressed may go, or be of no use, where it led to: then the focus goes to the rows. */
  #go(path: string): void {
    const { host, folder, grid } = this.#parts;
    const pressed = host.shadowRoot?.activeElement;
    folder.go(path);
    void host.updateComplete.then(() => {
      if (pressed && (!pressed.isConnected || pressed.matches(':disabled'))) grid.takeFocus();
    });
  }

  #openMenu(button: HTMLElement, folders: readonly { name: string; path: string }[]): void {
    const { menu, localize, folder } = this.#parts;
    const items = folders.map(
      ({ name, path }): MenuItem => ({
        label: displayName(name),
        icon: actionIcon('open'),
        run: () => folder.go(path),
      }),
    );
    menu.open([items], {
      label: localize.text('browser.moreFolders'),
      place: button,
      returnTo: () => button.focus(),
    });
  }
}
