import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LocalNames, localName, remoteName } from '../../src/transfer/names.js';

const bytes = (text: string) => Buffer.byteLength(text);

/** Any text, with a liking for what hurts. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('%', '.', ' ', '~', ':', '2', '5', 'u', 'E', '_', 'd', '8', '0'),
    maxLength: 12,
  }),
  fc
    .array(
      fc.constantFrom(
        '..',
        '/',
        '\\',
        'C:',
        'con',
        'NUL',
        '.lnk',
        '\u202e',
        '\ud800',
        'é',
        'e\u0301',
        '\u0000',
        '%2e',
        '~',
        '.{',
        '}',
        '\u00a0',
        '\u200c',
        '\u0301',
        '\u{e0067}',
      ),
      {
        maxLength: 6,
      },
    )
    .map(parts => parts.join('')),
);

/** What the names of anchors/download.md 6.5 become: everything that Chromium or Windows refuses. */
const cases: [remote: string, local: string][] = [
  ['reads 1.fastq.gz', 'reads 1.fastq.gz'],
  ['100%', '100%'],
  ['a%20b', 'a%2520b'],
  ['..', '%2E%2E'],
  ['.', '%2E'],
  ['', '%_'],
  ['%_', '%25_'],
  ['.bashrc', '.bashrc'],
  ['C:', 'C%3A'],
  ['a\\..\\b', 'a%5C..%5Cb'],
  ['a:b*c?d"e<f>g|h', 'a%3Ab%2Ac%3Fd%22e%3Cf%3Eg%7Ch'],
  ['con', '%63on'],
  ['NUL.txt', '%4EUL.txt'],
  ['com1', '%63om1'],
  ['console.log', 'console.log'],
  ['end.', 'end%2E'],
  ['end ', 'end%20'],
  [' start', '%20start'],
  ['~lock', '%7Elock'],
  ['desktop.ini', 'desktop%2Eini'],
  ['tool.lnk', 'tool%2Elnk'],
  ['a\u0000b', 'a%00b'],
  ['gpj.\u202eexe', 'gpj.%E2%80%AEexe'],
  ['e\u0301', '\u00e9'],
  ['\ud800', '%uD800'],
  ['👩🏽.txt', '👩🏽.txt'],
  ['👩\u200d💻.txt', '👩%E2%80%8D💻.txt'],
  ['می\u200cخواهم.pdf', 'می%E2%80%8Cخواهم.pdf'],
  ['co\u00adoperation', 'co%C2%ADoperation'],
  ['not\ufdd0\u{1fffe}', 'not%EF%B7%90%F0%9F%BF%BE'],
  ['\u{1f3f4}\u{e0067}\u{e007f}', '\u{1f3f4}%F3%A0%81%A7%F3%A0%81%BF'],
  ['notes.txt~', 'notes.txt%7E'],
  ['~', '%7E'],
  ['Thumbs.db', 'Thumbs%2Edb'],
  ['.~lock.f.odt#', '.%7Elock.f.odt#'],
  ['..txt', '.%2Etxt'],
  ['...', '.%2E%2E'],
  ['. .', '.%20%2E'],
  ['plan\u00a0', 'plan%C2%A0'],
  ['\u3000表.xlsx', '%E3%80%80表.xlsx'],
  ['a\u00a0b', 'a\u00a0b'],
  ['a.{21EC}', 'a%2E{21EC}'],
  ['a.{b', 'a.{b'],
  ['.{a}.{b}', '%2E{a}%2E{b}'],
  ['\u200c\u0301', '%E2%80%8C%CC%81'],
];

describe('local names', () => {
  for (const [remote, local] of cases) {
    it(`writes ${JSON.stringify(remote)} as ${JSON.stringify(local)}`, () => {
      assert.equal(localName(remote), local);
      assert.equal(remoteName(local), remote.normalize('NFC'));
    });
  }

  it('are taken by every file system, whatever the remote name', () => {
    fc.assert(
      fc.property(nasty, remote => {
        const name = localName(remote.replaceAll('/', ''));
        assert.ok(name.length > 0 && bytes(name) <= 248);
        assert.doesNotMatch(name, /[/\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/u);
        assert.doesNotMatch(name, /[\s.~]$|^\.?[\s~]|^\.\./);
        assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        assert.doesNotMatch(name, /\.(lnk|scf|url|\{[^.]*\})$/i);
        assert.equal(name, name.normalize('NFC'));
      }),
      { numRuns: 2000 },
    );
  });

  it('lead back to the remote name', () => {
    fc.assert(
      fc.property(nasty, remote => {
        const segment = remote.replaceAll('/', '').slice(0, 20);
        assert.equal(remoteName(localName(segment)), segment.normalize('NFC'));
      }),
      { numRuns: 2000 },
    );
  });

  it('keep the extension and stay apart when they are shortened', () => {
    const one = localName(`${'ä'.repeat(200)}1.fastq.gz`);
    const two = localName(`${'ä'.repeat(200)}2.fastq.gz`);
    assert.notEqual(one, two);
    for (const name of [one, two]) {
      assert.ok(bytes(name) <= 248 && bytes(name) > 240);
      assert.match(name, /^ä+~[0-9a-f]{8}\.fastq\.gz$/);
    }
    assert.match(localName(':'.repeat(100)), /^(%3A)+~[0-9a-f]{8}$/);
    assert.match(localName(`.${'x'.repeat(300)}`), /^\.x+~[0-9a-f]{8}$/);
  });
});

describe('places of many remote paths', () => {
  it('stay below the chosen folder', () => {
    const names = new LocalNames();
    assert.deepEqual(names.place('../../etc/passwd'), ['%2E%2E', '%2E%2E', 'etc', 'passwd']);
    assert.deepEqual(names.place('/etc/passwd'), ['%_', 'etc', 'passwd']);
    assert.deepEqual(names.place('C:/x'), ['C%3A', 'x']);
  });

  it('keep a file whose key ends in a slash beside the files of the folder of that name', () => {
    const names = new LocalNames();
    assert.deepEqual(names.place('run/'), ['run', '%_']);
    assert.deepEqual(names.place('run/reads.bam'), ['run', 'reads.bam']);
    assert.equal(remoteName('%_'), '');
  });

  it('keep both of two names that fold into one', () => {
    const names = new LocalNames();
    assert.deepEqual(names.place('Readme.md'), ['Readme.md']);
    assert.deepEqual(names.place('README.md'), ['README (2).md']);
    assert.deepEqual(names.place('a/1'), ['a', '1']);
    assert.deepEqual(names.place('A/1'), ['A (2)', '1']);
    assert.deepEqual(names.place('a'), ['a (3)']);
    assert.deepEqual(names.place('é'), ['é']);
    assert.deepEqual(names.place('e\u0301'), ['é (2)']);
    assert.deepEqual(names.place('README.md'), ['README (2).md'], 'the same path, the same place');
  });

  it('keep both of two files of one name from different folders', () => {
    const names = new LocalNames();
    assert.deepEqual(names.place('x.txt', 'a/x.txt'), ['x.txt']);
    assert.deepEqual(names.place('x.txt', 'b/x.txt'), ['x (2).txt']);
    assert.deepEqual(names.place('x.txt', 'a/x.txt'), ['x.txt'], 'the same file, the same place');
  });

  it('number files of one name on, whatever its case, and leave out what is taken', () => {
    const names = new LocalNames();
    assert.deepEqual(names.place('x (4).txt'), ['x (4).txt']);
    const places = ['x', 'X', 'x', 'X', 'x'].map((stem, index) => names.place(`${stem}.txt`, `${index}`)[0]);
    assert.deepEqual(places, ['x.txt', 'X (2).txt', 'x (3).txt', 'X (5).txt', 'x (6).txt']);
    assert.deepEqual(names.place('x (4).txt', 'b'), ['x (4) (2).txt']);
    assert.deepEqual(names.place('x', 'b'), ['x']);
  });

  it('number names that have to be cut for it as long as each needs', () => {
    const names = new LocalNames();
    const long = `${'ß'.repeat(122)}.txt`;
    for (const source of ['a', 'b', 'c']) names.place(long, source);
    assert.deepEqual(names.place(long, 'd'), [`${'ß'.repeat(120)} (4).txt`]);
    assert.deepEqual(names.place(`${'SS'.repeat(122)}.txt`, 'e'), [`${'S'.repeat(240)} (5).txt`]);
  });

  it('look no harder for the hundredth file of a name than for the tenth', t => {
    const names = new LocalNames();
    const normalized = t.mock.method(String.prototype, 'normalize');
    const effort = (source: number): number => {
      const before = normalized.mock.callCount();
      names.place('data.csv', `run${source}/data.csv`);
      return normalized.mock.callCount() - before;
    };
    const efforts = Array.from({ length: 100 }, (_, source) => effort(source));
    assert.equal(efforts[98], efforts[9]);
    assert.deepEqual(names.place('data.csv', 'run99/data.csv'), ['data (100).csv']);
  });

  it('are all different, under case folding too, and none is lost', () => {
    const segment = fc.oneof(nasty, fc.constantFrom('a', 'A', 'b', 'B', 'a (2)', 'ß', 'SS', '%61'));
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 12 }), paths => {
        const names = new LocalNames();
        const files = paths.filter(remote => !remote.endsWith('/'));
        const places = files.map(remote => names.place(remote).join('/').toUpperCase().toLowerCase());
        assert.equal(new Set(places).size, places.length);
        for (const [index, place] of places.entries()) {
          // No file where another one needs a folder.
          assert.ok(!places.some((other, at) => at !== index && other.startsWith(`${place}/`)));
        }
      }),
      { numRuns: 500 },
    );
  });
});
