import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { OfferedAction } from '../../../core/actions/registry.js';
import type { MessageKey } from '../../../i18n/en.js';
import { closeIcon, moreIcon, searchIcon } from '../../../styles/icons.js';
import { actionIcon } from './entry-icons.js';

export interface ToolbarProps {
  readonly localize: LocalizeController;
  readonly actions: readonly OfferedAction[];
  /** Room for the actions in pixels; undefined: not measured yet. */
  readonly width: number | undefined;
  /** Side of an icon button in pixels. */
  readonly buttonSize: number;
  readonly filter: string;
  /** The filter takes the whole line, because there is no room for both. */
  readonly isFilterOpen: boolean;
  /** The filter is behind a button. */
  readonly isNarrow: boolean;
  readonly onAction: (action: OfferedAction) => void;
  readonly onMore: (button: HTMLElement, actions: readonly OfferedAction[]) => void;
  readonly onFilter: (text: string) => void;
  readonly onFilterOpen: (open: boolean) => void;
  readonly onFilterKey: (event: KeyboardEvent) => void;
}

const gap = 2;
/** Pixels that an average letter, and icon, padding and border around a label take. */
const letter = 8;
const around = 44;

/** Name of an action in the person's language. */
export function actionLabel(action: OfferedAction['action'], localize: LocalizeController): string {
  return localize.text(`browser.${action.label}` as MessageKey & 'browser.actionOpen');
}

/** How many actions are buttons, and whether the first ones have their names beside the icons. */
export function fitActions(
  labels: readonly string[],
  labelled: number,
  width: number,
  buttonSize: number,
): { readonly visible: number; readonly named: boolean } {
  const count = labels.length;
  const each = buttonSize + gap;
  const named = labels
    .slice(0, labelled)
    .reduce((sum, label) => sum + around + label.length * letter - each, 0);
  if (count * each + named <= width) return { visible: count, named: true };
  if (count * each <= width) return { visible: count, named: false };
  return { visible: Math.max(0, Math.floor(width / each) - 1), named: false };
}

/**
 * Where not all have room: with a selection, what can be done with it; then what can be done with the folder; at last
 * what cannot be done now.
 */
function mostUseful(actions: readonly OfferedAction[]): readonly OfferedAction[] {
  const rank = ({ action, reason }: OfferedAction) => {
    if (reason !== undefined) return 3;
    if (action.on === 'folder') return 2;
    // The two that people come for.
    return action.id === 'download' || action.id === 'remove' ? 0 : 1;
  };
  return [...actions].sort((a, b) => rank(a) - rank(b));
}

/** Actions as buttons, the ones without room behind one more, and the filter. */
export function toolbar(props: ToolbarProps): TemplateResult {
  const { localize, isNarrow, isFilterOpen } = props;
  const each = props.buttonSize + gap;
  const isCrowded = props.actions.length * each > (props.width ?? 0);
  const actions = isCrowded ? mostUseful(props.actions) : props.actions;
  const labels = actions.map(({ action }) => actionLabel(action, localize));
  const labelled = actions.filter(
    ({ action }) => action.id === 'new-folder' || action.id === 'upload-files',
  ).length;
  const { visible, named } = fitActions(labels, labelled, props.width ?? 0, props.buttonSize);
  const rest = actions.slice(visible);
  const showFilter = !isNarrow || isFilterOpen;
  const button = (offer: OfferedAction, index: number) => {
    const label = labels[index]!;
    const isNamed = named && index < labelled;
    const isOff = offer.reason !== undefined;
    return html`<button
      type="button"
      class="${isNamed ? 'button quiet' : 'icon-button'} action"
      part="button action-${offer.action.id}"
      data-action=${offer.action.id}
      title=${offer.reason ? `${label}: ${offer.reason}` : label}
      aria-label=${offer.reason ? `${label}: ${offer.reason}` : label}
      aria-disabled=${isOff ? 'true' : nothing}
      @click=${() => !isOff && props.onAction(offer)}
    >
      ${actionIcon(offer.action.icon)}${isNamed ? html`<span>${label}</span>` : nothing}
    </button>`;
  };
  return html`<div class="toolbar" part="toolbar" role="toolbar" aria-label=${localize.text('browser.toolbar')}>
    <slot name="toolbar-start"></slot>
    <div class="actions" ?hidden=${isFilterOpen && isNarrow}>
      ${actions.slice(0, visible).map(button)}
      ${
        rest.length === 0
          ? nothing
          : html`<button
            type="button"
            class="icon-button action"
            part="button"
            aria-haspopup="menu"
            title=${localize.text('browser.moreActions')}
            aria-label=${localize.text('browser.moreActions')}
            @click=${(event: Event) => props.onMore(event.currentTarget as HTMLElement, rest)}
          >
            ${moreIcon}
          </button>`
      }
    </div>
    ${
      showFilter
        ? html`<div class="filter ${isNarrow ? 'wide' : ''}" part="filter">
          ${searchIcon}
          <input
            class="input filter-input"
            part="input"
            type="text"
            inputmode="search"
            enterkeyhint="search"
            autocomplete="off"
            spellcheck="false"
            placeholder=${localize.text('browser.filter')}
            aria-label=${localize.text('browser.filter')}
            .value=${props.filter}
            @input=${(event: Event) => props.onFilter((event.target as HTMLInputElement).value)}
            @keydown=${props.onFilterKey}
          />
          ${
            props.filter !== '' || isNarrow
              ? html`<button
                type="button"
                class="icon-button clear-filter"
                part="button"
                title=${localize.text('browser.clearFilter')}
                aria-label=${localize.text('browser.clearFilter')}
                @click=${() => {
                  props.onFilter('');
                  props.onFilterOpen(false);
                }}
              >
                ${closeIcon}
              </button>`
              : nothing
          }
        </div>`
        : html`<button
          type="button"
          class="icon-button action open-filter"
          part="button"
          title=${localize.text('browser.filter')}
          aria-label=${localize.text('browser.filter')}
          @click=${() => props.onFilterOpen(true)}
        >
          ${searchIcon}
        </button>`
    }
    <slot name="toolbar-end"></slot>
  </div>`;
}
