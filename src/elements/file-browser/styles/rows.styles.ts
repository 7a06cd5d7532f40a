import { css } from 'lit';

/** Header and rows. */
export const rowStyles = css`
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

  /* Browsers place what sticks to millions of pixels a little too low: no row must show above it. */
  .head::before {
    content: '';
    position: absolute;
    inset-block-end: 100%;
    inset-inline: 0;
    block-size: 4px;
    background: inherit;
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

  @media (hover: hover) and (forced-colors: none) {
    .block .row.selected:hover {
      background: color-mix(in srgb, var(--_selected) 88%, var(--_accent));
    }
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

  /* On the text, not on the cell: so all texts of a row stand on one line. */
  .cell.muted > bdi {
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

  .name.whole {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .name-lines {
    display: flex;
    flex: 0 1 auto;
    flex-direction: column;
    align-items: flex-start;
    min-inline-size: 0;
    line-height: 1.2;
  }

  .under-name {
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    font-size: 0.75em;
    color: var(--_text-muted);
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
`;
