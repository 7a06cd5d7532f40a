/** What a person needs to see who reads only the end of a long log. */

/** A few failures may be an accident of a busy machine and are tried once more; more than this is none. */
export const mostFilesToRepeat = 5;

/**
 * @param {{ failures?: string[], flaky?: string[] }} found
 * @returns {string[]}
 */
export function remarks({ failures = [], flaky = [] }) {
  return [
    ...flaky.map(line => `Passed only when run again: ${line}`),
    ...failures.map(line => `Failed: ${line}`),
  ];
}

/** @param {{ failures?: string[], flaky?: string[] }} found */
export function printRemarks(found) {
  for (const line of remarks(found)) process.stdout.write(`${line}\n`);
}
