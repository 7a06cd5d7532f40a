import { css } from 'lit';

/** What every element starts from: the page's font and colours, one box model, one focus ring, calm numbers. */
export const hostStyles = css`
  :host {
    display: block;
    box-sizing: border-box;
    min-inline-size: 0;
    font: inherit;
    line-height: 1.4;
    color: var(--fte-text, inherit);
    font-variant-numeric: tabular-nums;
    text-align: start;
    -webkit-tap-highlight-color: transparent;
  }

  :host([hidden]) {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 1px;
  }

  .icon {
    flex: none;
    inline-size: var(--_icon-size);
    block-size: var(--_icon-size);
    vertical-align: -0.125em;
  }

  .muted {
    color: var(--_text-muted);
  }

  .small {
    font-size: var(--_font-small);
  }

  .danger {
    color: var(--_danger);
  }

  .success {
    color: var(--_success);
  }

  .warning {
    color: var(--_warning);
  }

  /* A name that is cut in the middle: the first half gives way, the second stays. */
  .name {
    display: inline-flex;
    min-inline-size: 0;
    max-inline-size: 100%;
    white-space: pre;
    unicode-bidi: isolate;
  }

  .name-start {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .name-end {
    flex: none;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0s !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0s !important;
    }
  }
`;
