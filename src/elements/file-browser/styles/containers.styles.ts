import { css } from 'lit';

/** Looks of what switches between buckets, records and workspaces. */
export const containerStyles = css`
  .place {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    min-inline-size: 0;
    border-block-end: 1px solid var(--_border);
  }

  .place > .path {
    flex: 1 1 200px;
    border-block-end: 0;
  }

  .container-bar {
    display: flex;
    flex: 0 1 auto;
    align-items: center;
    gap: 4px;
    min-inline-size: 0;
    max-inline-size: 100%;
    padding-block: 4px;
    padding-inline: 8px 0;
  }

  .container-switch {
    appearance: none;
    display: inline-flex;
    flex: 0 1 auto;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    max-inline-size: 320px;
    min-block-size: calc(var(--_control-height) - 4px);
    padding-block: 0;
    padding-inline: 8px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: none;
    font: inherit;
    color: inherit;
    cursor: pointer;
  }

  @media (hover: hover) {
    .container-switch:hover,
    .container-choice:hover {
      background: var(--_hover);
    }
  }

  .container-switch .container-name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 600;
  }

  .container-status {
    flex: none;
    padding-inline: 6px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-small);
    color: var(--_text-muted);
  }

  .container-bar .publish {
    flex: none;
    min-block-size: calc(var(--_control-height) - 4px);
    padding-block: 0;
  }

  .container-note {
    display: flex;
    flex: none;
    align-items: start;
    gap: 8px;
    margin: 0;
    padding: 8px 12px;
    border-block-end: 1px solid var(--_border);
    color: var(--_text-muted);
    overflow-wrap: anywhere;
  }

  .container-note .icon {
    margin-block-start: 2px;
  }

  .container-filters {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
  }

  .container-filters > .field {
    flex: 1 1 140px;
    min-inline-size: 0;
  }

  .container-list {
    max-block-size: min(40dvh, 320px);
    overflow: hidden auto;
    margin: 12px 0 0;
    padding: 0;
    list-style: none;
  }

  .container-choice {
    appearance: none;
    display: flex;
    align-items: start;
    gap: 8px;
    inline-size: 100%;
    min-block-size: var(--_row-height);
    padding: 6px 8px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    font: inherit;
    color: inherit;
    text-align: start;
    cursor: pointer;
  }

  .container-choice[aria-current] {
    background: var(--_selected);
  }

  .container-choice:focus-visible {
    outline-offset: -2px;
  }

  .container-tick {
    flex: none;
    inline-size: 16px;
  }

  .container-text {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .container-about {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }

  .container-more {
    margin: 8px;
  }

  .container-count:empty,
  .container-problem:empty {
    display: none;
  }

  .container-count {
    margin: 8px;
  }

  .container-problem > p {
    margin-block: 12px 4px;
  }

  .container-create {
    margin-inline-end: auto;
  }

  textarea.lines {
    block-size: auto;
    padding-block: 6px;
    resize: vertical;
  }

  textarea.code {
    font-family: ui-monospace, monospace;
    font-size: var(--_font-small);
  }

  @media (forced-colors: active) {
    .container-choice[aria-current] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }

    .container-choice[aria-current] .muted {
      color: HighlightText;
    }
  }
`;
