import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly seed: number;
  /** How long trouble lasts; ending well takes some more. */
  readonly minutes: number;
  readonly files: number;
  readonly browser: 'chromium' | 'firefox';
  /** Where the report is written, beside standard output. */
  readonly report: string | undefined;
  /** Says what happens while it happens. */
  readonly verbose: boolean;
}

const usage = `npm run soak -- [--minutes 20] [--files 2000] [--seed N] [--browser chromium|firefox] [--report FILE] [--verbose]`;

/** @throws Error that tells the usage */
export function soakOptions(argv: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '20' },
      files: { type: 'string', default: '2000' },
      browser: { type: 'string', default: 'chromium' },
      report: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const minutes = Number(values.minutes);
  const files = Number(values.files);
  const { browser, report, verbose } = values;
  const isKnown = browser === 'chromium' || browser === 'firefox';
  if (!Number.isInteger(seed) || !(minutes > 0) || !(Number.isInteger(files) && files > 0) || !isKnown) {
    throw new Error(usage);
  }
  return { seed, minutes, files, browser, report, verbose };
}
