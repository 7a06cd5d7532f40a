import { css } from 'lit';

/**
 * `<progress class="bar">`: the native element, because its width needs no inline style and so no `style-src`
 * exception. Add `.danger`, `.success` or `.idle` for the state.
 */
export const progressStyles = css`
  .bar {
    appearance: none;
    display: block;
    inline-size: 100%;
    block-size: 4px;
    border: 0;
    border-radius: 2px;
    overflow: hidden;
    background: var(--_track);
    color: var(--_accent);
  }

  .bar::-webkit-progress-bar {
    background: transparent;
  }

  .bar::-webkit-progress-value {
    border-radius: 2px;
    background: currentColor;
    transition: inline-size var(--_motion) linear;
  }

  .bar::-moz-progress-bar {
    border-radius: 2px;
    background: currentColor;
  }

  .bar.danger {
    color: var(--_danger);
  }

  .bar.success {
    color: var(--_success);
  }

  .bar.idle {
    color: color-mix(in srgb, CanvasText 50%, transparent);
  }

  .bar:indeterminate::-moz-progress-bar {
    inline-size: 30%;
    animation: bar-slide 1.4s ease-in-out infinite alternate;
  }

  .bar:indeterminate::-webkit-progress-bar {
    inline-size: 30%;
    border-radius: 2px;
    background: currentColor;
    animation: bar-slide 1.4s ease-in-out infinite alternate;
  }

  @keyframes bar-slide {
    from {
      margin-inline-start: 0;
    }

    to {
      margin-inline-start: 70%;
    }
  }

  @media (forced-colors: active) {
    .bar {
      forced-color-adjust: none;
      border: 1px solid CanvasText;
      block-size: 6px;
      color: Highlight;
    }
  }
`;
