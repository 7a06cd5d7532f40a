import { css } from 'lit';

/** `.menu` (a popover with `role="menu"`) and its `.menu-item`s. */
export const menuStyles = css`
  .menu {
    position: fixed;
    inset: auto;
    margin: 0;
    min-inline-size: 176px;
    max-inline-size: min(320px, calc(100vw - 16px));
    max-block-size: min(480px, calc(100vh - 16px));
    overflow: auto;
    padding: 4px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_shadow);
  }

  .menu-item {
    appearance: none;
    display: flex;
    align-items: center;
    gap: 8px;
    inline-size: 100%;
    min-block-size: var(--_control-height);
    padding-block: 4px;
    padding-inline: 8px;
    border: 0;
    border-radius: var(--_radius-small);
    background: none;
    font: inherit;
    color: inherit;
    text-align: start;
    cursor: pointer;
  }

  .menu-item:hover,
  .menu-item:focus-visible {
    background: var(--_hover);
  }

  .menu-item:focus-visible {
    outline-offset: -2px;
  }

  .menu-item.danger {
    color: var(--_danger);
  }

  .menu-item[aria-disabled='true'] {
    background: none;
  }

  .menu-shortcut {
    margin-inline-start: auto;
    padding-inline-start: 16px;
    color: var(--_text-muted);
    font-size: var(--_font-small);
  }

  .menu-separator {
    block-size: 1px;
    margin-block: 4px;
    background: var(--_border);
  }
`;
