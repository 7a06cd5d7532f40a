import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { segmentsOf } from '../../../core/path.js';
import {
  chevronRightIcon,
  folderUpIcon,
  hardDriveIcon,
  moreIcon,
  pencilIcon,
} from '../../../styles/icons.js';

export interface BreadcrumbsProps {
  readonly localize: LocalizeController;
  readonly path: string;
  /** Name of the top folder. */
  readonly root: string;
  /** There are no other folders. */
  readonly isFlat: boolean;
  /** Pixels. */
  readonly width: number;
  /** Folder under a drag. */
  readonly dropFolder: string | undefined;
  readonly isEditing: boolean;
  readonly onGo: (path: string) => void;
  readonly onEdit: () => void;
  readonly onSubmit: (text: string) => void;
  readonly onCancel: () => void;
  readonly onMore: (button: HTMLElement, folders: readonly { name: string; path: string }[]) => void;
}

/** Folders that are shown; the others are behind one button. */
function roomFor(width: number): number {
  return width < 400 ? 1 : width < 640 ? 2 : 4;
}

/** The way to the open folder, or the field to type another one. */
export function breadcrumbs(props: BreadcrumbsProps): TemplateResult {
  return props.isEditing ? pathField(props) : crumbs(props);
}

function crumbs(props: BreadcrumbsProps): TemplateResult {
  const { localize, path, root, dropFolder, onGo } = props;
  const segments = segmentsOf(path);
  const room = roomFor(props.width);
  const hidden = segments.length > room ? segments.slice(0, segments.length - room) : [];
  const shown = segments.slice(hidden.length);
  const parent = segments.at(-2)?.path ?? '';
  const separator = html`<span class="crumb-separator" aria-hidden="true">${chevronRightIcon}</span>`;
  const crumb = (name: string, target: string, content: unknown) => {
    const isCurrent = target === path;
    const text = displayName(name) || '\u2423';
    return html`<li class="crumb-item">
      ${target === '' ? nothing : separator}
      ${
        isCurrent
          ? html`<span class="crumb current" part="crumb" aria-current="page" title=${text}>${content}</span>`
          : html`<button
            type="button"
            class="crumb ${dropFolder === target ? 'drop' : ''}"
            part="crumb"
            data-folder=${target}
            title=${text}
            @click=${() => onGo(target)}
          >
            ${content}
          </button>`
      }
    </li>`;
  };
  return html`<nav class="path" part="breadcrumbs" aria-label=${localize.text('browser.breadcrumbs')}>
    ${
      props.isFlat
        ? nothing
        : html`<button
      type="button"
      class="icon-button"
      part="button"
      title=${localize.text('browser.upOneFolder')}
      aria-label=${localize.text('browser.upOneFolder')}
      ?disabled=${path === ''}
      data-folder=${path === '' ? nothing : parent}
      @click=${() => onGo(parent)}
    >
      ${folderUpIcon}
    </button>`
    }
    <ol class="crumbs">
      ${crumb(root, '', html`${hardDriveIcon}<span class="crumb-text">${displayName(root)}</span>`)}
      ${
        hidden.length === 0
          ? nothing
          : html`<li class="crumb-item">
            ${separator}
            <button
              type="button"
              class="crumb"
              part="crumb"
              aria-haspopup="menu"
              title=${localize.text('browser.moreFolders')}
              aria-label=${localize.text('browser.moreFolders')}
              @click=${(event: Event) => props.onMore(event.currentTarget as HTMLElement, hidden)}
            >
              ${moreIcon}
            </button>
          </li>`
      }
      ${shown.map(segment =>
        crumb(
          segment.name,
          segment.path,
          html`<span class="crumb-text">${displayName(segment.name) || '\u2423'}</span>`,
        ),
      )}
    </ol>
    ${
      props.isFlat
        ? nothing
        : html`<button
      type="button"
      class="icon-button edit-path"
      part="button"
      title=${localize.text('browser.editPath')}
      aria-label=${localize.text('browser.editPath')}
      @click=${props.onEdit}
    >
      ${pencilIcon}
    </button>`
    }
  </nav>`;
}

function pathField({ localize, path, onSubmit, onCancel }: BreadcrumbsProps): TemplateResult {
  return html`<form
    class="path"
    part="breadcrumbs"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      onSubmit((event.currentTarget as HTMLFormElement).querySelector('input')!.value);
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      onCancel();
    }}
  >
    <input
      class="input path-input"
      part="input"
      aria-label=${localize.text('browser.pathLabel')}
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      dir="ltr"
      placeholder=${localize.text('browser.pathExample')}
      .value=${path}
    />
    <button type="submit" class="button" part="button">${localize.text('browser.goToPath')}</button>
    <button type="button" class="button quiet" part="button" @click=${onCancel}>
      ${localize.text('common.cancel')}
    </button>
  </form>`;
}
