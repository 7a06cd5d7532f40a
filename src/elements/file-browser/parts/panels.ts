import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { BrowserState } from '../../../core/browser-state.js';
import { TransferError } from '../../../core/errors.js';
import { displayName } from '../../../core/format.js';
import { circleAlertIcon, closeIcon, folderOpenIcon, searchIcon } from '../../../styles/icons.js';
import { sentence, told } from '../../parts/sentence.js';

/** Rows of the right shape while the first page is on its way. */
export function skeleton(rows: number, checks: boolean, columns: number): TemplateResult {
  return html`<div class="panel skeleton" part="skeleton" aria-hidden="true">
    ${Array.from(
      { length: rows },
      (_, index) => html`<div class="row">
        ${checks ? html`<span class="check-area"></span>` : nothing}
        <span class="cell"><span class="bone icon-bone"></span><span class="bone name-bone width-${(index * 7) % 4}"></span></span>
        ${Array.from({ length: columns - 1 }, () => html`<span class="cell"><span class="bone"></span></span>`)}
      </div>`,
    )}
  </div>`;
}

/** What the server said, one click away. */
export function errorDetails(error: unknown, localize: LocalizeController): TemplateResult | typeof nothing {
  if (!(error instanceof TransferError)) return nothing;
  const facts = (
    [
      [localize.text('browser.errorStatus'), error.status],
      [localize.text('browser.errorCode'), error.serverCode],
      [localize.text('browser.errorMessage'), error.serverMessage],
      [localize.text('browser.errorRequest'), error.requestId],
    ] as const
  ).filter(([, value]) => value !== undefined && value !== '');
  if (facts.length === 0) return nothing;
  return html`<details class="details small">
    <summary>${localize.text('common.details')}</summary>
    <dl class="facts">
      ${facts.map(([term, value]) => html`<dt>${term}</dt><dd dir="auto">${value}</dd>`)}
    </dl>
  </details>`;
}

export interface ErrorPanelProps {
  readonly localize: LocalizeController;
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** The folder could not be shown at all. */
export function errorPanel({ localize, error, onRetry }: ErrorPanelProps): TemplateResult {
  return html`<div class="panel message" part="error" role="alert">
    <slot name="error">
      <span class="message-icon danger">${circleAlertIcon}</span>
      <p class="message-heading">${localize.text('browser.errorHeading')}</p>
      <p class="message-text">${told(localize, localize.error(error))}</p>
      <button type="button" class="button" part="button" @click=${onRetry}>${localize.text('common.retry')}</button>
      ${errorDetails(error, localize)}
    </slot>
  </div>`;
}

export interface EmptyPanelProps {
  readonly localize: LocalizeController;
  readonly canUpload: boolean;
  readonly canUploadFolders: boolean;
  /** Path under which nothing is stored, not even a folder; undefined: the folder is there. */
  readonly missing: string | undefined;
  readonly onUploadFiles: () => void;
  readonly onUploadFolder: () => void;
}

/** Nothing is in the folder, or there is no folder: says what one can do here. */
export function emptyPanel({
  localize,
  canUpload,
  canUploadFolders,
  missing,
  onUploadFiles,
  onUploadFolder,
}: EmptyPanelProps): TemplateResult {
  const hint =
    missing === undefined
      ? localize.text(canUpload ? 'browser.emptyUpload' : 'browser.emptyReadonly')
      : localize.text(canUpload ? 'browser.missingUpload' : 'browser.missingReadonly');
  return html`<div class="panel message" part="empty">
    <slot name="empty">
      <span class="message-icon">${missing === undefined ? folderOpenIcon : searchIcon}</span>
      <p class="message-heading">
        ${missing === undefined ? sentence(localize, 'browser.empty') : sentence(localize, 'browser.missing', { folder: displayName(missing) })}
      </p>
      <p class="message-text">${told(localize, hint)}</p>
      ${
        canUpload
          ? html`<div class="message-buttons">
            <button type="button" class="button" part="button" @click=${onUploadFiles}>
              ${localize.text('browser.actionUploadFiles')}
            </button>
            ${
              canUploadFolders
                ? html`<button type="button" class="button" part="button" @click=${onUploadFolder}>
                  ${localize.text('browser.actionUploadFolder')}
                </button>`
                : nothing
            }
          </div>`
          : nothing
      }
    </slot>
  </div>`;
}

export interface NoMatchPanelProps {
  readonly localize: LocalizeController;
  readonly filter: string;
  readonly loaded: number;
  readonly isComplete: boolean;
  readonly isLoading: boolean;
  readonly onClear: () => void;
  readonly onLoadRest: () => void;
}

/** The filter lets nothing through. */
export function noMatchPanel(props: NoMatchPanelProps): TemplateResult {
  const { localize, filter, loaded, isComplete } = props;
  return html`<div class="panel message" part="empty">
    <span class="message-icon">${searchIcon}</span>
    <p class="message-heading">
      ${
        isComplete
          ? sentence(localize, 'browser.nothingMatches', { filter })
          : sentence(localize, 'browser.nothingLoadedMatches', { filter, count: loaded })
      }
    </p>
    ${isComplete ? nothing : html`<p class="message-text">${localize.text('browser.nothingLoadedMatchesHint')}</p>`}
    <div class="message-buttons">
      <button type="button" class="button" part="button" @click=${props.onClear}>${localize.text('browser.clearFilter')}</button>
      ${
        isComplete || props.isLoading
          ? nothing
          : html`<button type="button" class="button" part="button" @click=${props.onLoadRest}>
            ${localize.text('browser.loadRest')}
          </button>`
      }
    </div>
  </div>`;
}

/** There is no storage to show. */
export function disconnectedPanel(text: string): TemplateResult {
  return html`<div class="panel message" part="empty"><p class="message-text">${text}</p></div>`;
}

export interface StatePanelProps {
  readonly localize: LocalizeController;
  /** Path of the open folder. */
  readonly folder: string;
  readonly state: BrowserState;
  readonly rowsInView: number;
  /** The folder was not there, and is being filled. */
  readonly isComingAbout: boolean;
  readonly hasChecks: boolean;
  readonly columns: number;
  readonly canUpload: boolean;
  /** Whether a whole folder can be stored as one. */
  readonly canUploadFolders: boolean;
  readonly onUpload: (action: 'upload-files' | 'upload-folder') => void;
  readonly onClearFilter: () => void;
}

/** What stands in the place of rows while there are none. */
export function statePanel(props: StatePanelProps): TemplateResult | typeof nothing {
  const { localize, state } = props;
  const { listing, filter, rows, loadedCount } = state;
  if (!listing.hasFirstPage) {
    if (!listing.error) return skeleton(props.rowsInView + 1, props.hasChecks, props.columns);
    return errorPanel({ localize, error: listing.error, onRetry: () => void listing.retry() });
  }
  if (rows.length > 0) return nothing;
  if (filter.trim() !== '' && loadedCount > 0)
    return noMatchPanel({
      localize,
      filter,
      loaded: loadedCount,
      isComplete: listing.complete,
      isLoading: listing.activity === 'rest',
      onClear: props.onClearFilter,
      onLoadRest: () => void listing.loadRest(),
    });
  if (!listing.complete) return nothing;
  if (props.isComingAbout) return skeleton(props.rowsInView + 1, props.hasChecks, props.columns);
  return emptyPanel({
    localize,
    canUpload: props.canUpload,
    canUploadFolders: props.canUploadFolders,
    missing: listing.missing ? props.folder : undefined,
    onUploadFiles: () => props.onUpload('upload-files'),
    onUploadFolder: () => props.onUpload('upload-folder'),
  });
}

export interface NoticeProps {
  readonly localize: LocalizeController;
  readonly text: string;
  readonly error: unknown;
  /** Absent: there is nothing to repeat. */
  readonly onRetry?: (() => void) | undefined;
  readonly onDismiss?: (() => void) | undefined;
}

/** A failure that leaves the rows standing. */
export function notice({ localize, text, error, onRetry, onDismiss }: NoticeProps): TemplateResult {
  return html`<div class="notice" part="notice" role="alert">
    <span class="danger">${circleAlertIcon}</span>
    <div class="notice-text">
      <p>${told(localize, text)}</p>
      ${errorDetails(error, localize)}
    </div>
    ${onRetry ? html`<button type="button" class="button" part="button" @click=${onRetry}>${localize.text('common.retry')}</button>` : nothing}
    ${
      onDismiss
        ? html`<button
          type="button"
          class="icon-button"
          part="button"
          title=${localize.text('common.close')}
          aria-label=${localize.text('common.close')}
          @click=${onDismiss}
        >
          ${closeIcon}
        </button>`
        : nothing
    }
  </div>`;
}
