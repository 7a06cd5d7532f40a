import { css } from 'lit';

/**
 * A page sets `--fte-…` on any ancestor; inside, everything reads the private twin `--_…`, which holds the default. A
 * default under the public name on `:host` would hide the page's own value.
 *
 * In the page's flow, text has the page's colour and neutrals are mixed from it, so that elements fit on any ground.
 * What has a frame (browser, lists) has a ground of its own, in system colours, and then its own text colour too; what
 * floats above the page (menus, dialogues) is a step lighter in the dark, where a shadow does not show.
 */
export const tokenStyles = css`
  :host {
    --_accent: var(--fte-accent, light-dark(#1a5fb4, #78aeed));
    --_accent-text: var(--fte-accent-text, light-dark(#ffffff, #0d1b2a));
    --_danger: var(--fte-danger, light-dark(#b3261e, #ff938a));
    --_success: var(--fte-success, light-dark(#1b7233, #6fce8c));
    --_warning: var(--fte-warning, light-dark(#8a5300, #f2b75c));

    --_surface: var(--fte-surface, Canvas);
    --_raised: var(--fte-raised, light-dark(var(--_surface), color-mix(in srgb, var(--_surface), CanvasText 11%)));
    --_text: var(--fte-text, CanvasText);
    --_text-muted: var(--fte-text-muted, color-mix(in srgb, currentColor 72%, transparent));
    --_border: var(--fte-border, color-mix(in srgb, currentColor 16%, transparent));
    --_border-strong: var(--fte-border-strong, color-mix(in srgb, currentColor 52%, transparent));
    --_hover: var(--fte-hover, color-mix(in srgb, currentColor 6%, transparent));
    --_pressed: var(--fte-pressed, color-mix(in srgb, currentColor 11%, transparent));
    --_selected: var(
      --fte-selected,
      light-dark(
        color-mix(in srgb, var(--_accent) 14%, transparent),
        color-mix(in srgb, var(--_accent) 30%, transparent)
      )
    );
    --_track: var(--fte-track, color-mix(in srgb, CanvasText 12%, transparent));
    --_focus: var(--fte-focus, var(--_accent));

    --_radius: var(--fte-radius, 6px);
    --_radius-small: calc(var(--_radius) * 2 / 3);
    --_shadow: var(
      --fte-shadow,
      0 1px 2px light-dark(rgb(0 0 0 / 12%), rgb(0 0 0 / 50%)),
      0 8px 24px light-dark(rgb(0 0 0 / 18%), rgb(0 0 0 / 60%))
    );
    --_row-height: var(--fte-row-height, 36px);
    --_control-height: var(--fte-control-height, 32px);
    --_icon-size: var(--fte-icon-size, 16px);
    --_motion: var(--fte-motion, 120ms);
    --_font-small: var(--fte-font-small, 0.875em);
  }

  :host([density='compact']) {
    --_row-height: var(--fte-row-height, 28px);
    --_control-height: var(--fte-control-height, 28px);
  }

  :host([density='touch']) {
    --_row-height: var(--fte-row-height, 44px);
    --_control-height: var(--fte-control-height, 44px);
  }

  @media (pointer: coarse) {
    :host(:not([density])) {
      --_row-height: var(--fte-row-height, 44px);
      --_control-height: var(--fte-control-height, 44px);
    }
  }

  @media (prefers-contrast: more) {
    :host {
      --_text-muted: currentColor;
      --_border: var(--fte-border, color-mix(in srgb, currentColor 60%, transparent));
    }
  }

  @media (prefers-reduced-motion: reduce) {
    :host {
      --_motion: 0ms;
    }
  }

  @media (forced-colors: active) {
    :host {
      --_accent: Highlight;
      --_accent-text: HighlightText;
      --_danger: CanvasText;
      --_success: CanvasText;
      --_warning: CanvasText;
      --_text-muted: CanvasText;
      --_border: CanvasText;
      --_border-strong: CanvasText;
      --_hover: Canvas;
      --_pressed: Canvas;
      --_selected: Highlight;
      --_raised: Canvas;
      --_track: Canvas;
      --_focus: Highlight;
    }
  }
`;
