import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findBreaches, readSource, readSources } from './tools/import-graph.mjs';

/** The breaches of an invented project: path → text. */
async function breachesOf(texts: Record<string, string>): Promise<string[]> {
  return findBreaches(await Promise.all(Object.entries(texts).map(([path, text]) => readSource(path, text))));
}

describe('import direction', () => {
  it('holds in src', async () => {
    const files = await readSources();
    assert.ok(files.length > 5, 'the sources were found');
    assert.ok(
      files.some(file => file.imports.length > 0),
      'their imports were read',
    );
    assert.deepEqual(findBreaches(files), []);
  });
});

describe('the check of the import direction', () => {
  it('accepts what the design allows', async () => {
    assert.deepEqual(
      await breachesOf({
        'src/core/a.ts': `import { b } from './b.js'; export const a = b;`,
        'src/core/b.ts': `export const b = 1; declare global { interface Window { b: number } }`,
        'src/transfer/index.ts': `import type Uppy from '@uppy/core'; import type { A } from '../adapters/adapter.js';
          import { a } from '../core/a.js'; import { crc32 } from 'hash-wasm';
          export const load = (): Promise<unknown> => import('@uppy/core');
          export const work = () => new Worker(new URL('./sum.worker.js', import.meta.url), { type: 'module' });`,
        'src/transfer/sum.worker.ts': `import { crc32 } from 'hash-wasm'; self.onmessage = () => crc32('');`,
        'src/adapters/adapter.ts': `import type { a } from '../core/a.js'; export type A = typeof a;`,
        'src/adapters/http.ts': `import ky from 'ky'; import { retry } from './retry.js'; export const http = ky;`,
        'src/adapters/retry.ts': `export const retry = 1;`,
        'src/adapters/s3/index.ts': `import { http } from '../http.js'; export { presign } from './presign.js';`,
        'src/adapters/s3/presign.ts': `import { AwsClient } from 'aws4fetch'; export const presign = AwsClient;`,
        'src/server/s3-signer/index.ts': `export { presign } from '../../adapters/s3/presign.js';`,
        'src/controllers/rows.ts': `import type { ReactiveController } from 'lit'; import { a } from '../core/a.js';`,
        'src/elements/x-y/x-y.ts': `import { LitElement } from 'lit'; import { load } from '../../transfer/index.js';`,
        'src/elements/x-y/x-y.define.ts': `import { X } from './x-y.js'; customElements.define('x-y', X);`,
        'src/define.ts': `import './elements/x-y/x-y.define.js';`,
        'src/index.ts': `export * from './core/a.js'; export * from './elements/x-y/x-y.js';`,
      }),
      [],
    );
  });

  const breaches: [name: string, path: string, text: string, expected: RegExp][] = [
    ['core to transfer', 'src/core/a.ts', `import { b } from '../transfer/b.js';`, /core to transfer/],
    [
      'core to transfer by type',
      'src/core/a.ts',
      `import type { B } from '../transfer/b.js';`,
      /core to transfer/,
    ],
    [
      'a type in an expression',
      'src/core/a.ts',
      `type B = import('../transfer/b.js').B;`,
      /core to transfer/,
    ],
    ['a re-export', 'src/core/a.ts', `export { b } from '../elements/b.js';`, /core to elements/],
    ['core to a package', 'src/core/a.ts', `import { html } from 'lit';`, /not for core/],
    [
      'transfer to an adapter',
      'src/transfer/a.ts',
      `import { s3 } from '../adapters/s3/index.js';`,
      /to adapters\/s3/,
    ],
    [
      'transfer to the HTTP client',
      'src/transfer/a.ts',
      `import { h } from '../adapters/http.js';`,
      /to adapters/,
    ],
    [
      'an element to an adapter',
      'src/elements/a/a.ts',
      `import('../../adapters/s3/index.js');`,
      /to adapters\/s3/,
    ],
    [
      'controllers to elements',
      'src/controllers/a.ts',
      `import { x } from '../elements/a/a.js';`,
      /to elements/,
    ],
    [
      'one adapter to another',
      'src/adapters/s3/a.ts',
      `import { m } from '../memory/index.js';`,
      /another adapter/,
    ],
    [
      'an adapter to transfer',
      'src/adapters/s3/a.ts',
      `import { t } from '../../transfer/t.js';`,
      /to transfer/,
    ],
    [
      'the main entry to an adapter',
      'src/index.ts',
      `export * from './adapters/s3/index.js';`,
      /to adapters\/s3/,
    ],
    ['ky elsewhere', 'src/adapters/s3/a.ts', `import ky from 'ky';`, /http\.ts alone/],
    ['ky beside the HTTP client', 'src/adapters/retry.ts', `import ky from 'ky';`, /http\.ts alone/],
    [
      'shared code to an adapter',
      'src/adapters/retry.ts',
      `import { a } from './s3/a.js';`,
      /to adapters\/s3/,
    ],
    ['ky loaded later', 'src/transfer/a.ts', `export const f = () => import('ky');`, /http\.ts alone/],
    ['Uppy for everyone', 'src/transfer/a.ts', `import Uppy from '@uppy/core';`, /loads Uppy/],
    ['Uppy outside transfer', 'src/elements/a/a.ts', `export const f = () => import('@uppy/core');`, /Uppy/],
    ['Node', 'src/server/a/index.ts', `import { readFile } from 'node:fs/promises';`, /needs Node/],
    ['Node without its prefix', 'src/core/a.ts', `import fs from 'fs/promises';`, /needs Node/],
    ['React', 'src/elements/a/a.ts', `import { useState } from 'react';`, /not among the packages/],
    ['Vue, by type', 'src/elements/a/a.ts', `import type { App } from 'vue';`, /not among the packages/],
    ['out of src', 'src/core/a.ts', `import { x } from '../../test/x.js';`, /leads out of src/],
    ['an unknown part', 'src/helpers/a.ts', `export const a = 1;`, /no known part/],
    ['registration', 'src/elements/a/a.ts', `class A {} customElements.define('a-a', A);`, /registers/],
    [
      'registration in a condition',
      'src/elements/a/a.ts',
      `if (1) window.customElements.define('a-a', A);`,
      /registers/,
    ],
    [
      'registration in a static block',
      'src/elements/a/a.ts',
      `class A { static { customElements.define('a-a', A); } }`,
      /registers/,
    ],
    [
      'registration by a value',
      'src/core/a.ts',
      `const done = customElements.define('a-a', A);`,
      /registers/,
    ],
    ['a statement', 'src/core/a.ts', `export const a = [];\na.push(1);`, /statement at line 2/],
    ['an import of a registration', 'src/index.ts', `export * from './elements/a/a.define.js';`, /registers/],
    ['an import for its effect', 'src/core/a.ts', `import './b.js';`, /side effect/],
    ['an import of a worker', 'src/transfer/a.ts', `import { x } from './x.worker.js';`, /worker/],
  ];
  for (const [name, path, text, expected] of breaches) {
    it(`finds ${name}`, async () => {
      const found = await breachesOf({ [path]: text });
      assert.ok(
        found.some(breach => expected.test(breach)),
        `${JSON.stringify(found)} names ${expected}`,
      );
    });
  }

  it('finds a circle, but not one of types', async () => {
    const b = `import type { A } from './a.js'; export const b = 1;`;
    assert.deepEqual(
      await breachesOf({ 'src/core/a.ts': `import { b } from './b.js';`, 'src/core/b.ts': b }),
      [],
    );
    const found = await breachesOf({
      'src/core/a.ts': `import { b } from './b.js';`,
      'src/core/b.ts': `import { c } from './c.js';`,
      'src/core/c.ts': `import { a } from './a.js';`,
    });
    assert.deepEqual(found, ['circle: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts']);
  });

  it('allows registration inside a function', async () => {
    const text = `export class A { static define(): void { customElements.define('a-a', A); } }`;
    assert.deepEqual(await breachesOf({ 'src/elements/a/a.ts': text }), []);
  });
});
