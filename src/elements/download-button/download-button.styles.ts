import { css } from 'lit';

export const downloadButtonStyles = css`
  :host {
    display: inline-block;
    max-inline-size: 100%;
    vertical-align: middle;
  }

  .frame {
    position: relative;
    display: inline-flex;
    align-items: stretch;
    max-inline-size: 100%;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    overflow: clip;
    overflow-clip-margin: 4px;
  }

  .frame .button {
    min-inline-size: 0;
    border: 0;
  }

  .main[aria-disabled='true'] {
    opacity: 1;
  }

  .frame.unusable {
    border-color: var(--_border);
  }

  .frame.unusable .main {
    opacity: 0.55;
  }

  .words {
    /* In a narrow place the note goes below the label: neither can be read when they share one line. */
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    column-gap: 6px;
    min-inline-size: 0;
    text-align: start;
  }

  .label {
    flex: 0 1 auto;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .note {
    flex: 0 1 auto;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .frame .icon-button {
    block-size: auto;
    min-block-size: var(--_control-height);
    border: 0;
    border-inline-start: 1px solid var(--_border);
    border-radius: 0;
  }

  .frame :focus-visible {
    outline-offset: -2px;
    border-radius: var(--_radius);
  }

  .state-icon {
    display: inline-flex;
  }

  .bar {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    block-size: 3px;
    border-radius: 0;
    pointer-events: none;
  }

  .message {
    display: flex;
    gap: 6px;
    margin: 6px 0 0;
    max-inline-size: 48ch;
    overflow-wrap: anywhere;
  }

  .place {
    margin: 4px 0 0;
    max-inline-size: 48ch;
  }

  .message .icon {
    margin-block-start: 0.15em;
  }

  .message details {
    margin-block-start: 2px;
    color: var(--_text-muted);
  }

  .message summary {
    inline-size: fit-content;
    cursor: pointer;
  }

  @media (forced-colors: active) {
    .frame {
      border-color: ButtonText;
    }
  }
`;
