import { html, nothing, type TemplateResult } from 'lit';
import type { Container, Containers } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { checkIcon, plusIcon } from '../../../styles/icons.js';
import { containerFields } from './container-form.js';
import type { ContainerList } from './container-list.js';
import type { FieldProblem, FormValues } from './container-values.js';
import { errorDetails } from './panels.js';

/** What the dialog is about. A form without a container makes a new one; the rest is about the one that is shown. */
export type ContainerView =
  | { readonly kind: 'list' | 'remove' | 'publish' }
  | { readonly kind: 'form'; readonly container?: Container };

export interface ContainerDialogProps {
  readonly localize: LocalizeController;
  readonly word: string;
  readonly view: ContainerView | undefined;
  readonly containers: Containers;
  readonly list: ContainerList;
  readonly currentId: string | undefined;
  readonly currentName: string;
  /** Whether deleting it leaves its files where they are. */
  readonly doFilesStay: boolean;
  readonly canCreate: boolean;
  readonly form: {
    readonly values: FormValues;
    readonly problems: Readonly<Record<string, FieldProblem>>;
    readonly before: FormValues | undefined;
  };
  /** What has been typed to confirm a deletion. */
  readonly typed: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onClosed: () => void;
  readonly onPick: (container: Container) => void;
  readonly onCreate: () => void;
  readonly onInput: (name: string, text: string) => void;
  readonly onType: (text: string) => void;
  readonly onSubmit: () => void;
}

/** The dialog stays in the page, so that closing it hands the focus back where it was. */
export function containerDialog(props: ContainerDialogProps): TemplateResult {
  const { view, isBusy } = props;
  return html`<dialog
    class="dialog container-dialog"
    part="dialog"
    aria-labelledby="container-heading"
    @close=${(event: Event) => {
      // The event comes late: the dialog may be open again by then.
      if (!(event.target as HTMLDialogElement).open) props.onClosed();
    }}
    @cancel=${(event: Event) => {
      // What has been sent cannot be called back; its end is worth seeing.
      if (isBusy) event.preventDefault();
    }}
    @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
  >
    ${
      view === undefined
        ? nothing
        : html`<form
            novalidate
            aria-busy=${isBusy ? 'true' : 'false'}
            @submit=${(event: Event) => {
              event.preventDefault();
              if (view.kind !== 'remove' || isConfirmed(props)) props.onSubmit();
            }}
          >
            <h2 class="dialog-heading" id="container-heading">${heading(view, props)}</h2>
            ${body(view, props)}
          </form>`
    }
  </dialog>`;
}

function heading(view: ContainerView, { localize, word, currentName }: ContainerDialogProps): string {
  switch (view.kind) {
    case 'list':
      return localize.text('containers.which', { word });
    case 'form':
      return view.container
        ? localize.text('containers.editHeading', { name: displayName(view.container.name) })
        : localize.text('containers.createHeading', { word });
    case 'remove':
      return localize.text('containers.removeHeading', { name: currentName });
    case 'publish':
      return localize.text('containers.publishHeading', { name: currentName });
  }
}

function body(view: ContainerView, props: ContainerDialogProps): TemplateResult {
  const { localize, word, currentName, isBusy } = props;
  switch (view.kind) {
    case 'list':
      return listBody(props);
    case 'form':
      return html`${containerFields({
        localize,
        fields: props.containers.fields ?? [],
        ...props.form,
        isBusy,
        onInput: props.onInput,
      })}
      ${buttons(localize.text(view.container ? 'containers.editConfirm' : 'containers.createConfirm'), props)}`;
    case 'remove':
      return html`<p class="dialog-body">${localize.text(props.doFilesStay ? 'containers.removeTextFilesStay' : 'containers.removeText', { word })}</p>
        <label class="field">
          <span>${localize.text('containers.removeType', { name: currentName })}</span>
          <input
            class="input"
            part="input"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            ?disabled=${isBusy}
            .value=${props.typed}
            @input=${(event: Event) => props.onType((event.target as HTMLInputElement).value)}
          />
        </label>
        ${buttons(localize.text('containers.removeConfirm', { word }), props, {
          danger: true,
          isOff: !isConfirmed(props),
        })}`;
    case 'publish':
      return html`<p class="dialog-body">${localize.text('containers.publishText')}</p>
        ${buttons(localize.text('containers.publishConfirm'), props)}`;
  }
}

function isConfirmed({ typed, currentName }: ContainerDialogProps): boolean {
  return typed.trim() !== '' && typed.trim() === currentName.trim();
}

function buttons(
  confirm: string,
  props: ContainerDialogProps,
  { danger = false, isOff = false } = {},
): TemplateResult {
  const { localize, isBusy } = props;
  return html`${problem(props.error, localize)}
    <div class="dialog-actions">
      <button type="button" class="button" part="button" ?disabled=${isBusy} @click=${props.onClosed}>
        ${localize.text('common.cancel')}
      </button>
      <button
        type="submit"
        class="button ${danger ? 'danger' : 'primary'}"
        part="button"
        ?disabled=${isBusy || isOff}
      >
        ${confirm}
      </button>
    </div>`;
}

function problem(error: unknown, localize: LocalizeController): TemplateResult {
  return html`<div class="container-problem" role="alert">
    ${error === undefined ? nothing : html`<p class="danger">${localize.error(error)}</p>${errorDetails(error, localize)}`}
  </div>`;
}

function listBody(props: ContainerDialogProps): TemplateResult {
  const { localize, word, list, containers } = props;
  const filterField = (kind: 'query' | 'label', label: string, hint: string) =>
    html`<label class="field">
      <span>${label}</span>
      <input
        class="input"
        part="input"
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder=${hint || nothing}
        .value=${list[kind]}
        @input=${(event: Event) => list.filter({ [kind]: (event.target as HTMLInputElement).value })}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          list.reload();
        }}
      />
    </label>`;
  const hasLabels = containers.fields?.some(({ type }) => type === 'labels');
  return html`<div class="container-filters">
      ${filterField('query', localize.text('containers.find'), '')}
      ${hasLabels ? filterField('label', localize.text('containers.label'), localize.text('containers.labelHint')) : nothing}
    </div>
    <ul class="container-list" aria-label=${localize.text('containers.list')} aria-busy=${list.isLoading ? 'true' : 'false'}>
      ${list.items.map(container => html`<li>${choice(container, props)}</li>`)}
      ${list.hasMore && !list.isLoading ? html`<li>${moreButton(props)}</li>` : nothing}
    </ul>
    <p class="small muted container-count" role="status">${countText(props)}</p>
    ${
      list.error === undefined
        ? nothing
        : html`<div class="container-problem" role="alert">
            <p class="danger">${localize.text('containers.listFailed', { reason: localize.error(list.error) })}</p>
            <button type="button" class="button" part="button" @click=${() => list.reload()}>${localize.text('common.retry')}</button>
          </div>`
    }
    <div class="dialog-actions">
      ${
        props.canCreate
          ? html`<button type="button" class="button container-create" part="button" @click=${props.onCreate}>
              ${plusIcon}${localize.text('containers.create', { word })}
            </button>`
          : nothing
      }
      <button type="button" class="button" part="button" @click=${props.onClosed}>${localize.text('common.close')}</button>
    </div>`;
}

function moreButton({ localize, list }: ContainerDialogProps): TemplateResult {
  return html`<button type="button" class="link-button container-more" part="link" @click=${() => list.more()}>
    ${localize.text('containers.more')}
  </button>`;
}

function countText({ localize, list }: ContainerDialogProps): string {
  if (list.isLoading) return localize.text('containers.loading');
  if (list.items.length > 0 || list.error !== undefined) return '';
  return localize.text(list.isFiltered ? 'containers.noneFound' : 'containers.none');
}

function choice(container: Container, { localize, currentId, onPick }: ContainerDialogProps): TemplateResult {
  const isCurrent = container.id === currentId;
  const labels = Object.entries(container.labels ?? {}).map(([name, value]) => `${name}: ${value}`);
  const facts = [
    isCurrent ? localize.text('containers.isCurrent') : '',
    container.status ?? '',
    container.size === undefined ? '' : localize.size(container.size),
    container.created === undefined
      ? ''
      : localize.text('containers.createdAt', { when: localize.relativeDate(container.created) }),
    ...labels,
  ].filter(text => text !== '');
  return html`<button
    type="button"
    class="container-choice"
    part="container-choice"
    aria-current=${isCurrent ? 'true' : nothing}
    @click=${() => onPick(container)}
  >
    <span class="container-tick">${isCurrent ? checkIcon : nothing}</span>
    <span class="container-text">
      <span class="container-name" dir="auto">${displayName(container.name)}</span>
      ${container.description ? html`<span class="container-about small muted" dir="auto">${container.description}</span>` : nothing}
      ${facts.length > 0 ? html`<span class="small muted">${facts.join(' · ')}</span>` : nothing}
    </span>
  </button>`;
}
