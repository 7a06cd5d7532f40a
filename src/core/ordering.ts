import type { Entry } from './entry.js';
import { extensionStart } from './path.js';

/** What rows can be sorted by. A page's own columns add further keys. */
export type SortKey = 'name' | 'size' | 'modified' | 'type' | (string & {});

export interface Sort {
  readonly key: SortKey;
  readonly direction: 'ascending' | 'descending';
}

export type Compare = (a: Entry, b: Entry) => number;

/** Makes comparators for one language. */
export interface OrderingOptions {
  /** BCP 47 tag; default: the runtime's language. */
  readonly locale?: string;
  /** Folders before files in both directions. Default true. */
  readonly foldersFirst?: boolean;
  /** Ascending order of a page's own columns, by sort key. */
  readonly custom?: Readonly<Record<string, Compare>>;
}

/** What an entry shows as its type: the extension says more than `application/octet-stream`. */
export function typeOf(entry: Entry): string {
  if (entry.kind === 'folder') return '';
  const extension = entry.name.slice(extensionStart(entry.name) + 1).toLowerCase();
  return extension === '' || extension.length > 8 ? (entry.type ?? '') : extension;
}

const collators = new Map<string | undefined, Intl.Collator>();

/** Natural order of names: `part 2` before `part 10`. */
export function nameCollator(locale?: string): Intl.Collator {
  let collator = collators.get(locale);
  if (!collator) {
    collator = new Intl.Collator(locale, { numeric: true });
    collators.set(locale, collator);
  }
  return collator;
}

/** Entries without a value come last in both directions, so that what is known is seen first. */
function byNumber(value: (entry: Entry) => number | undefined, sign: 1 | -1): Compare {
  return (a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === right) return 0;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return sign * (left - right);
  };
}

/** A total order: entries that the key does not tell apart go by name, then by id. */
export function comparator(sort: Sort, options: OrderingOptions = {}): Compare {
  const sign = sort.direction === 'descending' ? -1 : 1;
  const collator = nameCollator(options.locale);
  const byName: Compare = (a, b) =>
    collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const custom = options.custom?.[sort.key];
  const chosen: Compare =
    custom !== undefined
      ? (a, b) => sign * custom(a, b)
      : sort.key === 'size'
        ? byNumber(entry => entry.size, sign)
        : sort.key === 'modified'
          ? byNumber(entry => entry.modified, sign)
          : sort.key === 'type'
            ? (a, b) => sign * collator.compare(typeOf(a), typeOf(b))
            : (a, b) => sign * byName(a, b);
  const foldersFirst = options.foldersFirst ?? true;
  return (a, b) => {
    if (foldersFirst && a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
    return chosen(a, b) || byName(a, b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  };
}

/** Case- and accent-tolerant form for filtering. */
export function folded(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant; most names are, and need no more
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** Tells whether a name contains all words of the filter. An empty filter lets everything through. */
export function nameFilter(text: string): (entry: Entry) => boolean {
  const words = folded(text)
    .split(/\s+/)
    .filter(word => word !== '');
  if (words.length === 0) return () => true;
  return entry => {
    const name = folded(entry.name);
    return words.every(word => name.includes(word));
  };
}

/**
 * Adds entries to an ordered array without sorting it again: listings arrive in pages, and a million names compared
 * anew for each page would take minutes. Returns a new array.
 */
export function mergeOrdered(
  ordered: readonly Entry[],
  added: readonly Entry[],
  compare: Compare,
): readonly Entry[] {
  if (added.length === 0) return ordered;
  const fresh = [...added].sort(compare);
  const last = ordered.at(-1);
  if (last === undefined) return fresh;
  if (compare(last, fresh[0]!) <= 0) return ordered.concat(fresh);
  const merged: Entry[] = new Array(ordered.length + fresh.length);
  let from = 0;
  let to = 0;
  for (const entry of fresh) {
    let low = from;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(ordered[middle]!, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    while (from < low) merged[to++] = ordered[from++]!;
    merged[to++] = entry;
  }
  while (from < ordered.length) merged[to++] = ordered[from++]!;
  return merged;
}
