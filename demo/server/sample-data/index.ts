import { noise, pdf, png } from './binary-files.js';
import { csv, fastq } from './text-files.js';

/** One sample file; its bytes are made when they are needed. */
export interface SampleFile {
  key: string;
  type: string;
  bytes: () => Buffer;
}

/** Written last: when it is there, the samples are complete. */
export const lastSampleKey = 'Read me first.txt';

const text = (words: string) => () => Buffer.from(`${words}\n`);

/** The sample bucket. `few` leaves out the large table and the folder of 12,000. */
export function* sampleFiles(amount: 'full' | 'few'): Generator<SampleFile> {
  const full = amount === 'full';
  yield { key: 'runs/2026/reads_R1.fastq', type: 'text/plain', bytes: () => fastq(full ? 12_000 : 500, 1) };
  yield { key: 'runs/2026/reads_R2.fastq', type: 'text/plain', bytes: () => fastq(full ? 12_000 : 500, 2) };
  yield { key: 'runs/2026/reads.bam', type: 'application/octet-stream', bytes: () => noise(9_000_000, 3) };
  yield { key: 'runs/2025/reads.bam', type: 'application/octet-stream', bytes: () => noise(400_000, 4) };
  yield { key: 'tables/survey-2025.csv', type: 'text/csv', bytes: () => csv(full ? 100_000 : 2_000, 5) };
  for (let plate = 1; plate <= 3; plate++) {
    for (let well = 1; well <= 4; well++) {
      const key = `microscopy/plate ${plate}/well ${String.fromCharCode(64 + well)}${plate}.png`;
      yield { key, type: 'image/png', bytes: () => png(320, 240, plate * 10 + well) };
    }
  }
  yield {
    key: 'reports/Annual report 2025.pdf',
    type: 'application/pdf',
    bytes: () =>
      pdf('Annual report 2025', [
        'What was measured, where, and by whom.',
        'Sample data (made up) for the demo.',
      ]),
  };
  for (const [depth, path] of ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/b/c/d/e'].entries()) {
    yield {
      key: `nested/${path}/level ${depth + 1}.txt`,
      type: 'text/plain',
      bytes: text(`Level ${depth + 1}`),
    };
  }
  yield { key: 'nested/an empty folder/', type: 'application/x-directory', bytes: () => Buffer.alloc(0) };
  for (const name of oddNames) {
    yield { key: `names/${name}`, type: 'text/plain', bytes: text(`This file is called ${name}`) };
  }
  yield { key: 'empty.bin', type: 'application/octet-stream', bytes: () => Buffer.alloc(0) };
  if (full) {
    for (let frame = 1; frame <= 12_000; frame++) {
      const key = `frames (12,000)/frame-${String(frame).padStart(5, '0')}.json`;
      yield { key, type: 'application/json', bytes: text(JSON.stringify({ frame, seconds: frame / 25 })) };
    }
  }
  yield {
    key: lastSampleKey,
    type: 'text/plain',
    bytes: text('Everything in this bucket was made up by the demo. Rename it, delete it, add to it.'),
  };
}

/** Names that break naive code: every one of these has cost somebody a file. */
export const oddNames = [
  'with spaces.txt',
  'Füße und Öfen.txt',
  'Fu\u0308ße decomposed.txt',
  'emoji 🧬🔬.txt',
  'hash #1.txt',
  'question?.txt',
  '100% sure.txt',
  'a+b=c.txt',
  `"double" and 'single'.txt`,
  'semi;colon,comma&and.txt',
  '.leading dot',
  '日本語のファイル.txt',
  'a-very-long-name-that-does-not-fit-into-any-column-of-any-file-browser-without-being-shortened-somewhere-in-the-middle-0042.txt',
] as const;
