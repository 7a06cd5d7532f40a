import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { missingEntries } from '../tools/complete-lockfile.mjs';
import { rootDir } from '../tools/package-entries.mjs';

it('the lock file suits every platform, or npm ci refuses it (`npm run lock` completes it)', () => {
  const text = readFileSync(join(rootDir, 'package-lock.json'), 'utf8');
  assert.deepEqual(Object.keys(missingEntries(JSON.parse(text))), []);
  assert.equal(/"resolved":/.test(text), false, 'it records no download addresses');
});

it('the check of the lock file finds what is missing', () => {
  const tool = { version: '1.0.0', dev: true, optionalDependencies: { '@tool/linux-x64-musl': '1.0.0' } };
  const found = { version: '1.0.0', optional: true };
  const binary = { version: '1.0.0', cpu: ['x64'], libc: ['musl'], os: ['linux'], dev: true, optional: true };
  assert.deepEqual(missingEntries({ packages: { '': {}, 'node_modules/tool': tool } }), {
    'node_modules/@tool/linux-x64-musl': binary,
  });
  const packages = { '': {}, 'node_modules/tool': tool, 'node_modules/@tool/linux-x64-musl': found };
  assert.deepEqual(missingEntries({ packages }), {});
  const other = { ...packages, 'node_modules/@tool/linux-x64-musl': { ...found, version: '2.0.0' } };
  assert.deepEqual(missingEntries({ packages: other }), {
    'node_modules/tool/node_modules/@tool/linux-x64-musl': binary,
  });
});
