import { css } from 'lit';

/** Looks of `conflictDialog`, on top of `dialogStyles`. */
export const conflictDialogStyles = css`
  .conflict {
    margin: auto;
    inset: 0;
    block-size: fit-content;
  }

  /* The page behind it can be used, and must not look as if it could not. */
  .conflict::backdrop {
    background: none;
  }

  .conflict:not(:popover-open) {
    display: none;
  }

  .conflict .versions {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 2px 16px;
    margin: 12px 0;
  }

  .conflict .versions dt {
    color: var(--_text-muted);
  }

  .conflict .versions dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
  }

  .conflict-choices {
    display: grid;
    gap: 4px;
  }

  .conflict-choice {
    appearance: none;
    display: grid;
    gap: 1px;
    padding: 8px 12px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: none;
    font: inherit;
    color: inherit;
    text-align: start;
    cursor: pointer;
  }

  .conflict-choice:hover {
    background: var(--_hover);
  }

  .conflict .dialog-actions {
    align-items: center;
    margin-block-start: 12px;
  }

  /* On the line of the buttons where there is room for both, else on its own. */

  .conflict .rest {
    display: inline-flex;
    flex: 1 0 auto;
    align-items: center;
    gap: 8px;
    max-inline-size: 100%;
    min-block-size: var(--_control-height);
  }

  @media (forced-colors: active) {
    .conflict-choice {
      border-color: ButtonText;
    }
  }
`;
