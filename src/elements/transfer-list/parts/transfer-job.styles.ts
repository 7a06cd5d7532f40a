import { css } from 'lit';

export const transferJobStyles = css`
  :host {
    --_item-height: calc(var(--_row-height) + 12px);
    --_rows: var(--transfer-list-rows, 6.5);
    container-type: inline-size;
  }

  .accent {
    color: var(--_accent);
  }

  .head {
    display: grid;
    grid-template:
      'toggle title actions' auto
      'toggle numbers actions' auto / auto minmax(0, 1fr) auto;
    align-content: center;
    align-items: center;
    column-gap: 8px;
    min-block-size: calc(var(--_row-height) + 12px);
    padding-block: 4px;
    padding-inline: 4px 8px;
  }

  .toggle {
    color: var(--_text-muted);
  }

  .toggle .icon {
    transition: rotate var(--_motion);
  }

  .toggle .icon:dir(rtl) {
    rotate: 180deg;
  }

  .toggle[aria-expanded='true'] .icon {
    rotate: 90deg;
  }

  .head > .toggle,
  .no-toggle {
    grid-area: toggle;
  }

  .numbers {
    grid-area: numbers;
  }

  .title {
    grid-area: title;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    min-inline-size: 0;
    font-weight: 600;
  }

  .title.lone {
    grid-row: 1 / span 2;
  }

  .title > .icon {
    color: var(--_text-muted);
  }

  .title .name {
    flex: 0 1 auto;
    max-inline-size: calc(100% - var(--_icon-size) - 8px);
  }

  .no-toggle {
    inline-size: 4px;
  }

  .job-state {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 4px;
    font-weight: 400;
    font-size: var(--_font-small);
  }

  .numbers > span:not(:last-child)::after {
    content: ' · ';
    white-space: pre;
  }

  .numbers > span {
    display: inline-block;
    white-space: pre-wrap;
  }

  .actions {
    grid-area: actions;
    display: flex;
    gap: 2px;
  }

  .job-bar {
    margin-block: 0 4px;
    margin-inline: 16px;
    inline-size: calc(100% - 32px);
  }

  .reason {
    display: flex;
    gap: 6px;
    margin-block: 0 8px;
    margin-inline: 14px 16px;
    overflow-wrap: anywhere;
  }

  .reason .icon {
    margin-block-start: 0.15em;
  }

  .again {
    margin-block: 0 10px;
    margin-inline: 14px 16px;
  }

  .items {
    position: relative;
    max-block-size: calc(var(--_item-height) * var(--_rows));
    overflow: auto;
    overscroll-behavior: contain;
    border-block-start: 1px solid var(--_border);
    outline-offset: -2px;
  }

  .canvas {
    position: relative;
    overflow: hidden;
  }

  .block {
    position: absolute;
    inset-block-start: 0;
    inset-inline: 0;
  }

  .probe {
    position: absolute;
    visibility: hidden;
    block-size: var(--_item-height);
    inline-size: 0;
  }

  .row {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto auto;
    align-items: center;
    column-gap: 8px;
    block-size: var(--_item-height);
    padding-inline: 14px 8px;
  }

  .row + .row {
    box-shadow: inset 0 1px 0 var(--_border);
  }

  .items:focus-visible .row.current {
    outline: 2px solid var(--_focus);
    outline-offset: -3px;
    border-radius: var(--_radius);
  }

  .items:focus-visible {
    outline: none;
  }

  .items:focus-visible:not(:has(.current)) {
    outline: 2px solid var(--_focus);
  }

  @media (hover: hover) {
    .row:hover {
      background: var(--_hover);
    }
  }

  .sign {
    display: flex;
  }

  .sign.accent .icon {
    animation: turn 1.6s linear infinite;
  }

  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }

  .main > .name {
    align-self: flex-start;
  }

  .main {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    line-height: 1.3;
  }

  .text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  /* An English sentence on a right-to-left page stands where the others stand. */
  :host(:dir(rtl)) .text {
    text-align: right;
  }

  .row .bar {
    margin-block-start: 3px;
    block-size: 3px;
  }

  .size {
    text-align: end;
    white-space: nowrap;
  }

  .row-actions {
    display: flex;
    justify-content: flex-end;
    min-inline-size: 60px;
  }

  .none {
    margin: 0;
    padding: 12px 16px;
    border-block-start: 1px solid var(--_border);
  }

  .details {
    position: fixed;
    inset: auto;
    margin: 0;
    inline-size: min(420px, calc(100vw - 16px));
    max-block-size: calc(100dvh - 16px);
    overflow: auto;
    padding: 12px 16px 16px;
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) * 1.5);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_shadow);
  }

  .details:focus {
    outline: none;
  }

  .details-head {
    display: flex;
    align-items: start;
    gap: 8px;
  }

  .details-name {
    flex: 1;
    margin: 4px 0 0;
    font-size: 1em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }

  .details-state {
    display: flex;
    gap: 6px;
    margin: 8px 0 12px;
  }

  .details-state .icon {
    margin-block-start: 0.15em;
  }

  .details-list {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px 12px;
    margin: 0;
  }

  .details-list dt {
    color: var(--_text-muted);
  }

  .details-list dd {
    margin: 0;
    overflow-wrap: anywhere;
    user-select: all;
  }

  .details-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 16px;
  }

  .details-actions:empty {
    display: none;
  }

  @container (max-width: 420px) {
    .head {
      grid-template-areas:
        'toggle title actions'
        'toggle numbers numbers';
      padding-block-end: 6px;
    }

    .size {
      display: none;
    }

    .row {
      grid-template-columns: auto minmax(0, 1fr) auto;
      padding-inline: 12px 4px;
    }

    .row-actions {
      min-inline-size: 0;
    }

    .reason,
    .again {
      margin-inline-start: 12px;
    }
  }

  @media (forced-colors: active) {
    .items:focus-visible .row.current {
      outline-color: Highlight;
    }
  }
`;
