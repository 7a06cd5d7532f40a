import { after, before, describe, it } from 'node:test';
import type { Runner } from './describe-adapter.js';

/** The suite in Node. */
export const node: Runner = {
  after,
  before,
  describe,
  it: (title, body) =>
    it(title, async context => {
      const result = await body();
      if (result) context.skip(result.skipped);
    }),
};
