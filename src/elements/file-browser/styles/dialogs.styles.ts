import { css } from 'lit';

/** What is in the dialog and the menu. */
export const dialogPartStyles = css`
  .field {
    display: flex;
    flex-direction: column;
    gap: 4px;
    margin-block-start: 12px;
  }

  .removal-count {
    min-block-size: 1.5em;
    margin: 4px 0 0;
  }

  .dialog .button.danger {
    border-color: var(--_danger);
  }

  .menu-item.danger .menu-shortcut {
    color: inherit;
  }

  .menu-label {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
`;
