import { memory } from '../../src/adapters/memory/index.js';
import { describeAdapter } from './describe-adapter.js';
import { memoryContract } from './memory-contract.js';
import { mocha } from './mocha.js';

for (const folders of ['derived', 'native'] as const) {
  describeAdapter(`memory, ${folders} folders`, {
    ...memoryContract(() => memory({ folders })),
    runner: mocha,
  });
}
