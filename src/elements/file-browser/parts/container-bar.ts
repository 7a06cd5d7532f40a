import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { chevronsUpDownIcon, infoIcon, libraryIcon, moreIcon } from '../../../styles/icons.js';

export interface ContainerBarProps {
  readonly localize: LocalizeController;
  /** What the platform calls a container. */
  readonly word: string;
  /** Undefined: none is chosen. */
  readonly name: string | undefined;
  readonly status: string | undefined;
  readonly canPublish: boolean;
  readonly hasCommands: boolean;
  readonly onChoose: () => void;
  readonly onPublish: () => void;
  readonly onCommands: (button: HTMLElement) => void;
}

/** Which container is shown, and what can be done about it. */
export function containerBar(props: ContainerBarProps): TemplateResult {
  const { localize, word, name, status } = props;
  const label =
    name === undefined
      ? localize.text('containers.noneChosen', { word })
      : localize.text('containers.current', { word, name });
  const commands = localize.text('containers.commands', { word });
  return html`<div class="container-bar" part="container-bar">
    <button
      type="button"
      class="container-switch"
      part="button container-switch"
      aria-haspopup="dialog"
      title=${label}
      @click=${props.onChoose}
    >
      ${libraryIcon}
      ${
        name === undefined
          ? html`<span class="container-name">${localize.text('containers.choose')}</span
              ><span class="visually-hidden">${label}</span>`
          : html`<span class="visually-hidden">${localize.text('containers.current', { word, name: '' })}</span
              ><span class="container-name" dir="auto">${name}</span>`
      }
      ${status ? html`<span class="container-status small">${status}</span>` : nothing} ${chevronsUpDownIcon}
    </button>
    ${
      props.canPublish
        ? html`<button type="button" class="button publish" part="button" @click=${props.onPublish}>
            ${localize.text('containers.publish')}
          </button>`
        : nothing
    }
    ${
      props.hasCommands
        ? html`<button
            type="button"
            class="icon-button container-commands"
            part="button"
            aria-haspopup="menu"
            title=${commands}
            aria-label=${commands}
            @click=${(event: Event) => props.onCommands(event.currentTarget as HTMLElement)}
          >
            ${moreIcon}
          </button>`
        : nothing
    }
  </div>`;
}

/** A quiet line above the rows. */
export function containerNote(text: string): TemplateResult {
  return html`<p class="container-note small" part="container-note">${infoIcon}<span>${text}</span></p>`;
}

export interface NoContainerProps {
  readonly localize: LocalizeController;
  readonly word: string;
  readonly onChoose: () => void;
}

export function noContainerPanel({ localize, word, onChoose }: NoContainerProps): TemplateResult {
  return html`<div class="panel message" part="empty">
    <span class="message-icon">${libraryIcon}</span>
    <p class="message-heading">${localize.text('containers.noneChosen', { word })}</p>
    <p class="message-text">${localize.text('containers.chooseHint')}</p>
    <button type="button" class="button" part="button" @click=${onChoose}>
      ${localize.text('containers.choose')}
    </button>
  </div>`;
}
