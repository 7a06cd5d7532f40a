/**
 * `npm run build`: the publishable package in dist/.
 * One compiled file per source file, the manifest of the custom elements, and under cdn/ one bundle for plain pages
 * that registers every element and exports everything.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { compileDownloadWorker, downloadWorkerName } from './download-worker.mjs';
import { rootDir, sourceEntries } from './package-entries.mjs';

process.chdir(rootDir);
const require = createRequire(import.meta.url);

function run(packageName, executable, ...parameters) {
  const file = join(dirname(require.resolve(`${packageName}/package.json`)), executable);
  const { status } = spawnSync(process.execPath, [file, ...parameters], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`${packageName} ended with ${status}.`);
}

/** The bundle's entry: it exists only while building, since it is the list of all entries once more. */
const bundleEntry = 'virtual:everything-for-plain-pages';
function everythingForPlainPages() {
  const entries = Object.entries(sourceEntries());
  const lines = entries
    .filter(([subpath]) => /^\.(\/transfer|\/adapters\/[^/]+)?$/.test(subpath))
    .map(([, source]) => `export * from ${JSON.stringify(join(rootDir, source))};`);
  if (existsSync('src/define.ts')) lines.unshift(`import ${JSON.stringify(join(rootDir, 'src/define.ts'))};`);
  return {
    name: 'everything-for-plain-pages',
    // Vite takes an entry for a path and puts the root before it.
    resolveId: id => (id.endsWith(bundleEntry) ? `\0${bundleEntry}` : undefined),
    load: id => (id === `\0${bundleEntry}` ? { code: lines.join('\n'), moduleSideEffects: true } : undefined),
  };
}

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
process.stdout.write('compile\n');
run('typescript', 'bin/tsc', '-p', 'src');
process.stdout.write('manifest of the elements\n');
run(
  '@custom-elements-manifest/analyzer',
  'cem.js',
  'analyze',
  '--litelement',
  '--globs',
  'src/elements/**/*.ts',
  '--outdir',
  'dist',
  '--quiet',
);
// The analyzer reads sources; who installs the package finds their compiled form.
const manifest = readFileSync('dist/custom-elements.json', 'utf8');
writeFileSync('dist/custom-elements.json', manifest.replace(/"\/?src\/([^"]+)\.ts"/g, '"dist/$1.js"'));
writeFileSync(`dist/${downloadWorkerName}`, await compileDownloadWorker());
process.stdout.write('bundle for plain pages\n');
await build({
  configFile: false,
  root: rootDir,
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [everythingForPlainPages()],
  worker: { format: 'es' },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    target: 'es2022',
    outDir: 'dist/cdn',
    minify: 'oxc',
    sourcemap: true,
    lib: { entry: bundleEntry, formats: ['es'], fileName: () => 'file-transfer-elements.js' },
  },
});
