/** The package as it would be published: run `npm run build` before (`npm test` does). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { findFiles } from '../tools/find-files.mjs';
import { packageExports, rootDir, typePaths } from '../tools/package-entries.mjs';

const bundle = join(rootDir, 'dist/cdn/file-transfer-elements.js');
const manifest = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8'));
/** The download worker is no module to import, but a script for a browser to run. */
const isScript = (target: string) => target.endsWith('.js') && !target.endsWith('/download-worker.js');
const defaultOf = (target: string | { default: string }) =>
  typeof target === 'string' ? target : target.default;
const subpaths = Object.keys(packageExports()).filter(subpath =>
  isScript(defaultOf(packageExports()[subpath]!)),
);

/** Node without a DOM, in a process of its own: one module must not profit from what another one set up. */
function runModule(code: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: rootDir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
}

before(() => {
  assert.ok(existsSync(bundle), 'there is a build; make one with `npm run build`');
  const newest = Math.max(...findFiles(join(rootDir, 'src')).map(path => statSync(path).mtimeMs));
  assert.ok(
    statSync(bundle).mtimeMs > newest,
    'the build is newer than the sources; run `npm run build` again',
  );
});

describe('exports of the package', () => {
  it('are those of the source tree (`npm run exports` writes them)', () => {
    assert.deepEqual(manifest.exports, packageExports());
    const { compilerOptions } = JSON.parse(readFileSync(join(rootDir, 'tsconfig.json'), 'utf8'));
    assert.deepEqual(compilerOptions.paths, typePaths());
    assert.ok(subpaths.includes('.') && subpaths.includes('./define') && subpaths.includes('./transfer'));
  });

  it('exist after the build', () => {
    const targets = Object.values(packageExports()).flatMap(target =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    );
    const missing = targets.filter(target => !existsSync(join(rootDir, target.replace('/*', ''))));
    assert.deepEqual(missing, []);
  });

  for (const subpath of subpaths) {
    it(`imports ${subpath} without a DOM`, () => {
      const specifier = subpath.replace('.', manifest.name);
      const names = runModule(
        `console.log(Object.keys(await import(${JSON.stringify(specifier)})).join())`,
      ).trim();
      // Registering modules and those of types alone export nothing; every other one is there for what it exports.
      const exportsNothing = subpath.endsWith('/define') || subpath === './react' || subpath === './vue';
      assert.equal(names === '', exportsNothing);
    });
  }
});

describe('the main entry', () => {
  it('registers nothing', () => {
    const code = `
      const registered = [];
      globalThis.customElements = { define: tag => registered.push(tag), get: () => undefined };
      await import(${JSON.stringify(manifest.name)});
      console.log(JSON.stringify(registered));`;
    assert.deepEqual(JSON.parse(runModule(code)), []);
  });
});

describe('the bundle for plain pages', () => {
  it('needs no other package', () => {
    const scripts = findFiles(join(rootDir, 'dist/cdn'), isScript);
    assert.ok(scripts.length >= 1);
    for (const script of scripts) {
      const bare =
        /(?:^|[;}\s])(?:import|export)\b[^;'"]*?from\s*["'](?![./])|\bimport\s*\(\s*["'`](?![./])/.exec(
          readFileSync(script, 'utf8'),
        );
      assert.equal(bare?.[0], undefined, script);
    }
  });

  it('exports what the main entry and every adapter export', () => {
    const wanted = subpaths.filter(
      subpath => subpath === '.' || subpath === './transfer' || subpath.startsWith('./adapters/'),
    );
    const names = wanted.flatMap(
      subpath =>
        JSON.parse(
          runModule(
            `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(subpath.replace('.', manifest.name))}))))`,
          ),
        ) as string[],
    );
    const text = readFileSync(bundle, 'utf8');
    const list = /export\s*\{([^}]*)\}\s*;?\s*(?:\/\/#[^\n]*\s*)?$/.exec(text)?.[1] ?? '';
    const exported = new Set(
      list.split(',').map(item =>
        item
          .trim()
          .split(/\s+as\s+/)
          .at(-1),
      ),
    );
    assert.deepEqual(
      names.filter(name => !exported.has(name)),
      [],
    );
  });
});

describe('the packed package', () => {
  const windows = process.platform === 'win32';
  const [{ files }] = JSON.parse(
    execFileSync(windows ? 'npm.cmd' : 'npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: rootDir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: windows,
    }),
  ) as [{ files: { path: string }[] }];
  const paths = files.map(file => file.path);

  it('holds the build and the documents, and nothing else', () => {
    const others = paths.filter(
      path => !/^(dist\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      paths.filter(path => /(^|\/)(test|demo)\/|\.test\.|\.spec\.|\.tsbuildinfo$/.test(path)),
      [],
    );
  });

  it('holds everything that the exports name', () => {
    const targets = Object.values(packageExports())
      .map(defaultOf)
      .filter(target => !target.includes('*'));
    const missing = targets.filter(target => !paths.includes(target.replace('./', '')));
    assert.deepEqual(missing, []);
    assert.ok(paths.includes('dist/cdn/file-transfer-elements.js'));
  });
});

describe('the manifest of the custom elements', () => {
  it('describes every public element and names files that are there', () => {
    const { modules } = JSON.parse(readFileSync(join(rootDir, 'dist/custom-elements.json'), 'utf8')) as {
      modules: { path: string; declarations?: { tagName?: string }[] }[];
    };
    const tags = modules.flatMap(module => module.declarations ?? []).map(declaration => declaration.tagName);
    const elements = subpaths
      .map(subpath => /^\.\/elements\/([^/]+)$/.exec(subpath)?.[1])
      .filter(tag => tag !== undefined);
    assert.ok(elements.length > 0);
    assert.deepEqual(
      elements.filter(tag => !tags.includes(tag)),
      [],
    );
    assert.deepEqual(
      modules.map(module => module.path).filter(path => !existsSync(join(rootDir, path))),
      [],
    );
  });
});
