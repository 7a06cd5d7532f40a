/**
 * Shapes of the texts. A message is a sentence with `{placeholders}`, or one such sentence per plural form of the
 * number given as `count`. Texts are plain data, so that a language is a file that anybody can translate.
 */
export interface PluralMessage {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}
export type Message = string | PluralMessage;
export type Messages = Readonly<Record<string, Message>>;

/** The same keys in another language; what is a plural in English stays one. */
export type Translation<M extends Messages> = {
  readonly [K in keyof M]: M[K] extends string ? string : PluralMessage;
};

type Placeholder<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;
type PlaceholderOf<M> = M extends string
  ? Placeholder<M>
  : M extends { other: infer Other }
    ? Placeholder<Other> | 'count'
    : never;

/** The values a message needs; forgetting one does not compile. */
export type MessageValues<M> = [PlaceholderOf<M>] extends [never]
  ? []
  : [values: Readonly<Record<PlaceholderOf<M>, string | number>>];

const pluralRules = new Map<string, Intl.PluralRules>();
const numberFormats = new Map<string, Intl.NumberFormat>();

function cached<T>(cache: Map<string, T>, locale: string, make: () => T): T {
  let value = cache.get(locale);
  if (!value) cache.set(locale, (value = make()));
  return value;
}

/** Fills a message in: picks the plural form by `count`, writes numbers as the locale does. */
export function fillMessage(
  message: Message,
  values: Readonly<Record<string, string | number>>,
  locale: string,
): string {
  let text: string;
  if (typeof message === 'string') text = message;
  else {
    const rules = cached(pluralRules, locale, () => new Intl.PluralRules(locale));
    text = message[rules.select(Number(values.count ?? 0))] ?? message.other;
  }
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) return placeholder;
    if (typeof value === 'string') return value;
    return cached(numberFormats, locale, () => new Intl.NumberFormat(locale)).format(value);
  });
}
