import type { Adapter } from '../../src/adapters/adapter.js';
import type { ContractOptions } from './describe-adapter.js';
import { read, signal } from './transfer.js';

/** Every function of the contract. */
export const allFunctions: readonly (keyof Adapter)[] = [
  'list',
  'stat',
  'openUpload',
  'reopenUpload',
  'resolveDownload',
  'remove',
  'move',
  'copy',
  'createFolder',
  'readMetadata',
  'writeMetadata',
  'signedLink',
  'listUnfinishedUploads',
  'abortUnfinishedUpload',
  'health',
];

/** The memory adapter is its own storage: there is nothing to look around it at. */
export function memoryContract(create: () => Adapter): Omit<ContractOptions, 'runner'> {
  return {
    async create() {
      const adapter = create();
      return {
        adapter,
        async stored(path) {
          if (!(await adapter.stat!(path, { signal }))) return undefined;
          return read(await adapter.resolveDownload!({ path, id: path }, { signal }));
        },
      };
    },
    functions: allFunctions,
    metadata: 'all',
    reportsChecksums: true,
  };
}
