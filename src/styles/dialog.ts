import { css } from 'lit';

/** `<dialog class="dialog">` with `.dialog-heading`, `.dialog-body` and `.dialog-actions`. */
export const dialogStyles = css`
  .dialog {
    inline-size: min(440px, calc(100vw - 32px));
    max-block-size: calc(100dvh - 32px);
    overflow: auto;
    padding: 20px;
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) * 1.5);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_shadow);
  }

  .dialog::backdrop {
    background: rgb(0 0 0 / 36%);
  }

  .dialog-heading {
    margin: 0 0 8px;
    font-size: 1.0625em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }

  .dialog-body {
    margin: 0;
    overflow-wrap: anywhere;
  }

  .dialog-actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 20px;
  }

  @media (max-width: 360px) {
    .dialog {
      padding: 16px;
    }

    .dialog-actions > .button {
      flex: 1 1 auto;
    }
  }
`;
