import { after, before, describe, it } from 'node:test';
import { memory } from '../../src/adapters/memory/index.js';
import { describeAdapter } from './describe-adapter.js';
import { memoryContract } from './memory-contract.js';

describeAdapter('memory', {
  ...memoryContract(() => memory()),
  largeFile: 64 * 1024 ** 2,
  runner: { after, before, describe, it: (title, body) => it(title, body) },
});
