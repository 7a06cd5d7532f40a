/** A tree of files whose names no disk should be given as they are. */

const hostile = [
  '..',
  '.',
  '../../escape.txt',
  'C:',
  'C:\\windows\\x',
  'con',
  'NUL.txt',
  'COM1.log',
  'end.',
  'end ',
  ' start',
  '~lock',
  'desktop.ini',
  'link.lnk',
  'page.url',
  'shell.scf',
  'a:b*c?d"e<f>g|h',
  'tab\tbell\u0007',
  'rtl\u202egpj.exe',
  'Readme',
  'README',
  'readme',
  'é.txt',
  'e\u0301.txt',
  '100%.txt',
  'a%2Fb',
  'deep//empty',
  `${'long'.repeat(60)}.fastq.gz`,
  `${'é'.repeat(140)}.txt`,
  '😀'.repeat(70),
  'notes.txt~',
  'Thumbs.db',
  '.~lock.f.odt#',
  '...',
  '..txt',
  '. .',
  'panel.{21EC2020-3AEA-1069-A2DD-08002B30309D}',
  '👩\u200d🔬 results.csv',
  'می\u200cخواهم.pdf',
  'co\u00adoperation.pdf',
  'plan\u00a0',
  '\u3000表.xlsx',
  'not\ufdd0a character',
];

/** So many keys below `tree/`, the hostile ones in each of the first ten folders. */
export function keysOfTree(count: number): string[] {
  const keys: string[] = [];
  for (let folder = 0; folder < 10; folder += 1) {
    for (const name of hostile) keys.push(`tree/f${folder}/${name}`);
  }
  for (let index = keys.length; index < count; index += 1) {
    keys.push(`tree/f${index % 50}/sub ${index % 7}/reads_${index}.txt`);
  }
  return keys;
}

/** Whether a page can ask for it: browsers resolve `.` and `..` in every URL, however they are written. */
export const isAddressable = (key: string): boolean =>
  !key.split('/').some(segment => segment === '.' || segment === '..');

/** What stands against a local path; undefined: every common file system takes it, and every browser. */
export function refusalOf(path: string): string | undefined {
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.' || segment === '..') return 'leads elsewhere';
    if (/[\p{Cc}\p{Cf}\p{Noncharacter_Code_Point}\\:*?"<>|]/u.test(segment)) return 'forbidden character';
    if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(segment)) return 'reserved on Windows';
    if (/^\.?[\s~]|^\.\.|[\s.~]$/u.test(segment)) return 'forbidden at its end';
    if (/\.(?:lnk|url|scf|\{.*\})$|^(?:desktop\.ini|thumbs\.db)$/i.test(segment)) return 'dangerous';
    if (Buffer.byteLength(segment) > 255 - '.crswap'.length) return 'too long';
  }
  return undefined;
}
