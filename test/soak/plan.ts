/** What is to be stored where: names, sizes and storages of all files of a run. */
import { Random } from './random.js';

export const storageNames = [
  's3',
  's3-put',
  'deep-origin',
  'smarts-bio',
  'invenio',
  'deep-lake',
  'ubiops',
] as const;
export type StorageName = (typeof storageNames)[number];

export interface PlannedFile {
  /** Number of the file in the run; its content follows from it. */
  readonly file: number;
  readonly storage: StorageName;
  readonly path: string;
  readonly size: number;
  /** Lies on the browser's disk, and a handle of it is given along, so that it can be read again after a reload. */
  readonly isKept: boolean;
  /** No storage can have a file of this name, so it must be refused. */
  readonly isImpossible: boolean;
  /** A storage may refuse the name, and then has to say that it is the name. */
  readonly isDubious: boolean;
}

const KiB = 1024;
const MiB = 1024 ** 2;

/** From this size on files lie on the browser's disk. Somewhat below what goes up in parts. */
const keptFrom = 4 * MiB;

const shares: readonly { readonly storage: StorageName; readonly weight: number }[] = [
  { storage: 's3', weight: 42 },
  { storage: 's3-put', weight: 16 },
  { storage: 'deep-origin', weight: 9 },
  { storage: 'smarts-bio', weight: 9 },
  { storage: 'invenio', weight: 6 },
  { storage: 'deep-lake', weight: 7 },
  { storage: 'ubiops', weight: 11 },
];

const sizes: readonly { readonly weight: number; readonly least: number; readonly most: number }[] = [
  { weight: 2, least: 0, most: 0 },
  { weight: 58, least: 1, most: 48 * KiB },
  { weight: 24, least: 48 * KiB, most: MiB },
  { weight: 9.5, least: MiB, most: 5 * MiB },
  { weight: 4.5, least: 5 * MiB, most: 20 * MiB },
  { weight: 2, least: 20 * MiB, most: 64 * MiB },
];

/** Names that a storage has to keep as they are, whatever a URL, a form or an XML document makes of them. */
const hostile = [
  'probe 1 + 2 = 3.txt',
  'sale 50%.csv',
  '%2e%2e%2fetc.txt',
  '%00.bin',
  'what?.md',
  'a#b.txt',
  'x&y=z;q.txt',
  '"quoted".txt',
  "o'clock.txt",
  '<script>alert(1)</script>.html',
  'back\\slash.txt',
  'tab\there.txt',
  ' leading and trailing ',
  '...dots...',
  '.hidden',
  '~$lock.docx',
  'con.txt',
  'nul',
  'a:b|c*.txt',
  'überprüfung.txt',
  'u\u0308berpru\u0308fung.txt',
  '基因组.fastq',
  'ملف.txt',
  'right\u202eto-left.txt',
  '🧬🧪.bam',
  'zero\u200bwidth.txt',
  'line\u2028separator.txt',
  `${'long-'.repeat(30)}end.txt`,
  'a{b}[c]^`.txt',
  '@at,comma;semicolon.txt',
];

/** Names that mean another place, or none. */
const impossible = ['..', '.', 'lone\ud800surrogate.txt'];

const folders = [
  '',
  'runs/2026/',
  'site 1/day #2/',
  'ümlaut %/ä/',
  'deep/er/and/deeper/',
  '"odd"/<i>/',
  'a+b/c&d/',
];

export function planFiles(seed: number, count: number): PlannedFile[] {
  const random = new Random(seed);
  const files: PlannedFile[] = [];
  for (let file = 0; file < count; file++) {
    const { storage } = random.weighted(shares);
    const { least, most } = random.weighted(sizes);
    const size = random.whole(least, most);
    const isImpossible = random.chance(0.004);
    const name = isImpossible
      ? random.pick(impossible)
      : random.chance(0.2)
        ? random.pick(hostile)
        : 'data.bin';
    // The number keeps paths apart and lies in a folder of its own: the name stays as hostile as it is.
    const path = `${random.pick(folders)}${file}/${name}`;
    const isDubious = /[\p{Cc}\u2028\u2029]/u.test(name);
    files.push({ file, storage, path, size, isKept: size >= keptFrom, isImpossible, isDubious });
  }
  return files;
}
