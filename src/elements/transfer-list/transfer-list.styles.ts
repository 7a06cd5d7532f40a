import { css } from 'lit';

export const transferListStyles = css`
  :host {
    container-type: inline-size;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
  }

  resume-prompt::part(resume),
  download-prompt::part(resume),
  stray-prompt::part(strays) {
    border-width: 0 0 1px;
    border-radius: 0;
  }

  .summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-block-size: calc(var(--_row-height) + 12px);
    padding-block: 8px;
    padding-inline: 16px 8px;
  }

  .totals {
    flex: 1 1 200px;
    min-inline-size: 0;
  }

  .headline {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 0;
    font: inherit;
    font-weight: 600;
  }

  .numbers > span {
    display: inline-block;
    white-space: pre-wrap;
  }

  .numbers > span:not(:last-child)::after {
    content: ' · ';
    white-space: pre;
  }

  .total-bar {
    flex-basis: 100%;
    order: 3;
    margin-block: 2px;
    margin-inline-end: 8px;
    inline-size: calc(100% - 8px);
  }

  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }

  .filter {
    display: inline-flex;
    margin: 0;
    padding: 2px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
  }

  .filter label {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-block-size: calc(var(--_control-height) - 6px);
    padding-inline: 8px;
    border-radius: var(--_radius-small);
    font-size: var(--_font-small);
    white-space: nowrap;
    cursor: pointer;
  }

  .filter input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }

  .filter label:has(:checked) {
    background: var(--_selected);
    font-weight: 600;
  }

  .filter label:has(:focus-visible) {
    outline: 2px solid var(--_focus);
    outline-offset: 1px;
  }

  .jobs {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .jobs > li {
    border-block-start: 1px solid var(--_border);
  }

  .more {
    display: flex;
    justify-content: center;
    padding: 8px;
    border-block-start: 1px solid var(--_border);
  }

  .empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 4px;
    padding: 32px 16px;
    text-align: center;
  }

  .empty .icon {
    --_icon-size: 24px;

    color: var(--_text-muted);
  }

  .empty p {
    margin: 0;
    max-inline-size: 44ch;
    text-wrap: balance;
  }

  .filtered-empty {
    margin: 0;
    padding: 16px;
    border-block-start: 1px solid var(--_border);
    text-align: center;
  }

  @container (max-width: 420px) {
    .summary {
      padding-inline: 12px 8px;
    }

    .controls {
      flex: 1 1 100%;
      order: 4;
      justify-content: space-between;
    }
  }

  @media (forced-colors: active) {
    .filter label:has(:checked) {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
