import { memory } from '../../src/adapters/memory/index.js';
import { describeAdapter } from './describe-adapter.js';
import { memoryContract } from './memory-contract.js';
import { node } from './node.js';

describeAdapter('memory', {
  ...memoryContract(() => memory()),
  largeFile: 64 * 1024 ** 2,
  runner: node,
});
