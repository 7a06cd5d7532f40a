/** A `node --test` reporter that writes one JSON object: the counts of all tests, by file, and what failed. */
import { relative, resolve } from 'node:path';

export default async function* countTests(events) {
  /** @type {Record<string, import('./counts.mjs').Counts & { failures: string[] }>} */
  const files = {};
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    const file = data.file === undefined ? '' : relative(process.cwd(), resolve(data.file));
    files[file] ??= { passed: 0, failed: 0, skipped: 0, failures: [] };
    const counts = files[file];
    const standsForFile =
      data.nesting === 0 && data.file !== undefined && resolve(data.name) === resolve(data.file);
    if (type === 'test:fail') {
      // The failure of a file's wrapper repeats its tests' failures, unless the file itself broke off.
      if (standsForFile && data.details?.error?.failureType === 'subtestsFailed') continue;
      counts.failed += 1;
      const reason = data.details?.error?.cause?.message ?? data.details?.error?.message ?? 'failed';
      counts.failures.push(
        `${file} ${standsForFile ? '' : `${data.name}: `}${String(reason).split('\n', 1)[0]}`,
      );
    } else if (standsForFile) {
      // Node counts a file without any test as a passed test.
      counts.failed += 1;
      counts.failures.push(`${file} holds no test.`);
    } else if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  }
  yield JSON.stringify(files);
}
