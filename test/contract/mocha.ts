import type { Runner } from './describe-adapter.js';

/** The suite in browsers. */
export const mocha: Runner = {
  describe: (title, body) => describe(title, body),
  it: (title, body) =>
    it(title, async function () {
      // Thousands of entries, or 64 MiB there and back.
      this.timeout(180_000);
      const result = await body();
      if (!result) return;
      // Mocha takes no reason; the title is what is printed.
      this.test!.title += `: ${result.skipped}`;
      this.skip();
    }),
  before: body =>
    before(function () {
      this.timeout(60_000);
      return body();
    }),
  after: body => after(body),
};
