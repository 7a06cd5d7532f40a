import { nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Adapter, Container, Containers } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { containerBar, containerNote, noContainerPanel } from './container-bar.js';
import { type ContainerView, containerDialog } from './container-dialog.js';
import { ContainerList } from './container-list.js';
import { type FieldProblem, type FormValues, readForm, valuesOf } from './container-values.js';
import type { MenuItem } from './menu.js';

export interface ContainerSwitcherOptions {
  readonly localize: LocalizeController;
  readonly adapter: () => Adapter | undefined;
  readonly readonly: () => boolean;
  readonly dialog: () => HTMLDialogElement | null;
  readonly announce: (text: string) => void;
  readonly openMenu: (items: readonly MenuItem[], label: string, button: HTMLElement) => void;
  /** Shows another container as the person wishes; `again`: what its adapter can do may have changed. */
  readonly onOpen: (id: string, again: boolean) => void;
}

/**
 * The buckets, records or workspaces of a storage: which one is shown, and a dialog to choose, make, change, publish
 * and delete them. Offers what the adapter has functions for, and nothing where it has no containers.
 */
export class ContainerSwitcher implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly isConnected: boolean };
  readonly #options: ContainerSwitcherOptions;
  readonly #list: ContainerList;
  /** What is known of containers, by id. */
  readonly #known = new Map<string, Container>();
  readonly #reopened = new Set<string>();
  readonly #gone = new Set<string>();
  #adapter: Adapter | undefined;
  #read: AbortController | undefined;
  #running = new AbortController();
  #view: ContainerView | undefined;
  #values: FormValues = {};
  #before: FormValues | undefined;
  #problems: Readonly<Record<string, FieldProblem>> = {};
  #typed = '';
  #error: unknown;
  #isBusy = false;
  #focusNext = false;

  constructor(
    host: ReactiveControllerHost & { readonly isConnected: boolean },
    options: ContainerSwitcherOptions,
  ) {
    this.#host = host;
    this.#options = options;
    this.#list = new ContainerList(() => host.requestUpdate());
    host.addController(this);
  }

  /** Whether the adapter knows of containers, but shows none. */
  get isUnchosen(): boolean {
    const containers = this.#options.adapter()?.containers;
    if (!containers) return false;
    return containers.current === undefined || this.#gone.has(containers.current);
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
    this.#known.clear();
    this.#reopened.clear();
    this.#gone.clear();
    this.#close();
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
    if (!dialog.open) dialog.showModal();
    if (!this.#focusNext) return;
    this.#focusNext = false;
    dialog
      .querySelector<HTMLElement>('[aria-invalid="true"], input, select, textarea, button:not(:disabled)')
      ?.focus();
  }

  hostConnected(): void {
    this.#running = new AbortController();
  }

  hostDisconnected(): void {
    this.#adapter = undefined;
    this.#read?.abort();
    this.#running.abort();
    this.#isBusy = false;
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
      canPublish: this.#canPublish && !isNarrow,
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
      canCreate: this.#canCreate(containers),
      form: { values: this.#values, problems: this.#problems, before: this.#before },
      typed: this.#typed,
      isBusy: this.#isBusy,
      error: this.#error,
      onClosed: () => this.#close(),
      onPick: container => this.#open(container),
      onCreate: () => this.#create(),
      onInput: (name, text) => {
        this.#values = { ...this.#values, [name]: text };
        const { [name]: _, ...others } = this.#problems;
        this.#problems = others;
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
    return this.#known.get(id) ?? { id, name: id };
  }

  get #word(): string {
    const { localize } = this.#options;
    const word = this.#containers?.word ?? '';
    return word === 'bucket' || word === 'record' || word === 'workspace'
      ? localize.text(`containers.${word}`)
      : word;
  }

  get #canPublish(): boolean {
    return !this.#options.readonly() && !this.isUnchosen && this.#options.adapter()?.publish !== undefined;
  }

  #canCreate(containers: Containers): boolean {
    return !this.#options.readonly() && containers.create !== undefined && containers.fields !== undefined;
  }

  #commands(containers: Containers, isNarrow: boolean): readonly MenuItem[] {
    const { localize, readonly } = this.#options;
    if (readonly()) return [];
    const word = this.#word;
    const items: MenuItem[] = [];
    const add = (label: string, run: () => void, danger = false) => items.push({ label, run, danger });
    if (this.#canCreate(containers)) add(localize.text('containers.create', { word }), () => this.#create());
    if (this.isUnchosen) return items;
    if (containers.update && containers.fields?.some(({ editable }) => editable !== false))
      add(localize.text('containers.edit', { word }), () => void this.#edit(containers));
    if (this.#canPublish && isNarrow)
      add(localize.text('containers.publish'), () => this.#show({ kind: 'publish' }));
    if (containers.remove)
      add(localize.text('containers.remove', { word }), () => this.#show({ kind: 'remove' }), true);
    return items;
  }

  /** Names and states are for the person; a listing that fails says by itself what is wrong. */
  async #readFacts(): Promise<void> {
    this.#read?.abort();
    const containers = this.#containers;
    const id = containers?.current;
    if (!containers?.read || id === undefined || this.#known.has(id)) return;
    const stop = new AbortController();
    this.#read = stop;
    const facts = await containers.read(id, { signal: stop.signal }).catch(() => undefined);
    if (!facts || stop.signal.aborted) return;
    this.#known.set(id, facts);
    this.#host.requestUpdate();
    // Adapters learn from the answer what the container allows, and say so when they are opened again.
    if (facts.readonlyBecause !== undefined && this.#adapter?.openUpload && !this.#reopened.has(id)) {
      this.#reopened.add(id);
      this.#options.onOpen(id, true);
    }
  }

  #show(view: ContainerView): void {
    this.#view = view;
    this.#typed = '';
    this.#error = undefined;
    this.#problems = {};
    this.#focusNext = true;
    this.#host.requestUpdate();
  }

  #close(): void {
    if (!this.#view) return;
    this.#view = undefined;
    // Secrets do not outlive their form.
    this.#values = {};
    this.#before = undefined;
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
    this.#values = {};
    this.#before = undefined;
    this.#show({ kind: 'form' });
  }

  async #edit(containers: Containers): Promise<void> {
    const current = this.#current!;
    const view: ContainerView = { kind: 'form', container: current };
    this.#fill(current, containers);
    this.#show(view);
    if (!containers.read) return;
    // Somebody else may have changed it since it was read.
    await this.#run(async signal => {
      const facts = await containers.read!(current.id, { signal });
      this.#known.set(current.id, facts);
      if (this.#view === view) this.#fill(facts, containers);
    });
    this.#focusNext = true;
    this.#host.requestUpdate();
  }

  #fill(container: Container, { fields = [] }: Containers): void {
    this.#before = valuesOf(container, fields);
    this.#values = this.#before;
  }

  #open(container: Container, again = false): void {
    const before = this.#known.get(container.id);
    this.#known.set(container.id, container);
    this.#gone.delete(container.id);
    this.#close();
    const { localize, announce, onOpen } = this.#options;
    const isFrozen = container.readonlyBecause !== undefined && before?.readonlyBecause === undefined;
    onOpen(container.id, again || isFrozen);
    announce(
      localize.text('containers.announceOpened', { word: this.#word, name: displayName(container.name) }),
    );
  }

  async #submit(containers: Containers): Promise<void> {
    const view = this.#view;
    if (!view || this.#isBusy) return;
    if (view.kind === 'form') await this.#save(containers, view.container);
    else if (view.kind === 'remove') await this.#remove(containers);
    else if (view.kind === 'publish') await this.#publish();
  }

  async #save(containers: Containers, container: Container | undefined): Promise<void> {
    const { input, problems } = readForm(containers.fields ?? [], this.#values, this.#before);
    this.#problems = problems;
    if (Object.keys(problems).length > 0) {
      this.#focusNext = true;
      this.#host.requestUpdate();
      return;
    }
    if (container && Object.keys(input).length === 0) {
      this.#close();
      return;
    }
    const { localize, announce } = this.#options;
    await this.#run(async signal => {
      const saved = container
        ? await containers.update!(container.id, input, { signal })
        : await containers.create!(input, { signal });
      announce(
        localize.text(container ? 'containers.announceSaved' : 'containers.announceCreated', {
          name: displayName(saved.name),
        }),
      );
      if (saved.id !== container?.id) {
        if (container) this.#known.delete(container.id);
        this.#open(saved, true);
      } else {
        this.#known.set(saved.id, saved);
        this.#close();
      }
    });
  }

  async #remove(containers: Containers): Promise<void> {
    const { id, name } = this.#current!;
    await this.#run(async signal => {
      await containers.remove!(id, { signal });
      this.#known.delete(id);
      this.#gone.add(id);
      this.#close();
      this.#options.announce(
        this.#options.localize.text('containers.announceRemoved', { name: displayName(name) }),
      );
    });
  }

  async #publish(): Promise<void> {
    const adapter = this.#options.adapter();
    await this.#run(async signal => {
      const published = await adapter!.publish!({ signal });
      this.#open(published, true);
      const name = displayName(published.name);
      const { localize, announce } = this.#options;
      if (published.status)
        announce(localize.text('containers.announcePublished', { name, status: published.status }));
    });
  }

  async #run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#running;
    this.#isBusy = true;
    this.#error = undefined;
    this.#host.requestUpdate();
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) this.#error = error;
    }
    this.#isBusy = false;
    this.#host.requestUpdate();
  }
}
