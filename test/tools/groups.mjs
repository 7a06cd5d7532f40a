/**
 * What `npm test` leaves to `npm run test:contract`, to stay within ten minutes on two cores: the contract suite of
 * the platforms, in Node and in browsers, that of S3 in browsers, and the platforms' tests with the real engine in browsers.
 */

/** @param {string} path below the project's root, with `/` */
export function isContractTest(path) {
  if (path.startsWith('test/contract/')) return !/^test\/contract\/(?:memory\.|s3\.node\.)/.test(path);
  return path.startsWith('test/adapters/') && !path.endsWith('.node.test.ts');
}
