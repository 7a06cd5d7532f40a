import { css } from 'lit';

/** `.button` (add `.primary`, `.quiet`, `.danger`), `.icon-button` and `.link-button`. */
export const buttonStyles = css`
  .button,
  .icon-button,
  .link-button {
    appearance: none;
    margin: 0;
    font: inherit;
    line-height: 1.25;
    color: inherit;
    cursor: pointer;
    user-select: none;
    touch-action: manipulation;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: var(--_control-height);
    padding-block: 4px;
    padding-inline: 12px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: transparent;
    transition: background-color var(--_motion);
  }

  .button.primary {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_accent-text);
  }

  .button.danger {
    border-color: currentColor;
    color: var(--_danger);
  }

  .button.quiet {
    border-color: transparent;
  }

  .icon-button {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    inline-size: var(--_control-height);
    block-size: var(--_control-height);
    padding: 0;
    border: 1px solid transparent;
    border-radius: var(--_radius);
    background: transparent;
    transition: background-color var(--_motion);
  }

  .icon-button.small-target {
    inline-size: min(28px, var(--_row-height));
    block-size: min(28px, var(--_row-height));
  }

  .link-button {
    display: inline;
    padding: 0;
    border: 0;
    border-radius: 2px;
    background: none;
    color: var(--_accent);
    text-decoration: underline;
    text-underline-offset: 2px;
    text-align: start;
  }

  @media (hover: hover) {
    .button:hover:not(:disabled, [aria-disabled='true']),
    .icon-button:hover:not(:disabled, [aria-disabled='true']) {
      background: var(--_hover);
    }

    .button.primary:hover:not(:disabled, [aria-disabled='true']) {
      background: color-mix(in srgb, var(--_accent) 88%, var(--_text));
    }
  }

  .button:active:not(:disabled, [aria-disabled='true']),
  .icon-button:active:not(:disabled, [aria-disabled='true']) {
    background: var(--_pressed);
  }

  .button.primary:active:not(:disabled, [aria-disabled='true']) {
    background: color-mix(in srgb, var(--_accent) 78%, var(--_text));
  }

  .button:disabled,
  .icon-button:disabled,
  .link-button:disabled,
  [aria-disabled='true'] {
    cursor: default;
    opacity: 0.5;
  }

  .icon-button[aria-pressed='true'],
  .button[aria-pressed='true'] {
    background: var(--_selected);
  }

  @media (pointer: coarse) {
    .icon-button.small-target {
      inline-size: 40px;
      block-size: 40px;
    }
  }

  @media (forced-colors: active) {
    .button,
    .icon-button {
      border-color: ButtonText;
    }

    .button.primary {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
    }

    .button:disabled,
    .icon-button:disabled {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }
  }
`;
