import { css } from 'lit';

export const uploadDropzoneStyles = css`
  :host {
    --transfer-list-rows: var(--upload-dropzone-rows, 4.5);
    container-type: inline-size;
  }

  .zone {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 12px;
    min-block-size: 168px;
    padding: 20px 16px;
    border: 1.5px dashed var(--_border-strong);
    border-radius: calc(var(--_radius) * 1.5);
    text-align: center;
    transition:
      background-color var(--_motion),
      border-color var(--_motion);
  }

  .zone.busy {
    flex-direction: row;
    justify-content: flex-start;
    min-block-size: 0;
    padding: 8px 12px;
    text-align: start;
  }

  .zone.over {
    border-style: solid;
    border-color: var(--_accent);
    background: color-mix(in srgb, var(--_accent) 10%, transparent);
  }

  .zone.off {
    border-color: var(--_border);
  }

  .zone.off .prompt {
    color: var(--_text-muted);
  }

  .zone > .icon {
    --_icon-size: 24px;

    color: var(--_text-muted);
  }

  .zone.over > .icon {
    color: var(--_accent);
  }

  .zone.busy > .icon {
    --_icon-size: 18px;
  }

  .words {
    display: flex;
    flex-direction: column;
    gap: 2px;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .zone.busy .words {
    flex: 1 1 160px;
  }

  .words p {
    margin: 0;
    text-wrap: balance;
  }

  .pieces span {
    display: inline-block;
    white-space: pre-wrap;
  }

  .pieces span:not(:last-child)::after {
    content: ' · ';
    white-space: pre;
  }

  .prompt {
    font-weight: 600;
  }

  .zone.busy .prompt {
    font-weight: 400;
  }

  .choose {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
  }

  .zone.busy .choose {
    flex: none;
    flex-wrap: nowrap;
  }

  resume-prompt::part(resume) {
    margin-block-start: 8px;
    padding-inline-start: 12px;
  }

  .reading {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 8px;
    padding-block: 4px;
    padding-inline: 12px 4px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
  }

  .summary {
    position: relative;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    min-block-size: var(--_control-height);
    margin-block-start: 4px;
    padding-inline: 12px 4px;
  }

  /* In a narrow place the buttons go below the words instead of squeezing them. */
  .summary .pieces {
    flex: 1 1 15em;
    min-inline-size: min(100%, 10em);
    margin: 0;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }

  .summary-actions {
    display: flex;
    align-items: center;
    margin-inline-start: auto;
  }

  .summary .bar {
    position: absolute;
    inset-block-end: 0;
    inset-inline-start: 12px;
    inline-size: calc(100% - 24px);
    block-size: 3px;
  }

  .reading > span {
    flex: 1;
  }

  .reading .bar {
    flex: 0 1 96px;
  }

  .note,
  .rejections {
    margin-block-start: 8px;
    padding: 8px 8px 10px 12px;
    border: 1px solid var(--_border);
    border-inline-start: 3px solid var(--_danger);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
  }

  .note {
    display: flex;
    align-items: start;
    justify-content: space-between;
    gap: 8px;
    border-inline-start-color: var(--_border-strong);
  }

  .note p {
    margin: 0;
    padding-block: 4px;
    overflow-wrap: anywhere;
  }

  .rejections-head {
    display: flex;
    align-items: center;
    gap: 6px;
  }

  .rejections-head > strong {
    flex: 1;
    font-weight: 600;
  }

  .rejections ul {
    margin: 4px 0 0;
    padding: 0;
    list-style: none;
    max-block-size: 220px;
    overflow: auto;
  }

  .rejections li {
    padding-block: 2px;
    overflow-wrap: anywhere;
  }

  .jobs {
    display: grid;
    gap: 8px;
    margin: 8px 0 0;
    padding: 0;
    list-style: none;
  }

  .jobs:empty {
    display: none;
  }

  .jobs > li {
    min-inline-size: 0;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    overflow: clip;
  }

  .page-cover {
    position: fixed;
    inset: 8px;
    z-index: 2147483647;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    margin: 0;
    inline-size: auto;
    block-size: auto;
    padding: 16px;
    border: 2px dashed var(--_accent);
    border-radius: calc(var(--_radius) * 2);
    background: color-mix(in srgb, var(--_surface) 88%, var(--_accent));
    color: var(--_text);
    font-size: 1.125em;
    font-weight: 600;
    pointer-events: none;
  }

  .page-cover:not(:popover-open) {
    display: none;
  }

  .page-cover .icon {
    --_icon-size: 32px;

    color: var(--_accent);
  }

  @container (max-width: 480px) {
    .zone.busy {
      flex-wrap: wrap;
    }

    .zone.busy .choose {
      flex: 1 1 100%;
      justify-content: flex-start;
    }
  }

  @media (forced-colors: active) {
    .zone.over {
      border-color: Highlight;
    }
  }
`;
