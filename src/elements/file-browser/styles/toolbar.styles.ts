import { css } from 'lit';

/** The line with the actions and the filter. */
export const toolbarStyles = css`
  .toolbar {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    min-inline-size: 0;
    padding: 4px 8px;
    border-block-end: 1px solid var(--_border);
  }

  .actions {
    display: flex;
    flex: 1 1 0;
    gap: 2px;
    min-inline-size: 0;
    overflow: clip;
    overflow-clip-margin: 4px;
  }

  .actions .button {
    padding-inline: 8px 10px;
    white-space: nowrap;
  }

  .filter {
    position: relative;
    display: flex;
    flex: 0 1 200px;
    align-items: center;
    min-inline-size: 120px;
  }

  .filter.wide {
    flex: 1 1 auto;
  }

  .filter > .icon {
    position: absolute;
    inset-inline-start: 8px;
    color: var(--_text-muted);
    pointer-events: none;
  }

  .filter-input {
    inline-size: 100%;
    padding-inline-start: 30px;
    border-color: var(--_border);
  }

  .clear-filter {
    position: absolute;
    inset-inline-end: 2px;
    inline-size: calc(var(--_control-height) - 4px);
    block-size: calc(var(--_control-height) - 4px);
  }

  .filter:has(.clear-filter) .filter-input {
    padding-inline-end: var(--_control-height);
  }
`;
