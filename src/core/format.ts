/** Numbers, sizes, times and names for people. Everything by `Intl`; nothing here knows a language. */

/** `iec`: 1 KiB = 1024 bytes. `si`: 1 kB = 1000 bytes. */
export type SizeUnits = 'iec' | 'si';

const cache = new Map<string, unknown>();

/** `Intl` objects are slow to make and are asked for once a row. */
function intl<T>(kind: string, locale: string, options: object, make: () => T): T {
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  let value = cache.get(key) as T | undefined;
  if (value === undefined) cache.set(key, (value = make()));
  return value;
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return intl('number', locale, options, () => new Intl.NumberFormat(locale, options));
}

/** A plain number with the locale's grouping. */
export function formatNumber(value: number, locale: string): string {
  return numberFormat(locale, {}).format(value);
}

// Intl knows the decimal units by name, but no binary ones.
const decimalUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * A size in bytes with at most three significant digits below 1000: `0 B`, `512 B`, `1.5 KiB`, `10 GB`.
 * A number that rounding lifts to the next unit is written in that unit (`1 MiB`, never `1,024 KiB`).
 */
export function formatSize(bytes: number, locale: string, units: SizeUnits = 'iec'): string {
  const base = units === 'iec' ? 1024 : 1000;
  let value = Math.max(0, bytes);
  let step = 0;
  while (step < binaryUnits.length - 1 && rounded(value) >= base) {
    value /= base;
    step++;
  }
  const digits = fractionDigits(value, step);
  const options = { maximumFractionDigits: digits } satisfies Intl.NumberFormatOptions;
  if (units === 'iec') return `${numberFormat(locale, options).format(value)} ${binaryUnits[step]}`;
  const unit = decimalUnits[step] ?? 'byte';
  // French writes bytes as "o", Russian as "Б": Intl knows.
  return numberFormat(locale, { ...options, style: 'unit', unit, unitDisplay: 'short' })
    .format(value)
    .replace(/bytes?$/i, 'B');
}

/** The size to the byte, for titles and details. */
export function formatExactSize(bytes: number, locale: string): string {
  return numberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(bytes);
}

const fractionDigits = (value: number, step: number): number => {
  if (step === 0 || value >= 99.95) return 0;
  return value >= 9.995 ? 1 : 2;
};

const rounded = (value: number): number => (value >= 99.95 ? Math.round(value) : value);

/** Bytes per second. */
export function formatSpeed(bytesPerSecond: number, locale: string, units: SizeUnits = 'iec'): string {
  // Two digits are enough for a number that moves; more would only flicker.
  const base = units === 'iec' ? 1024 : 1000;
  const step = Math.floor(Math.log(Math.max(1, bytesPerSecond)) / Math.log(base));
  const unit = base ** step;
  const inUnit = bytesPerSecond / unit;
  const calm = inUnit >= 10 ? Math.round(inUnit) : Math.round(inUnit * 10) / 10;
  return `${formatSize(step === 0 ? Math.round(bytesPerSecond) : calm * unit, locale, units)}/s`;
}

/**
 * A share from 0 to 1 as a whole percentage. Rounds down, so that 100 % is shown for everything and for nothing less.
 */
export function formatPercent(share: number, locale: string): string {
  const whole = Math.floor(Math.min(1, Math.max(0, share)) * 100 + 1e-9) / 100;
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(whole);
}

/**
 * A time span, coarse on purpose: seconds go in fives, minutes lose their seconds from ten on, hours
 * keep minutes, days keep hours.
 */
export function formatDuration(seconds: number, locale: string): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day') =>
    numberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const join = (...parts: string[]) => parts.join(' ');
  const total = Math.max(0, seconds);
  if (total < 55) return unit(Math.max(5, Math.ceil(total / 5) * 5), 'second');
  if (total < 570) {
    const minutes = Math.floor((total + 5) / 60);
    const rest = Math.round((total - minutes * 60) / 10) * 10;
    if (minutes >= 5) return unit(Math.ceil(total / 60), 'minute');
    return rest > 0 ? join(unit(minutes, 'minute'), unit(rest, 'second')) : unit(minutes, 'minute');
  }
  const minutes = Math.ceil(total / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    const rest = minutes - hours * 60;
    return rest > 0 ? join(unit(hours, 'hour'), unit(rest, 'minute')) : unit(hours, 'hour');
  }
  const days = Math.floor(hours / 24);
  const rest = hours - days * 24;
  return rest > 0 && days < 10 ? join(unit(days, 'day'), unit(rest, 'hour')) : unit(days, 'day');
}

const relativeSteps = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['week', 604_800],
] as const;

/**
 * How long ago: `just now` as `now`, `5 minutes ago`, `yesterday`; from four weeks on the date.
 *
 * @param time milliseconds since 1970
 * @param now milliseconds since 1970
 */
export function formatRelativeDate(time: number, locale: string, now = Date.now()): string {
  const seconds = (time - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance >= 4 * 604_800) return formatDate(time, locale);
  const relative = intl(
    'relative',
    locale,
    {},
    () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  );
  if (distance < 45) return relative.format(0, 'second');
  let [name, length]: readonly [Intl.RelativeTimeFormatUnit, number] = relativeSteps[0];
  for (const [candidate, size] of relativeSteps) if (distance >= size) [name, length] = [candidate, size];
  // "0 minutes ago" between 45 and 59 seconds would be wrong.
  const count = Math.trunc(seconds / length) || Math.sign(seconds);
  return relative.format(count, name);
}

/** A date without the time. @param time milliseconds since 1970 */
export function formatDate(time: number, locale: string): string {
  const options = { dateStyle: 'medium' } as const;
  return intl('date', locale, options, () => new Intl.DateTimeFormat(locale, options)).format(time);
}

/** Date and time to the minute, for comparing. @param time milliseconds since 1970 */
export function formatDateTime(time: number, locale: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return intl('date', locale, options, () => new Intl.DateTimeFormat(locale, options)).format(time);
}

/** Date and time to the second, for hovering. @param time milliseconds since 1970 */
export function formatExactDate(time: number, locale: string): string {
  const options = { dateStyle: 'long', timeStyle: 'medium' } as const;
  return intl('date', locale, options, () => new Intl.DateTimeFormat(locale, options)).format(time);
}

/** Splits a text where a person would: an emoji with its modifiers is one. */
function graphemes(text: string): string[] {
  const segmenter = intl('graphemes', 'en', {}, () => new Intl.Segmenter('en', { granularity: 'grapheme' }));
  return Array.from(segmenter.segment(text), part => part.segment);
}

/**
 * What must stay visible at the end of a name: the extension (`.tar.gz` as one) and the number or short word before
 * it (`_R1_001`), as runs of a sequencer or scans of a page differ just there.
 */
function nameTail(name: string): string {
  const extension = /(?:\.[A-Za-z][A-Za-z0-9]{0,4})?\.[A-Za-z0-9]{1,10}$/u.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - extension.length);
  const number = /(?:[-_ .()]*[A-Za-z]{0,2}\d{1,8}[)\]]?){1,3}$/u.exec(stem)?.[0] ?? stem.slice(-3);
  return number + extension;
}

/** Names up to this many characters are never divided. */
const shortName = 24;

/** A name in two pieces: the first may be cut short by the layout, the second stays. */
export interface SplitName {
  readonly start: string;
  readonly end: string;
}

/**
 * Divides a name so that CSS can cut the first piece with an ellipsis while extension and number stay visible. The
 * tail takes at most `maxTail` characters.
 */
export function splitName(name: string, maxTail = 16): SplitName {
  const units = graphemes(name);
  let tail = graphemes(nameTail(name)).length;
  if (tail > maxTail) tail = maxTail;
  // A short name fits its column uncut, and whole text can be found in the page and copied; and a piece must be left
  // for the ellipsis.
  if (units.length <= shortName || tail >= units.length) return { start: name, end: '' };
  const cut = units.length - tail;
  return { start: units.slice(0, cut).join(''), end: units.slice(cut).join('') };
}

/** Shortens in the middle to at most `length` characters: `very-long-na…_R1_001.fastq.gz`. */
export function shortenName(name: string, length: number): string {
  const units = graphemes(name);
  if (units.length <= length) return name;
  if (length <= 1) return '…';
  const tail = Math.min(graphemes(nameTail(name)).length, Math.max(1, Math.floor((length - 1) * 0.7)));
  const head = length - 1 - tail;
  return `${units.slice(0, head).join('')}…${units.slice(units.length - tail).join('')}`;
}

const bidiControls = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be made visible
const controls = /[\u0000-\u001F\u007F-\u009F]/gu;

/**
 * A name as it is safe to show: control characters and marks that turn the reading direction round (`exe.gpj` shown
 * as `jpg.exe`) are replaced by a visible sign. Names from servers are hostile (design.md §4, rule 18).
 */
export function displayName(name: string): string {
  return name.replace(bidiControls, '\uFFFD').replace(controls, '\uFFFD');
}
