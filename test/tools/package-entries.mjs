/**
 * The package's public entries, derived from the source tree: the one list behind the `exports` of package.json,
 * the aliases of the demo and the bundle for plain pages.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const rootDir = fileURLToPath(new URL('../..', import.meta.url));

/** Names of the folders in a folder of the sources. */
const folders = path =>
  existsSync(join(rootDir, path))
    ? readdirSync(join(rootDir, path), { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(entry => entry.name)
        .sort()
    : [];

/**
 * Subpath of the package (`.`, `./adapters/s3`, …) → source file (`src/adapters/s3/index.ts`).
 * @returns {Record<string, string>}
 */
export function sourceEntries() {
  const candidates = [
    ['.', 'src/index.ts'],
    ['./define', 'src/define.ts'],
    ['./transfer', 'src/transfer/index.ts'],
    ['./uppy', 'src/uppy/index.ts'],
    // Types only.
    ['./react', 'src/react.ts'],
    ['./vue', 'src/vue.ts'],
    ...folders('src/adapters').map(name => [`./adapters/${name}`, `src/adapters/${name}/index.ts`]),
    ...folders('src/server').map(name => [`./server/${name}`, `src/server/${name}.ts`]),
    ...folders('src/elements').flatMap(tag => [
      [`./elements/${tag}`, `src/elements/${tag}/${tag}.ts`],
      [`./elements/${tag}/define`, `src/elements/${tag}/${tag}.define.ts`],
    ]),
  ];
  return Object.fromEntries(candidates.filter(([, source]) => existsSync(join(rootDir, source))));
}

/** @param {string} source `src/a/b.ts` */
const compiled = (source, extension) => source.replace(/^src\//, './dist/').replace(/\.ts$/, extension);

/** @returns {Record<string, string | { types: string, default: string }>} */
export function packageExports() {
  const entries = Object.entries(sourceEntries()).map(([subpath, source]) => [
    subpath,
    { types: compiled(source, '.d.ts'), default: compiled(source, '.js') },
  ]);
  return {
    ...Object.fromEntries(entries),
    './custom-elements.json': './dist/custom-elements.json',
    './cdn/*': './dist/cdn/*',
    './download-worker.js': './dist/download-worker.js',
    './package.json': './package.json',
  };
}

/**
 * The same entries for the type checker: the demo imports the package by name, before there is any build.
 * @returns {Record<string, string[]>}
 */
export function typePaths() {
  return Object.fromEntries(
    Object.entries(sourceEntries()).map(([subpath, source]) => [
      subpath.replace('.', 'file-transfer-elements'),
      [`./${source}`],
    ]),
  );
}
