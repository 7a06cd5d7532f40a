import { css } from 'lit';

/** The list of folders in the question where to move or copy something. */
export const folderPickerStyles = css`
  .folders {
    margin-block-start: 12px;
  }

  .folder-list {
    block-size: min(216px, 36dvh);
    margin: 0;
    padding: 4px;
    overflow: hidden auto;
    overscroll-behavior: contain;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    list-style: none;
  }

  .folder-list:focus-visible {
    outline-offset: -1px;
  }

  .folder-choice {
    appearance: none;
    display: flex;
    align-items: center;
    gap: 8px;
    inline-size: 100%;
    min-block-size: var(--_control-height);
    padding: 4px 8px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    font: inherit;
    color: inherit;
    text-align: start;
    cursor: pointer;
  }

  .folder-choice > .icon {
    flex: none;
    color: var(--_accent);
    fill: color-mix(in srgb, currentColor 18%, transparent);
  }

  .folder-choice.up,
  .folder-choice.up > .icon {
    color: var(--_text-muted);
    fill: none;
  }

  .folder-choice:focus-visible {
    outline-offset: -2px;
  }

  .folder-choice[aria-disabled='true'] {
    color: var(--_text-muted);
    opacity: 0.6;
    cursor: default;
  }

  @media (hover: hover) {
    .folder-choice:not([aria-disabled='true']):hover {
      background: var(--_hover);
    }
  }

  .folder-name {
    flex: 1 1 auto;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .folder-into {
    display: inline-flex;
    color: var(--_text-muted);
  }

  :host(:dir(rtl)) .folder-into {
    transform: scaleX(-1);
  }

  .folders + .dialog-actions {
    margin-block-start: 8px;
  }

  .folder-note {
    min-block-size: 1.5em;
    margin: 4px 0 0;
  }

  @media (forced-colors: active) {
    .folder-choice[aria-disabled='true'] {
      color: GrayText;
      opacity: 1;
    }
  }
`;
