import { type CSSResultGroup, LitElement, type PropertyDeclarations } from 'lit';
import { AnnounceController } from '../controllers/announce-controller.js';
import { LocalizeController } from '../controllers/localize-controller.js';
import type { SizeUnits } from '../core/format.js';
import { buttonStyles } from '../styles/buttons.js';
import { hostStyles } from '../styles/host.js';
import { tokenStyles } from '../styles/tokens.js';
import { visuallyHiddenStyles } from '../styles/visually-hidden.js';

/** How tall rows and controls are. Absent: normal, or touch where the pointer is a finger. */
export type Density = 'compact' | 'normal' | 'touch';

/**
 * Base of all elements of the kit: shared styles, custom states, texts, announcements, tolerant registration. Adds no
 * behaviour of its own. Lit supplies an empty `HTMLElement` where there is no DOM, so importing is safe on a server.
 *
 * @cssprop [--fte-accent] - Colour of primary controls, progress and focus.
 * @cssprop [--fte-danger] - Colour of failures.
 * @cssprop [--fte-success] - Colour of ends that went well.
 * @cssprop [--fte-radius=6px] - Corner radius.
 * @cssprop [--fte-row-height=36px] - Height of a row.
 */
export abstract class KitElement extends LitElement {
  /** Tag under which {@link define} registers the class by default. */
  static readonly tag: string;

  static override properties: PropertyDeclarations = {
    locale: { type: String },
    units: { type: String },
    density: { type: String, reflect: true },
  };

  /** Language as a BCP 47 tag. Default: the nearest `lang` of the page. */
  declare locale: string | undefined;
  /** Units of sizes: `iec` (KiB, default) or `si` (kB). */
  declare units: SizeUnits | undefined;
  /** Height of rows and controls. Default: by the pointer. */
  declare density: Density | undefined;

  /** Shared sheets; an element's `styles` are `[KitElement.baseStyles, …]`. */
  static readonly baseStyles: CSSResultGroup = [tokenStyles, hostStyles, buttonStyles, visuallyHiddenStyles];
  static override styles: CSSResultGroup = KitElement.baseStyles;

  protected readonly localize: LocalizeController = new LocalizeController(this);
  protected readonly announcer: AnnounceController = new AnnounceController(this);
  #internals: ElementInternals | undefined;

  /**
   * Registers the class, once. Another class under the same tag is left alone, and said once in the console: the tag
   * names are plain words, so a page may have its own.
   */
  // biome-ignore lint/complexity/noThisInStatic: the class that inherits this is meant
  static define(tag: string = this.tag): void {
    const registry = globalThis.customElements;
    if (!registry) return;
    const existing = registry.get(tag);
    // biome-ignore lint/complexity/noThisInStatic: the class that inherits this is meant
    const own = this as unknown as CustomElementConstructor;
    if (existing === own) return;
    if (existing) {
      warnOnce(
        `<${tag}> is already registered by another class, so this page keeps that one. ` +
          `Register this one under another tag: ${own.name}.define('my-${tag}').`,
      );
      return;
    }
    try {
      registry.define(tag, own);
    } catch (cause) {
      // A class can have one tag only; a second one gets an empty subclass.
      if (!(cause instanceof DOMException && cause.name === 'NotSupportedError')) throw cause;
      registry.define(tag, class extends own {});
    }
  }

  /** Made on first use: there is no `attachInternals` where there is no DOM. */
  protected get internals(): ElementInternals {
    this.#internals ??= this.attachInternals();
    return this.#internals;
  }

  /** Switches a custom state, matched by `:state(name)`. */
  protected setState(name: string, on: boolean): void {
    const states = this.internals.states;
    if (!states || states.has(name) === on) return;
    if (on) states.add(name);
    else states.delete(name);
  }

  /** Exactly one state of a group is on. */
  protected setOneState(group: readonly string[], on: string | undefined): void {
    for (const name of group) this.setState(name, name === on);
  }
}

const warned = new Set<string>();

/** Tells whoever built the page something, once. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(`[file-transfer-elements] ${message}`);
}
