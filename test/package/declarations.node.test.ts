/**
 * The declarations in dist/, as a page's own type checker reads them that checks libraries too (`skipLibCheck: false`)
 * and has the dependencies, and of the optional peers only those it asked for.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packageExports, rootDir } from '../tools/package-entries.mjs';

const manifest = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8'));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const withTypes = Object.entries(packageExports()).flatMap(([subpath, target]) =>
  typeof target === 'string' ? [] : [subpath.replace('.', manifest.name)],
);
const needsPeer = (specifier: string): boolean => /\/(uppy|react|vue|adapters\/companion)$/.test(specifier);

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'declarations-'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** What the checker says to a page that imports these entries and has installed these peers. */
function check(name: string, specifiers: readonly string[], peers: readonly string[] = []): string {
  const page = join(folder, name);
  const modules = join(page, 'node_modules');
  const installed = join(modules, manifest.name);
  mkdirSync(installed, { recursive: true });
  // A copy: from a link the checker would find the peers that lie beside this repository's sources.
  cpSync(join(rootDir, 'dist'), join(installed, 'dist'), {
    recursive: true,
    filter: path => !/\.(js|map)$|[\\/]cdn$/.test(path),
  });
  cpSync(join(rootDir, 'package.json'), join(installed, 'package.json'));
  for (const dependency of [...Object.keys(manifest.dependencies), ...peers]) {
    const link = join(modules, dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(rootDir, 'node_modules', dependency), link, 'junction');
  }
  const imports = specifiers.map((specifier, at) => `import * as entry${at} from '${specifier}';`);
  const uses = specifiers.map((_, at) => `void entry${at};`);
  writeFileSync(join(page, 'page.ts'), [...imports, ...uses].join('\n'));
  const compilerOptions = {
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    lib: ['ES2024', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: [],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(page, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['page.ts'] }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', page], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return status === 0 ? '' : `${stdout}${stderr}`.replaceAll(page, '') || `tsc ended with ${status}`;
}

describe('the declarations', () => {
  it('need no optional peer in a page without any', () => {
    const specifiers = withTypes.filter(specifier => !needsPeer(specifier));
    assert.ok(specifiers.includes(manifest.name) && specifiers.length > 10);
    assert.equal(check('plain', specifiers), '');
  });

  it('are whole beside Uppy', () => {
    const specifiers = [manifest.name, `${manifest.name}/uppy`, `${manifest.name}/adapters/companion`];
    assert.equal(check('uppy', specifiers, ['@uppy/core', '@uppy/aws-s3']), '');
  });

  it('are whole where only the types for a framework are taken', () => {
    assert.equal(check('react', [`${manifest.name}/react`], ['react', '@types/react']), '');
    assert.equal(check('vue', [`${manifest.name}/vue`], ['vue']), '');
  });
});
