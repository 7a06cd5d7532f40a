import { css } from 'lit';

/** What can be used in a row: its box, and the field for a new name. */
export const rowControlStyles = css`
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
    background: var(--_raised);
    color: var(--_danger);
    white-space: normal;
    box-shadow: var(--_shadow);
  }

  .row:has(.name-problem) {
    z-index: 1;
  }
`;
