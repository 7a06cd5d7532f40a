import { css } from 'lit';

/** Looks of `<file-browser>`. Sizes are on a 4 px grid; neutrals come from the tokens. */
export const fileBrowserStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    position: relative;
    block-size: var(--file-browser-height, min(70dvh, 560px));
    min-block-size: 200px;
    overflow: hidden;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    --_row-height: var(--file-browser-row-height, var(--fte-row-height, 36px));
    --_check-width: 36px;
    --_pad: 12px;
  }

  :host([density='compact']) {
    --_row-height: var(--file-browser-row-height, var(--fte-row-height, 28px));
  }

  :host([density='touch']) {
    --_row-height: var(--file-browser-row-height, var(--fte-row-height, 44px));
    --_check-width: 48px;
  }

  @media (pointer: coarse) {
    :host(:not([density])) {
      --_row-height: var(--file-browser-row-height, var(--fte-row-height, 44px));
      --_check-width: 48px;
    }
  }

  .probe {
    position: absolute;
    visibility: hidden;
    pointer-events: none;
    inline-size: 1em;
    block-size: var(--_row-height);
  }

  /* Path */

  .path {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    min-inline-size: 0;
    padding: 4px 8px;
    border-block-end: 1px solid var(--_border);
  }

  .crumbs {
    display: flex;
    flex: 0 1 auto;
    align-items: center;
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .crumb-item {
    display: flex;
    flex: 0 1 auto;
    align-items: center;
    min-inline-size: 28px;
  }

  .crumb-separator {
    flex: none;
    color: var(--_text-muted);
  }

  .crumb-separator .icon,
  .sort-button .icon {
    inline-size: 12px;
    block-size: 12px;
  }

  :host(:dir(rtl)) .crumb-separator {
    transform: scaleX(-1);
  }

  .crumb {
    appearance: none;
    display: inline-flex;
    flex: 0 1 auto;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    min-block-size: calc(var(--_control-height) - 4px);
    padding-block: 0;
    padding-inline: 6px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    font: inherit;
    color: var(--_text-muted);
    cursor: pointer;
  }

  .crumb.current {
    font-weight: 600;
    color: var(--_text);
    cursor: default;
  }

  .crumb-text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
  }

  @media (hover: hover) {
    button.crumb:hover {
      background: var(--_hover);
      color: var(--_text);
    }
  }

  .edit-path {
    color: var(--_text-muted);
  }

  .input {
    appearance: none;
    min-inline-size: 0;
    block-size: var(--_control-height);
    padding-inline: 8px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: var(--_surface);
    font: inherit;
    color: inherit;
  }

  select.input {
    appearance: auto;
  }

  .input[aria-invalid='true'] {
    border-color: var(--_danger);
  }

  .input::placeholder {
    color: var(--_text-muted);
    opacity: 1;
  }

  .input:focus-visible {
    outline-offset: -1px;
  }

  .path-input {
    flex: 1 1 auto;
  }

  /* Toolbar */

  .toolbar {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    min-inline-size: 0;
    padding: 4px 8px;
    border-block-end: 1px solid var(--_border);
  }

  .actions {
    display: flex;
    flex: 1 1 0;
    gap: 2px;
    min-inline-size: 0;
    overflow: clip;
    overflow-clip-margin: 4px;
  }

  .actions .button {
    padding-inline: 8px 10px;
    white-space: nowrap;
  }

  .filter {
    position: relative;
    display: flex;
    flex: 0 1 200px;
    align-items: center;
    min-inline-size: 120px;
  }

  .filter.wide {
    flex: 1 1 auto;
  }

  .filter > .icon {
    position: absolute;
    inset-inline-start: 8px;
    color: var(--_text-muted);
    pointer-events: none;
  }

  .filter-input {
    inline-size: 100%;
    padding-inline-start: 30px;
    border-color: var(--_border);
  }

  .clear-filter {
    position: absolute;
    inset-inline-end: 2px;
    inline-size: calc(var(--_control-height) - 4px);
    block-size: calc(var(--_control-height) - 4px);
  }

  .filter:has(.clear-filter) .filter-input {
    padding-inline-end: var(--_control-height);
  }

  /* Rows */

  .body {
    position: relative;
    flex: 1 1 0;
    min-block-size: 0;
    display: flex;
    flex-direction: column;
  }

  .events {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-block-size: 0;
  }

  .grid {
    flex: 1 1 0;
    min-block-size: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    overflow-anchor: none;
  }

  .head {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    background: var(--_surface);
  }

  .canvas {
    position: relative;
  }

  .block {
    position: absolute;
    inset-block-start: 0;
    inset-inline: 0;
    will-change: transform;
  }

  .row {
    position: relative;
    display: grid;
    grid-template-columns: var(--_columns);
    align-items: center;
    block-size: var(--_row-height);
    padding-inline-end: var(--_pad);
    border-block-end: 1px solid color-mix(in srgb, var(--_border) 50%, transparent);
    user-select: none;
    -webkit-user-select: none;
    contain: layout style;
  }

  .grid:not(.checks) .row {
    padding-inline-start: var(--_pad);
  }

  .head-row {
    border-block-end: 1px solid var(--_border);
    color: var(--_text-muted);
  }

  .checks .head-row > :first-child {
    grid-column: span 2;
  }

  /* The focused row is kept in the page while it is scrolled out of view. */
  .row.outside {
    position: absolute;
    inset-block-start: 0;
    inset-inline: 0;
    opacity: 0;
    pointer-events: none;
    z-index: -1;
  }

  @media (hover: hover) {
    .block .row:hover {
      background: var(--_hover);
    }
  }

  .block .row.selected {
    background: var(--_selected);
  }

  .row.drop,
  .crumb.drop {
    background: var(--_selected);
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }

  .row.pending .cell {
    opacity: 0.55;
  }

  .block .row:focus-visible,
  .cell:focus-visible,
  .sort-button:focus-visible,
  .head-text:focus-visible {
    outline-offset: -2px;
  }

  .cell {
    display: block;
    min-inline-size: 0;
    padding-inline: 6px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    border-radius: 2px;
  }

  .cell.end {
    padding-inline-end: 12px;
    text-align: end;
  }

  .cell.muted {
    font-size: var(--_font-small);
  }

  .name-cell {
    display: flex;
    align-items: center;
    gap: 8px;
    overflow: visible;
  }

  .checks .name-cell {
    padding-inline-start: 0;
  }

  .entry-icon {
    display: inline-flex;
    flex: none;
    color: var(--_text-muted);
  }

  .entry-icon.folder {
    color: var(--_accent);
  }

  .entry-icon.folder .icon {
    fill: color-mix(in srgb, currentColor 18%, transparent);
  }

  .name {
    flex: 0 1 auto;
  }

  .check-area,
  .check-button {
    appearance: none;
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    inline-size: var(--_check-width);
    block-size: calc(var(--_row-height) - 1px);
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    cursor: pointer;
  }

  .check {
    position: relative;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    inline-size: 16px;
    block-size: 16px;
    border: 1px solid var(--_border-strong);
    border-radius: 4px;
  }

  .check .icon {
    inline-size: 12px;
    block-size: 12px;
    stroke-width: 3;
  }

  .check.on,
  .check.mixed {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_accent-text);
  }

  .check.mixed::after {
    content: '';
    inline-size: 8px;
    block-size: 2px;
    background: currentColor;
  }

  /* Quiet until it is wanted: where there is a mouse, empty boxes wait for it. */
  @media (hover: hover) and (pointer: fine) {
    .block .row:not(:hover, :focus-within, .selected) .check.off,
    .head-row:not(:hover, :focus-within) .check.off {
      opacity: 0.45;
    }
  }

  .head-cell {
    display: flex;
    align-items: center;
    padding: 0;
    overflow: visible;
  }

  .head-cell.end {
    justify-content: flex-end;
    padding-inline-end: 6px;
  }

  .sort-button,
  .head-text {
    appearance: none;
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-inline-size: 0;
    max-inline-size: 100%;
    block-size: calc(var(--_row-height) - 1px);
    padding-inline: 6px;
    border: 0;
    border-radius: 2px;
    background: none;
    font: inherit;
    font-size: var(--_font-small);
    color: inherit;
    cursor: pointer;
    white-space: nowrap;
  }

  .head-text {
    cursor: default;
  }

  .checks .head-cell:first-child .sort-button {
    padding-inline-start: 0;
  }

  .head-cell[aria-sort='ascending'],
  .head-cell[aria-sort='descending'] {
    color: var(--_text);
    font-weight: 600;
  }

  @media (hover: hover) {
    .sort-button:hover {
      color: var(--_text);
    }
  }

  .name-editor {
    position: relative;
    flex: 1 1 auto;
    min-inline-size: 0;
    max-inline-size: 480px;
  }

  .name-input {
    inline-size: 100%;
    block-size: calc(var(--_row-height) - 6px);
    padding-inline: 6px;
    user-select: text;
    -webkit-user-select: text;
  }

  .name-problem {
    position: absolute;
    inset-block-start: calc(100% + 2px);
    inset-inline-start: 0;
    z-index: 2;
    padding: 4px 8px;
    border: 1px solid var(--_danger);
    border-radius: var(--_radius-small);
    background: var(--_surface);
    color: var(--_danger);
    white-space: normal;
    box-shadow: var(--_shadow);
  }

  .row:has(.name-problem) {
    z-index: 1;
  }

  /* Instead of rows */

  .panel {
    position: absolute;
    inset: var(--_row-height) 0 0;
    overflow: hidden auto;
    background: var(--_surface);
  }

  .message {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: safe center;
    gap: 8px;
    padding: 16px;
    text-align: center;
  }

  .message p {
    margin: 0;
    max-inline-size: 56ch;
    overflow-wrap: anywhere;
  }

  .message-heading {
    font-weight: 600;
  }

  .message-text {
    color: var(--_text-muted);
  }

  .message-icon {
    --_icon-size: 28px;
    color: var(--_text-muted);
  }

  .message-icon.danger {
    color: var(--_danger);
  }

  .message-icon .icon {
    stroke-width: 1.5;
  }

  .message-buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
    margin-block-start: 8px;
  }

  .message .button {
    margin-block-start: 8px;
  }

  .message-buttons .button {
    margin-block-start: 0;
  }

  .details {
    max-inline-size: 100%;
    text-align: start;
    color: var(--_text-muted);
  }

  .details summary {
    cursor: pointer;
  }

  .facts {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px 12px;
    margin: 8px 0 0;
    overflow-wrap: anywhere;
  }

  .facts dd {
    margin: 0;
  }

  .skeleton {
    overflow: hidden;
  }

  .bone {
    display: inline-block;
    inline-size: 60%;
    block-size: 8px;
    border-radius: 4px;
    background: var(--_track);
  }

  .skeleton .cell {
    display: flex;
    align-items: center;
    gap: 8px;
  }

  .skeleton .cell:not(:nth-child(-n + 2)) {
    opacity: 0.6;
  }

  .icon-bone {
    flex: none;
    inline-size: 16px;
    block-size: 16px;
  }

  .width-0 {
    inline-size: 34%;
  }

  .width-1 {
    inline-size: 52%;
  }

  .width-2 {
    inline-size: 28%;
  }

  .width-3 {
    inline-size: 44%;
  }

  .skeleton .bone {
    animation: breathe 1.2s ease-in-out infinite alternate;
  }

  @keyframes breathe {
    from {
      opacity: 0.5;
    }

    to {
      opacity: 1;
    }
  }

  /* Below and above the rows */

  .notice {
    display: flex;
    flex: none;
    align-items: start;
    gap: 8px;
    padding: 8px 12px;
    border-block: 1px solid var(--_border);
    background: color-mix(in srgb, var(--_danger) 8%, var(--_surface));
  }

  .notice > .danger {
    padding-block-start: 1px;
  }

  .notice-text {
    flex: 1 1 auto;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .notice p {
    margin: 0;
  }

  .status {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 16px;
    min-block-size: 28px;
    padding: 4px 12px;
    border-block-start: 1px solid var(--_border);
    color: var(--_text-muted);
  }

  .status-text {
    unicode-bidi: plaintext;
  }

  .status-selection {
    color: var(--_text);
  }

  .status-partial {
    margin-inline-start: auto;
  }

  .loading-more {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    block-size: 2px;
    background: var(--_accent);
    animation: breathe 0.6s ease-in-out infinite alternate;
  }

  .drop-hint {
    position: absolute;
    inset: 0;
    z-index: 2;
    display: flex;
    align-items: end;
    justify-content: center;
    padding: 12px;
    pointer-events: none;
  }

  .drop-hint.whole {
    box-shadow: inset 0 0 0 2px var(--_accent);
    background: color-mix(in srgb, var(--_accent) 6%, transparent);
  }

  .drop-hint > span {
    max-inline-size: 100%;
    padding: 6px 12px;
    border-radius: var(--_radius);
    background: var(--_accent);
    color: var(--_accent-text);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    box-shadow: var(--_shadow);
  }

  /* Questions and menus */

  .field {
    display: flex;
    flex-direction: column;
    gap: 4px;
    margin-block-start: 12px;
  }

  .choice {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 12px;
  }

  .dialog .button.danger {
    border-color: var(--_danger);
  }

  .menu-item.danger .menu-shortcut {
    color: inherit;
  }

  .menu-label {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  @media (forced-colors: active) {
    .block .row.selected {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }

    .row.selected .cell,
    .row.selected .entry-icon {
      color: HighlightText;
    }

    .block .row:hover {
      outline: 1px dashed Highlight;
      outline-offset: -1px;
    }

    .action[aria-disabled='true'] {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }

    .bone {
      background: GrayText;
    }

    .check.on,
    .check.mixed {
      forced-color-adjust: none;
    }
  }
`;
