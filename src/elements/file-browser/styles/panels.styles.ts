import { css } from 'lit';

/** What stands instead of rows: placeholders, and words where there is nothing or something failed. */
export const panelStyles = css`
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
`;
