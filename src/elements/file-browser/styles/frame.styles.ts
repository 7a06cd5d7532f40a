import { css } from 'lit';

/** The frame of `<file-browser>`: its size, and what its parts share. Sizes are on a 4 px grid. */
export const frameStyles = css`
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
    color: var(--_text);
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
`;
