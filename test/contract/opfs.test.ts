import { opfs } from '../../src/adapters/opfs/index.js';
import { describeAdapter } from './describe-adapter.js';
import { mocha } from './mocha.js';

/** The file around the adapter: by the browser's own calls. */
async function storedIn(root: string, path: string): Promise<Uint8Array | undefined> {
  let folder = await navigator.storage.getDirectory();
  const names = [root, ...path.split('/')];
  try {
    for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
    const file = await (await folder.getFileHandle(names.at(-1)!)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}

describeAdapter('the browser’s own storage', {
  runner: mocha,
  async create() {
    const folder = `contract ${crypto.randomUUID()}`;
    return {
      adapter: opfs({ folder }),
      stored: path => storedIn(folder, path),
      async close() {
        const root = await navigator.storage.getDirectory();
        // A group that asked nothing of its storage has made no folder.
        await root.removeEntry(folder, { recursive: true }).catch(() => {});
      },
    };
  },
  functions: [
    'list',
    'stat',
    'openUpload',
    'resolveDownload',
    'remove',
    'move',
    'copy',
    'createFolder',
    'health',
  ],
  impossibleNames: { 'back\\slash.txt': 'Chromium keeps no such name' },
  metadata: { none: 'A browser’s own file system keeps no metadata.' },
  reportsChecksums: true,
  keepsEmptyParents: true,
  largeFile: 64 * 1024 ** 2,
  // The browser takes no signal for these.
  cannotStop: ['remove', 'remove many', 'move', 'createFolder'],
  // Each is a file of its own that the browser's process opens, writes and moves.
  manyEntries: 150,
});
