import { nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Adapter, Container, Containers } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import type { MenuItem } from '../../parts/menu.js';
import { containerBar, containerNote, noContainerPanel } from './container-bar.js';
import { type ContainerAbilities, containerAbilities, containerCommands } from './container-commands.js';
import { type ContainerView, containerDialog } from './container-dialog.js';
import { ContainerDraft } from './container-draft.js';
import { ContainerFacts } from './container-facts.js';
import { ContainerList } from './container-list.js';
import { ContainerTask } from './container-task.js';

export interface ContainerSwitcherOptions {
  readonly localize: LocalizeController;
  readonly adapter: () => Adapter | undefined;
  readonly readonly: () => boolean;
  readonly dialog: () => HTMLDialogElement | null;
  readonly announce: (text: string) => void;
  readonly openMenu: (items: readonly MenuItem[], label: string, button: HTMLElement) => void;
  /** Shows another container as the person wishes; `again`: what its adapter can do may have changed. */
  readonly onOpen: (id: string, again: boolean) => void;
  /** There is no such container any more, or it goes by another id. */
  readonly onLeft: (id: string) => void;
  /** The one that was shown has been deleted; now there is none. */
  readonly onGone: () => void;
}

/**
 * The buckets, records or workspaces of a storage: which one is shown, and a dialog to choose, make, change, publish
 * and delete them. Offers what the adapter has functions for, and nothing where it has no containers.
 */
export class ContainerSwitcher implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly isConnected: boolean };
  readonly #options: ContainerSwitcherOptions;
  readonly #list: ContainerList;
  readonly #facts = new ContainerFacts();
  /** Opened again because reading them has told what they allow. */
  readonly #reopened = new Set<string>();
  #adapter: Adapter | undefined;
  #view: ContainerView | undefined;
  readonly #draft = new ContainerDraft();
  readonly #task: ContainerTask;
  #typed = '';
  #isShown = false;
  #focusNext = false;

  constructor(
    host: ReactiveControllerHost & { readonly isConnected: boolean },
    options: ContainerSwitcherOptions,
  ) {
    this.#host = host;
    this.#options = options;
    this.#list = new ContainerList(() => host.requestUpdate());
    this.#task = new ContainerTask(() => host.requestUpdate());
    host.addController(this);
  }

  /** Whether the adapter knows of containers, but shows none. */
  get isUnchosen(): boolean {
    const containers = this.#options.adapter()?.containers;
    if (!containers) return false;
    return containers.current === undefined || this.#facts.isGone(containers.current);
  }

  /** Whether it has been deleted here. */
  isGone(id: string): boolean {
    return this.#facts.isGone(id);
  }

  /** Name of the container that is shown, as far as it is known. */
  get name(): string | undefined {
    return this.isUnchosen ? undefined : this.#current?.name;
  }

  /** Whether the dialog has the keyboard. */
  get isOpen(): boolean {
    return this.#view !== undefined;
  }

  /** Forgets everything: the page has given another storage. */
  reset(): void {
    this.#facts.clear();
    this.#reopened.clear();
    this.#close();
  }

  /** What is known of it no longer holds, and is read again. */
  renew(id: string): void {
    this.#facts.forget(id);
    this.#reopened.delete(id);
  }

  hostUpdate(): void {
    const adapter = this.#options.adapter();
    if (!this.#host.isConnected || adapter === this.#adapter) return;
    this.#adapter = adapter;
    void this.#readFacts();
  }

  hostUpdated(): void {
    const dialog = this.#options.dialog();
    if (!dialog || !this.#view) return;
    // Closed by Escape, it stays closed until the event of that has been heard.
    if (!dialog.open && !this.#isShown) dialog.showModal();
    this.#isShown = true;
    if (!this.#focusNext) return;
    this.#focusNext = false;
    dialog
      .querySelector<HTMLElement>('[aria-invalid="true"], input, select, textarea, button:not(:disabled)')
      ?.focus();
  }

  hostDisconnected(): void {
    this.#adapter = undefined;
    this.#facts.stop();
    this.#task.stop();
    this.#close();
  }

  renderBar(isNarrow: boolean): TemplateResult | typeof nothing {
    const containers = this.#containers;
    if (!containers) return nothing;
    return containerBar({
      localize: this.#options.localize,
      word: this.#word,
      name: this.name === undefined ? undefined : displayName(this.name),
      status: this.isUnchosen ? undefined : this.#current?.status,
      canPublish: this.#abilities(containers).publish && !isNarrow,
      hasCommands: this.#commands(containers, isNarrow).length > 0,
      onChoose: () => this.#choose(),
      onPublish: () => this.#show({ kind: 'publish' }),
      onCommands: button =>
        this.#options.openMenu(
          this.#commands(containers, isNarrow),
          this.#options.localize.text('containers.commands', { word: this.#word }),
          button,
        ),
    });
  }

  /** Why nothing can be changed here. */
  renderNote(): TemplateResult | typeof nothing {
    const reason = this.isUnchosen ? undefined : this.#current?.readonlyBecause;
    return reason ? containerNote(reason) : nothing;
  }

  /** What stands in the place of rows while no container is chosen. */
  renderUnchosen(): TemplateResult {
    const { localize } = this.#options;
    return noContainerPanel({ localize, word: this.#word, onChoose: () => this.#choose() });
  }

  renderDialog(): TemplateResult | typeof nothing {
    const containers = this.#containers;
    if (!containers) return nothing;
    return containerDialog({
      localize: this.#options.localize,
      word: this.#word,
      view: this.#view,
      containers,
      list: this.#list,
      currentId: this.isUnchosen ? undefined : containers.current,
      currentName: displayName(this.#current?.name ?? ''),
      doFilesStay: this.#current?.removalKeepsFiles === true,
      canCreate: this.#abilities(containers).create,
      form: this.#draft,
      typed: this.#typed,
      isBusy: this.#task.isBusy,
      error: this.#task.error,
      onClosed: () => this.#close(),
      onPick: container => this.#open(container),
      onCreate: () => this.#create(),
      onInput: (name, text) => {
        this.#draft.input(name, text);
        this.#host.requestUpdate();
      },
      onType: text => {
        this.#typed = text;
        this.#host.requestUpdate();
      },
      onSubmit: () => void this.#submit(containers),
    });
  }

  get #containers(): Containers | undefined {
    return this.#options.adapter()?.containers;
  }

  get #current(): Container | undefined {
    const id = this.#containers?.current;
    if (id === undefined) return undefined;
    return this.#facts.get(id) ?? { id, name: id };
  }

  get #word(): string {
    const { localize } = this.#options;
    const word = this.#containers?.word ?? '';
    return word === 'bucket' || word === 'record' || word === 'workspace'
      ? localize.text(`containers.${word}`)
      : word;
  }

  #abilities(containers: Containers): ContainerAbilities {
    const shown = this.isUnchosen ? undefined : this.#current;
    return containerAbilities(this.#options.adapter()!, containers, {
      isReadonly: this.#options.readonly(),
      shown,
      isSettled: shown !== undefined && this.#facts.isSettled(shown.id, containers),
    });
  }

  #commands(containers: Containers, isNarrow: boolean): readonly MenuItem[] {
    return containerCommands({
      localize: this.#options.localize,
      word: this.#word,
      abilities: this.#abilities(containers),
      isNarrow,
      onCreate: () => this.#create(),
      onEdit: () => void this.#edit(containers),
      onPublish: () => this.#show({ kind: 'publish' }),
      onRemove: () => this.#show({ kind: 'remove' }),
    });
  }

  /** A listing that fails says by itself what is wrong. */
  async #readFacts(): Promise<void> {
    const containers = this.#containers;
    const id = containers?.current;
    if (!containers || id === undefined) return this.#facts.stop();
    const facts = await this.#facts.read(containers, id);
    this.#host.requestUpdate();
    // Adapters learn from the answer what the container allows, and say so when they are opened again.
    if (facts?.readonlyBecause !== undefined && this.#adapter?.openUpload && !this.#reopened.has(id)) {
      this.#reopened.add(id);
      this.#options.onOpen(id, true);
    }
  }

  #show(view: ContainerView): void {
    this.#view = view;
    this.#typed = '';
    this.#task.error = undefined;
    this.#draft.problems = {};
    this.#focusNext = true;
    this.#host.requestUpdate();
  }

  #close(): void {
    if (!this.#view) return;
    this.#view = undefined;
    this.#isShown = false;
    this.#draft.fill();
    this.#list.close();
    const dialog = this.#options.dialog();
    if (dialog?.open) dialog.close();
    this.#host.requestUpdate();
  }

  #choose(): void {
    const containers = this.#containers;
    if (!containers) return;
    this.#list.open(containers);
    this.#show({ kind: 'list' });
  }

  #create(): void {
    this.#list.close();
    this.#draft.fill();
    this.#show({ kind: 'form' });
  }

  async #edit(containers: Containers): Promise<void> {
    const current = this.#current!;
    const view: ContainerView = { kind: 'form', container: current };
    this.#draft.fill(current, containers.fields);
    this.#show(view);
    if (!containers.read) return;
    // Somebody else may have changed it since it was read.
    await this.#task.run(async signal => {
      const facts = await containers.read!(current.id, { signal });
      this.#facts.put(facts);
      if (this.#view === view) this.#draft.fill(facts, containers.fields);
    });
    this.#focusNext = true;
    this.#host.requestUpdate();
  }

  #open(container: Container, again = false): void {
    const before = this.#facts.get(container.id);
    this.#facts.put(container);
    this.#close();
    const { localize, announce, onOpen } = this.#options;
    const isFrozen = container.readonlyBecause !== undefined && before?.readonlyBecause === undefined;
    onOpen(container.id, again || isFrozen);
    announce(
      localize.text('containers.announceOpened', { word: this.#word, name: displayName(container.name) }),
    );
  }

  #leave(id: string): void {
    this.renew(id);
    this.#options.onLeft(id);
  }

  async #submit(containers: Containers): Promise<void> {
    const view = this.#view;
    if (!view || this.#task.isBusy) return;
    if (view.kind === 'form') await this.#save(containers, view.container);
    else if (view.kind === 'remove') await this.#remove(containers);
    else if (view.kind === 'publish') await this.#publish();
  }

  async #save(containers: Containers, container: Container | undefined): Promise<void> {
    const input = this.#draft.read(containers.fields ?? []);
    if (!input) {
      this.#focusNext = true;
      this.#host.requestUpdate();
      return;
    }
    if (container && Object.keys(input).length === 0) {
      this.#close();
      return;
    }
    const { localize, announce } = this.#options;
    await this.#task.run(async signal => {
      const saved = container
        ? await containers.update!(container.id, input, { signal })
        : await containers.create!(input, { signal });
      announce(
        localize.text(container ? 'containers.announceSaved' : 'containers.announceCreated', {
          name: displayName(saved.name),
        }),
      );
      if (saved.id !== container?.id) {
        if (container) this.#leave(container.id);
        this.#open(saved, true);
      } else {
        this.#facts.put(saved);
        this.#close();
      }
    });
  }

  async #remove(containers: Containers): Promise<void> {
    const { id, name } = this.#current!;
    await this.#task.run(async signal => {
      await containers.remove!(id, { signal });
      this.#facts.drop(id);
      this.#close();
      this.#options.onGone();
      this.#options.announce(
        this.#options.localize.text('containers.announceRemoved', { name: displayName(name) }),
      );
    });
  }

  async #publish(): Promise<void> {
    const adapter = this.#options.adapter();
    await this.#task.run(async signal => {
      const published = await adapter!.publish!({ signal });
      const draft = adapter!.containers?.current;
      if (draft !== undefined && draft !== published.id) this.#leave(draft);
      this.#open(published, true);
      const name = displayName(published.name);
      const { localize, announce } = this.#options;
      if (published.status)
        announce(localize.text('containers.announcePublished', { name, status: published.status }));
    });
  }
}
