/**
 * What `npm test` leaves out, to stay within ten minutes on two cores. Each group has its own script and runs in
 * `.ci/run` afterwards.
 * - `contract`: the contract suite of the platforms, in Node and in browsers, that of S3 in browsers, and the platforms'
 *   tests with the real engine in browsers, outages included;
 * - `faults`: outages, which take the time that outages take;
 * - `uppy`: Uppy in front of the kit and Companion behind it;
 * - `long`: single files that take long, each by itself (`npm run test:unit` names the slowest).
 */

/** @typedef {'contract' | 'faults' | 'long' | 'uppy'} NamedGroup */
/** @typedef {'main' | NamedGroup} Group */

const longFiles = new Set([
  'test/e2e/download-worker.spec.ts',
  'test/e2e/interrupted-downloads.spec.ts',
  'test/e2e/names-on-disk.spec.ts',
  'test/e2e/resume.spec.ts',
  'test/e2e/strays.spec.ts',
  'test/e2e/trouble.spec.ts',
  'test/elements/file-browser-layout.test.ts',
  'test/transfer/download/closed-tab.test.ts',
  'test/transfer/download/ends.test.ts',
  'test/transfer/download/interrupted-downloads.test.ts',
  'test/transfer/download/picked-archive.test.ts',
  'test/transfer/download/picked-resume.test.ts',
  'test/transfer/download/redirects.test.ts',
  'test/transfer/download/resume.test.ts',
  'test/transfer/download/room.test.ts',
  'test/transfer/download/trust.test.ts',
  'test/transfer/lets-go.test.ts',
  'test/transfer/zip/resume.test.ts',
]);

/** @type {NamedGroup[]} */
export const groupNames = ['contract', 'faults', 'long', 'uppy'];

/**
 * @param {string} path below the project's root, with `/`
 * @returns {'node-tests' | 'unit' | 'e2e' | undefined} the runner that takes this file; undefined: it is no test
 */
export function kindOf(path) {
  if (path.endsWith('.node.test.ts')) return 'node-tests';
  if (path.endsWith('.test.ts')) return 'unit';
  return path.endsWith('.spec.ts') ? 'e2e' : undefined;
}

/**
 * @param {string} path below the project's root, with `/`
 * @returns {Group | undefined} undefined: it is no test
 */
export function groupOf(path) {
  const kind = kindOf(path);
  if (!kind) return undefined;
  if (longFiles.has(path)) return 'long';
  if (kind === 'e2e') {
    if (/\/uppy(?:-companion)?\.spec\.ts$/.test(path)) return 'uppy';
    return /\/platforms(?:-[\w-]+)?\.spec\.ts$/.test(path) ? 'contract' : 'main';
  }
  if (path.startsWith('test/contract/')) {
    return /^test\/contract\/(?:memory|s3)\.node\./.test(path) ? 'main' : 'contract';
  }
  if (kind === 'node-tests') return 'main';
  if (path.startsWith('test/faults/platforms/')) return 'contract';
  if (path.startsWith('test/faults/table/')) return 'table';
  if (path.startsWith('test/faults/')) return 'faults';
  if (path.startsWith('test/uppy/')) return 'uppy';
  // Copies and synchronisations over all stand-ins, and copies of large files.
  if (/^test\/transfer\/(?:copy|sync)\/(?:platforms|streamed)\./.test(path)) return 'contract';
  return path.startsWith('test/adapters/') ? 'contract' : 'main';
}

/** The groups as options of a command line, for `parseArgs`. */
export const groupOptions = Object.fromEntries(
  groupNames.map(name => [name, { type: 'boolean', default: false }]),
);

/**
 * @param {Partial<Record<NamedGroup, boolean>>} values options of a command line
 * @returns {Group}
 */
export function askedGroup(values) {
  return groupNames.find(name => values[name]) ?? 'main';
}
