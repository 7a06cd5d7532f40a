import { css } from 'lit';

export const resumePromptStyles = css`
  :host {
    display: block;
  }

  .box {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding-block: 8px;
    padding-inline: 16px 8px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
  }

  .words {
    flex: 1 1 200px;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .words p {
    margin: 0;
  }

  .headline {
    display: flex;
    align-items: center;
    gap: 6px;
    font-weight: 600;
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  ul {
    flex: none;
    inline-size: calc(100% + 8px);
    /* It scrolls, so it would cut off the ring around a button at its edge. */
    margin: -4px;
    padding: 4px;
    list-style: none;
    max-block-size: calc(6.5 * var(--_row-height));
    overflow: auto;
  }

  li {
    display: flex;
    align-items: center;
    gap: 4px 12px;
    min-block-size: var(--_row-height);
  }

  .name {
    display: flex;
    flex: 0 1 auto;
    max-inline-size: 100%;
    min-inline-size: 0;
  }

  .name-start {
    min-inline-size: 2ch;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
  }

  .name-end {
    flex: none;
    white-space: pre;
  }

  .what {
    display: flex;
    flex: 1 1 auto;
    flex-direction: column;
    /* A name has a direction of its own, and stands where the others begin all the same. */
    align-items: flex-start;
    min-inline-size: 0;
    padding-block: 4px;
  }

  .pieces > span {
    display: inline-block;
    max-inline-size: 100%;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }

  .pieces > span:not(:last-child)::after {
    content: ' · ';
    white-space: pre;
  }

  .state {
    flex: 0 1 auto;
    margin-inline-start: auto;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }

  .note {
    flex-basis: 100%;
    margin: 0;
  }
`;
