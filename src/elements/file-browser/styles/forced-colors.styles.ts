import { css } from 'lit';

/** Where people choose the colours themselves, selection and hover need shapes and system colours. */
export const forcedColorStyles = css`
  @media (forced-colors: active) {
    .block .row.selected {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }

    .block .row.selected:focus-visible,
    .block .row.selected .cell:focus-visible {
      outline-color: HighlightText;
    }

    .row.selected .check {
      border-color: HighlightText;
    }

    .row.selected .cell,
    .row.selected .entry-icon {
      color: HighlightText;
    }

    .block .row:hover {
      outline: 1px dashed Highlight;
      outline-offset: -1px;
    }

    .action[aria-disabled='true'] {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }

    .bone {
      background: GrayText;
    }

    .check.on,
    .check.mixed {
      forced-color-adjust: none;
    }
  }
`;
