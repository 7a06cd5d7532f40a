/**
 * What `npm test` leaves out, to stay within ten minutes on two cores. Each group has its own script and runs in
 * `.ci/run` afterwards.
 * - `contract`: the contract suite of the platforms, in Node and in browsers, that of S3 in browsers, and the platforms'
 *   tests with the real engine in browsers;
 * - `faults`: outages, which take the time that outages take.
 */

/** @typedef {'main' | 'contract' | 'faults'} Group */

/**
 * @param {string} path below the project's root, with `/`
 * @returns {Group}
 */
export function groupOf(path) {
  if (path.startsWith('test/contract/')) {
    return /^test\/contract\/(?:memory\.|s3\.node\.)/.test(path) ? 'main' : 'contract';
  }
  if (path.endsWith('.node.test.ts')) return 'main';
  if (path.startsWith('test/faults/')) return 'faults';
  // Copies and synchronisations over all stand-ins.
  if (/^test\/transfer\/(?:copy|sync)\/platforms\./.test(path)) return 'contract';
  return path.startsWith('test/adapters/') ? 'contract' : 'main';
}

/**
 * @param {{ contract?: boolean, faults?: boolean }} values options of a command line
 * @returns {Group}
 */
export function askedGroup({ contract = false, faults = false }) {
  if (faults) return 'faults';
  return contract ? 'contract' : 'main';
}
