/**
 * `npm run lock`: after `npm install`, gives package-lock.json the entries of optional packages for other platforms.
 *
 * npm writes an entry for every platform's binary of a tool, but silently leaves out those that the registry in use
 * does not serve; `npm ci` then refuses the whole file. What it needs to know of them (version, platform) stands in
 * the tools' own entries and in the packages' names.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rootDir } from './package-entries.mjs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
  'arm',
];

/** @param {string} name `@tool/binding-linux-x64-musl` */
function platformOf(name) {
  const system = systems.find(one => name.includes(one));
  const processor = processors.find(one => name.includes(one));
  const library = /musl/.test(name) ? 'musl' : /linux.*gnu/.test(name) ? 'glibc' : undefined;
  return {
    ...(processor ? { cpu: [processor] } : {}),
    ...(library ? { libc: [library] } : {}),
    ...(system ? { os: [system] } : {}),
  };
}

/** The entry that Node would find for `name` from the package at `path`: the nearest node_modules counts. */
function nearest(packages, path, name) {
  for (let folder = path; folder !== ''; folder = folder.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const found = packages[`${folder}/node_modules/${name}`];
    if (found) return found;
  }
  return packages[`node_modules/${name}`];
}

/**
 * The entries that a lock file lacks.
 * @param {{ packages: Record<string, any> }} lock
 * @returns {Record<string, object>}
 */
export function missingEntries({ packages }) {
  const missing = {};
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const known = { ...packages, ...missing };
      const found = nearest(known, path, name);
      // A range is npm's to resolve; tools name their binaries by exact version.
      if (found && (found.version === version || !/^\d+\.\d+\.\d+/.test(version))) continue;
      const place = found ? `${path}/node_modules/${name}` : `node_modules/${name}`;
      missing[place] = { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(rootDir, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock);
  const [root, ...others] = Object.entries({ ...lock.packages, ...missing });
  others.sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries([root, ...others]);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} entries added.\n`);
}
