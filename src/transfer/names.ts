/**
 * Local names for remote paths (design.md §4, rule 18). Remote names are hostile or at least foreign: they may climb
 * out of the chosen folder, be reserved on this system, differ in case only, or be too long.
 *
 * What a file system refuses is written as `%XX` (its UTF-8 bytes), so that {@link remoteName} finds the remote name
 * again. Two changes cannot be undone from the name alone: Unicode composition (NFC) and shortening.
 */
import { toHex } from './checksum/bytes.js';
import { createCrc } from './checksum/crc.js';
import { numberedPath } from './upload/free-name.js';

const encoder = new TextEncoder();

/**
 * UTF-8 bytes: the 255 that every file system in use takes, without the `.crswap` that Chromium adds to the name of the
 * file beside it into which it writes.
 */
const longestName = 248;

/** Stands for an empty segment (`a//b`). */
const emptySegment = '%_';

/**
 * Characters that no name may hold on some system, controls, and those that reorder or hide text. Chromium refuses all
 * format characters (Cf) in a folder of the disk, the joiners of emoji and of Persian words included, and Unicode's
 * noncharacters.
 */
const forbidden = /[\p{Cc}\p{Cf}\p{Noncharacter_Code_Point}<>:"|?*\\/\u2028\u2029\u2065\ufffc-\uffff]/u;
/** What Chromium refuses at the end of a name in a folder of the disk. */
const refusedEnd = /[\s.~]$/u;
/** And at its start, or behind the dot of a hidden file. */
const refusedStart = /^\.?[\s~]|^\.\./u;
/** A percent sign that would be read as the start of an escape. */
const ambiguousPercent = /^%(?:[0-9a-f]{2}|u[0-9a-f]{4})/iu;
const loneSurrogate = /[\ud800-\udfff]/u;
/** Device names on Windows, with or without an extension. */
const reserved =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$|clock\$) *(?:\.|$)/iu;
/** Files that Windows acts upon when it shows their folder; Chromium refuses them everywhere. */
const acting = /^(?:desktop\.ini|thumbs\.db)$|\.(?:lnk|scf|url|pif|library-ms|search-ms|crswap|\{[^.]*\})$/iu;

const byteLength = (text: string): number => encoder.encode(text).length;

function escapeCharacter(character: string): string {
  if (loneSurrogate.test(character)) {
    return `%u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return Array.from(
    encoder.encode(character),
    byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

const escapeAt = (text: string, index: number): string =>
  text.slice(0, index) + escapeCharacter(text.charAt(index)) + text.slice(index + 1);

/** Everything but the length. */
function escapeSegment(segment: string): string {
  if (segment === '') return emptySegment;
  if (segment === emptySegment) return '%25_';
  const composed = segment.normalize('NFC');
  let name = '';
  let index = 0;
  for (const character of composed) {
    const refused =
      character === '%'
        ? ambiguousPercent.test(composed.slice(index, index + 6))
        : forbidden.test(character) || loneSurrogate.test(character);
    name += refused ? escapeCharacter(character) : character;
    index += character.length;
  }
  if (/^\.{1,2}$/.test(name)) return name.replaceAll('.', '%2E');
  if (refusedEnd.test(name)) name = escapeAt(name, name.length - 1);
  if (refusedStart.test(name)) name = escapeAt(name, name.startsWith('.') ? 1 : 0);
  if (reserved.test(name)) name = escapeAt(name, 0);
  // Again for what comes to stand at the end: `.{a}.{b}`.
  while (acting.test(name)) name = escapeAt(name, name.lastIndexOf('.'));
  // An accent must not become one with the last digit of an escape.
  return name.replace(/(?<=%[0-9A-F]{2}|%u[0-9A-F]{4})\p{M}+/gu, marks =>
    Array.from(marks, escapeCharacter).join(''),
  );
}

/** Name and extension; of `.tar.gz` and the like both parts, of a dot file none. */
function splitExtension(name: string): [stem: string, extension: string] {
  const extension = /(?!^)(?:\.[a-z0-9]{1,10})?\.[a-z0-9]{1,16}$/iu.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - extension.length), extension];
}

/** The beginning of a text in at most `most` UTF-8 bytes; never half a character or half an escape. */
function cut(text: string, most: number): string {
  let kept = '';
  let bytes = 0;
  for (const [piece] of text.matchAll(
    /%u[0-9A-F]{4}|%[0-7][0-9A-F]|%[C-F][0-9A-F](?:%[89AB][0-9A-F])+|\P{M}\p{M}{0,8}|./gsu,
  )) {
    bytes += byteLength(piece);
    if (bytes > most) break;
    kept += piece;
  }
  return kept;
}

/** Puts `mark` before the extension and keeps the whole within the limit. */
function withMark(name: string, mark: string): string {
  const [stem, extension] = splitExtension(name);
  return cut(stem, longestName - byteLength(mark) - byteLength(extension)) + mark + extension;
}

/** The `number`th name to try for a local file whose own name is taken; as long as a file system takes. */
export function numberedName(name: string, number: number): string {
  const numbered = numberedPath(name, number);
  return byteLength(numbered) <= longestName ? numbered : withMark(name, ` (${number})`);
}

/**
 * A name that every usual file system takes, for one segment of a remote path. Names of more than 248 bytes are
 * shortened; a fingerprint keeps them apart and the extension stays.
 */
export function localName(segment: string): string {
  const name = escapeSegment(segment);
  if (byteLength(name) <= longestName) return name;
  const fingerprint = createCrc('crc32');
  fingerprint.update(encoder.encode(name));
  return withMark(name, `~${toHex(fingerprint.digest())}`);
}

/** The remote segment (composed, NFC) that {@link localName} made this name from, unless it was shortened. */
export function remoteName(name: string): string {
  if (name === emptySegment) return '';
  return name.replace(/%u([0-9A-F]{4})|(?:%[0-9A-F]{2})+/gu, (escaped, surrogate: string | undefined) => {
    if (surrogate !== undefined) return String.fromCharCode(Number.parseInt(surrogate, 16));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      Uint8Array.from(escaped.slice(1).split('%'), hex => Number.parseInt(hex, 16)),
    );
  });
}

/** Equal for names that some file system takes for one. */
export const fold = (name: string): string =>
  name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');

interface Folder {
  /**
   * Local name of each remote segment; files and folders apart, because a key `a` and a key `a/b` may both exist. Files
   * by segment and source.
   */
  readonly files: Map<string, string>;
  readonly folders: Map<string, { readonly name: string; readonly folder: Folder }>;
  /** Folded local names in use. */
  readonly taken: Set<string>;
  /** The last number that was given, or was found taken, by what {@link numberedAlike} says of a name. */
  readonly numbers: Map<string, number>;
}

const newFolder = (): Folder => ({
  files: new Map(),
  folders: new Map(),
  taken: new Set(),
  numbers: new Map(),
});

/** Bytes that the number of a name takes at most. */
const longestNumber = 20;

/**
 * Equal for names that, with the same number, some file system takes for one, whatever the number. Names that have to be
 * cut for their number are each alike only to themselves: they may be cut at different places.
 */
const numberedAlike = (name: string): string =>
  byteLength(name) + longestNumber > longestName ? name : fold(withMark(name, '*'));

function freeName(folder: Folder, segment: string): string {
  const { taken, numbers } = folder;
  const wanted = localName(segment);
  let name = wanted;
  if (taken.has(fold(name))) {
    // No name is ever given back, so what was taken need not be tried again: thousands may want this one.
    const alike = numberedAlike(wanted);
    let number = numbers.get(alike) ?? 1;
    do {
      number += 1;
      name = withMark(wanted, ` (${number})`);
    } while (taken.has(fold(name)));
    numbers.set(alike, number);
  }
  taken.add(fold(name));
  return name;
}

/**
 * Gives every remote path of one download its own local place. The same path always gets the same place, and the same
 * paths in the same order get the same places in another run. Paths that would fall together on a file system that
 * folds case or Unicode forms are numbered instead.
 */
export class LocalNames {
  readonly #root = newFolder();

  /**
   * Local segments for a file. One whose path ends in `/` (object stores have such) lies in the folder of that name,
   * which may hold other files too. `source`: what tells files of one such path apart (files of several folders, asked
   * for by themselves); each has a place of its own.
   */
  place(path: string, source = ''): readonly string[] {
    const segments = path.split('/');
    const last = segments.pop()!;
    const place: string[] = [];
    let folder = this.#root;
    for (const segment of segments) {
      let known = folder.folders.get(segment);
      if (known === undefined) {
        known = { name: freeName(folder, segment), folder: newFolder() };
        folder.folders.set(segment, known);
      }
      place.push(known.name);
      folder = known.folder;
    }
    const key = `${last}\n${source}`;
    let name = folder.files.get(key);
    if (name === undefined) {
      name = freeName(folder, last);
      folder.files.set(key, name);
    }
    place.push(name);
    return place;
  }
}
