import { css } from 'lit';

/** The line with the path, and the field to type one. */
export const pathStyles = css`
  .path {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    min-inline-size: 0;
    padding: 4px 8px;
    border-block-end: 1px solid var(--_border);
  }

  .crumbs {
    display: flex;
    flex: 0 1 auto;
    align-items: center;
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .crumb-item {
    display: flex;
    flex: 0 1 auto;
    align-items: center;
    min-inline-size: 28px;
  }

  .crumb-separator {
    flex: none;
    color: var(--_text-muted);
  }

  .crumb-separator .icon,
  .sort-button .icon {
    inline-size: 12px;
    block-size: 12px;
  }

  :host(:dir(rtl)) .crumb-separator {
    transform: scaleX(-1);
  }

  .crumb {
    appearance: none;
    display: inline-flex;
    flex: 0 1 auto;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
    min-block-size: calc(var(--_control-height) - 4px);
    padding-block: 0;
    padding-inline: 6px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    font: inherit;
    color: var(--_text-muted);
    cursor: pointer;
  }

  .crumb.current {
    font-weight: 600;
    color: var(--_text);
    cursor: default;
  }

  .crumb-text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
  }

  @media (hover: hover) {
    button.crumb:hover {
      background: var(--_hover);
      color: var(--_text);
    }
  }

  .edit-path {
    color: var(--_text-muted);
  }

  .path-input {
    flex: 1 1 auto;
  }
`;
