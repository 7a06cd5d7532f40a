/**
 * Loads languages. English is always there; others come by dynamic import when an element is first shown in them,
 * or from the page by {@link registerLanguage}.
 */
import { type Area, type English, en, type MessageAt, type MessageKey } from './en.js';
import { fillMessage, type Message, type MessageValues, type Translation } from './messages.js';

/** All texts in another language. */
export type Language = { readonly [A in Area]: Translation<English[A]> };
/** Some texts: what is absent is shown in English, so a page can also replace single sentences. */
export type PartialLanguage = { readonly [A in Area]?: Partial<Translation<English[A]>> };

const loaders: Record<string, () => Promise<PartialLanguage>> = {
  de: async () => (await import('./de.js')).de,
};
const loaded = new Map<string, PartialLanguage>();
const loading = new Map<string, Promise<void>>();
const replacements = new Map<string, PartialLanguage>();
const listeners = new Set<() => void>();

const notify = () => {
  for (const listener of [...listeners]) listener();
};

/** Calls `listener` whenever a language has arrived. Returns the way to stop. */
export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Adds a language, or replaces single texts of one (`en` too).
 *
 * @param locale a BCP 47 tag, such as `fr` or `pt-BR`
 */
export function registerLanguage(locale: string, texts: PartialLanguage): void {
  const key = locale.toLowerCase();
  const before = replacements.get(key) ?? {};
  const merged: Record<string, object> = { ...before };
  for (const [area, messages] of Object.entries(texts)) merged[area] = { ...merged[area], ...messages };
  replacements.set(key, merged as PartialLanguage);
  notify();
}

/** `de-AT` → `de-at`, `de`. */
function lookupChain(locale: string): string[] {
  const parts = locale.toLowerCase().split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}

/** Starts loading the texts of a locale where we have them. Resolves when they are there, also when there are none. */
export async function loadLanguage(locale: string): Promise<void> {
  for (const key of lookupChain(locale)) {
    const load = loaders[key];
    if (!load || loaded.has(key)) continue;
    let pending = loading.get(key);
    if (!pending) {
      pending = load().then(
        texts => {
          loaded.set(key, texts);
          notify();
        },
        // A language that cannot be fetched is no reason to show nothing: English stays, the next element retries.
        () => {
          loading.delete(key);
        },
      );
      loading.set(key, pending);
    }
    await pending;
  }
}

function find(table: PartialLanguage | undefined, area: string, name: string): Message | undefined {
  const messages = table?.[area as Area] as Readonly<Record<string, Message>> | undefined;
  return messages?.[name];
}

/** The message in the best language there is, and the locale whose rules it follows. */
function lookUp(locale: string, key: string): { message: Message; locale: string } {
  const dot = key.indexOf('.');
  const area = key.slice(0, dot);
  const name = key.slice(dot + 1);
  for (const candidate of lookupChain(locale)) {
    const message = find(replacements.get(candidate), area, name) ?? find(loaded.get(candidate), area, name);
    if (message !== undefined) return { message, locale };
  }
  const english = find(replacements.get('en'), area, name) ?? find(en, area, name) ?? key;
  return { message: english, locale: locale.toLowerCase().startsWith('en') ? locale : 'en' };
}

/** Whether texts of this locale's language, other than English, are there now. */
export function hasLanguage(locale: string): boolean {
  return lookupChain(locale).some(key => loaded.has(key) || (key !== 'en' && replacements.has(key)));
}

/** One text, filled in. */
export function translate<K extends MessageKey>(
  locale: string,
  key: K,
  ...[values]: MessageValues<MessageAt<K>>
): string {
  const found = lookUp(locale, key);
  return fillMessage(found.message, (values ?? {}) as Record<string, string | number>, found.locale);
}
