import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TransferError } from '../core/errors.js';
import * as format from '../core/format.js';
import type { MessageAt, MessageKey } from '../i18n/en.js';
import { hasLanguage, loadLanguage, onLanguageChange, translate } from '../i18n/index.js';
import type { MessageValues } from '../i18n/messages.js';

/** An element with texts. `locale` and `units`, where given, win over the page's language and the default. */
export interface LocalizedHost extends ReactiveControllerHost, HTMLElement {
  locale?: string | undefined;
  units?: format.SizeUnits | undefined;
}

const watchers = new Set<() => void>();
let observer: MutationObserver | undefined;

/** One observer for all elements of the page: `<html lang>` rarely changes, elements are many. */
function watchPageLanguage(watcher: () => void): () => void {
  watchers.add(watcher);
  if (!observer) {
    observer = new MutationObserver(() => {
      for (const each of [...watchers]) each();
    });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    observer?.disconnect();
    observer = undefined;
  };
}

function nearestLanguage(start: Element): string {
  let node: Element | null = start;
  while (node) {
    const found: Element | null = node.closest('[lang]');
    if (found) {
      const lang = found.getAttribute('lang');
      if (lang) return lang;
      break;
    }
    const root = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return document.documentElement.lang || navigator.language || 'en';
}

function usable(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    // `lang="english"` in a page must not take the element down with it.
    return 'en';
  }
}

const rightToLeftScripts = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg']);

function isRightToLeft(locale: string): boolean {
  return rightToLeftScripts.has(new Intl.Locale(locale).maximize().script ?? '');
}

/** Texts, numbers and dates in the language of the place where the element stands. */
export class LocalizeController implements ReactiveController {
  readonly #host: LocalizedHost;
  #locale = 'en';
  #stop: (() => void)[] = [];

  constructor(host: LocalizedHost) {
    this.#host = host;
    host.addController(this);
  }

  /** BCP 47 tag in use. */
  get locale(): string {
    return this.#locale;
  }

  /** Numbers inside English sentences are written the English way, also on a page in a language we do not speak. */
  get #formats(): string {
    const isSpoken = this.#locale.toLowerCase().startsWith('en') || hasLanguage(this.#locale);
    return isSpoken ? this.#locale : 'en';
  }

  /** Locale in which numbers, sizes and dates are written. */
  get formatLocale(): string {
    return this.#formats;
  }

  /** Of the sentences: those of a page in a language we do not speak are English, whatever the page's direction. */
  get direction(): 'ltr' | 'rtl' {
    return hasLanguage(this.#locale) && isRightToLeft(this.#locale) ? 'rtl' : 'ltr';
  }

  hostConnected(): void {
    const update = () => {
      this.#resolve();
      this.#host.requestUpdate();
    };
    this.#stop = [watchPageLanguage(update), onLanguageChange(() => this.#host.requestUpdate())];
    const before = this.#locale;
    this.#resolve();
    // It may have been put into a part of the page that is in another language.
    if (this.#locale !== before) this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
  }

  hostUpdate(): void {
    if (this.#host.locale !== undefined) this.#resolve();
  }

  #resolve(): void {
    const locale = usable(this.#host.locale || nearestLanguage(this.#host));
    if (locale === this.#locale) return;
    this.#locale = locale;
    void loadLanguage(locale);
  }

  /** A text of the catalogue, filled in. */
  text<K extends MessageKey>(key: K, ...values: MessageValues<MessageAt<K>>): string {
    return translate(this.#locale, key, ...values);
  }

  /**
   * What to tell the person about an error. In English the error's own sentence, which knows more; in other languages
   * the sentence for its reason.
   */
  error(error: unknown): string {
    if (!(error instanceof TransferError)) return this.text('errors.unknown');
    if (error.message && !hasLanguage(this.#locale)) return error.message;
    return this.text(`errors.${error.reason}`);
  }

  number(value: number): string {
    return format.formatNumber(value, this.#formats);
  }

  /** Bytes. */
  size(bytes: number): string {
    return format.formatSize(bytes, this.#formats, this.#host.units);
  }

  exactSize(bytes: number): string {
    return format.formatExactSize(bytes, this.#formats);
  }

  /** Bytes per second. */
  speed(bytesPerSecond: number): string {
    return format.formatSpeed(bytesPerSecond, this.#formats, this.#host.units);
  }

  /** Share from 0 to 1. */
  percent(share: number): string {
    return format.formatPercent(share, this.#formats);
  }

  /** Seconds. */
  duration(seconds: number): string {
    return format.formatDuration(seconds, this.#formats);
  }

  /** Milliseconds since 1970. */
  relativeDate(time: number): string {
    return format.formatRelativeDate(time, this.#formats);
  }

  /** Milliseconds since 1970. */
  dateTime(time: number): string {
    return format.formatDateTime(time, this.#formats);
  }

  /** Milliseconds since 1970. */
  exactDate(time: number): string {
    return format.formatExactDate(time, this.#formats);
  }

  /** `a, b and c` as the locale writes it. */
  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.#formats, { type: 'conjunction' }).format(items);
  }
}
