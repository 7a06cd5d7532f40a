import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilityTable, writtenTable } from '../tools/capability-table.js';

test('README.md tells what the adapters can do (`npm run capabilities` writes it)', () => {
  assert.equal(writtenTable(), capabilityTable());
});
