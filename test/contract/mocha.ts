import type { Runner } from './describe-adapter.js';

/** The suite in browsers. */
export const mocha: Runner = {
  describe: (title, body) => describe(title, body),
  it: (title, body) =>
    it(title, function () {
      this.timeout(60_000);
      return body();
    }),
  before: body =>
    before(function () {
      this.timeout(60_000);
      return body();
    }),
  after: body => after(body),
};
