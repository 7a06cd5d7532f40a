import type { CheckResult } from './checks.js';
import type { Driver } from './driver.js';
import type { SoakOptions } from './options.js';
import type { Troubles } from './trouble.js';

/** What was done and what came of it, as Markdown. */
export function writeReport({
  options,
  driver,
  troubles,
  results,
  began,
  calmSince,
  failedBefore,
}: {
  options: SoakOptions;
  driver: Driver;
  troubles: Troubles;
  results: readonly CheckResult[];
  began: number;
  calmSince: number;
  failedBefore: number;
}): string {
  const { seed, minutes, files, browser } = options;
  const seconds = Math.round((calmSince - began) / 1000);
  const size = driver.account.ledger.files.reduce((sum, file) => sum + file.size, 0);
  const kinds = new Map<string, number>();
  for (const { kind } of troubles.log) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const reasons = new Map<string, number>();
  for (const { report } of driver.account.failures) {
    const reason = report.reason ?? 'none';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const listed = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([what, count]) => `- ${what}: ${count}`);
  const lines = [
    `# Soak: seed ${seed}, ${browser}`,
    '',
    `${files} files, ${Math.round(size / 1024 ** 2)} MiB, trouble for ${minutes} minutes, ${seconds} s in all. ${failedBefore} files had failed when the trouble ended.`,
    '',
    '## What was done',
    '',
    ...listed(driver.account.counts),
    '',
    '## What went wrong on purpose',
    '',
    ...listed(kinds),
    '',
    '## Reasons given on the way',
    '',
    ...listed(reasons),
    '',
    '## What holds',
    '',
  ];
  for (const { what, problems, note } of results) {
    lines.push(`- ${problems.length === 0 ? 'yes' : 'NO'}: ${what}${note ? ` (${note})` : ''}`);
    for (const problem of problems.slice(0, 40)) lines.push(`  - ${problem}`);
    if (problems.length > 40) lines.push(`  - and ${problems.length - 40} more`);
  }
  return `${lines.join('\n')}\n`;
}
