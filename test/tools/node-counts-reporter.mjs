/** A `node --test` reporter that writes one JSON object: the counts of all tests. */
import { resolve } from 'node:path';

export default async function* countTests(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    const standsForFile =
      data.nesting === 0 && data.file !== undefined && resolve(data.name) === resolve(data.file);
    if (type === 'test:fail') {
      // The failure of a file's wrapper repeats its tests' failures, unless the file itself broke off.
      if (!standsForFile || data.details?.error?.failureType !== 'subtestsFailed') counts.failed += 1;
    } else if (standsForFile) {
      // Node counts a file without any test as a passed test.
      counts.failed += 1;
      process.stderr.write(`${data.name} holds no test.\n`);
    } else if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  }
  yield JSON.stringify(counts);
}
