import { css } from 'lit';

/** Lines above and below the rows: failures, what is here, what is on its way, what is dropped. */
export const lineStyles = css`
  .notice {
    display: flex;
    flex: none;
    align-items: start;
    gap: 8px;
    padding-block: 4px;
    padding-inline: 12px 8px;
    border-block-end: 1px solid var(--_border);
    background: color-mix(in srgb, var(--_danger) 8%, var(--_surface));
  }

  .body + .notice {
    border-block: 1px solid var(--_border);
    border-block-end: 0;
  }

  /* In one line with the buttons beside them. */
  .notice > .danger,
  .notice-text {
    padding-block: max(0px, (var(--_control-height) - 1lh) / 2);
  }

  .notice-text {
    flex: 1 1 auto;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .notice > .button {
    flex: none;
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
`;
