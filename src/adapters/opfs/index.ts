/**
 * `file-transfer-elements/adapters/opfs`: the browser's own storage for this site (the origin private file system,
 * https://fs.spec.whatwg.org/#sandboxed-filesystem) as a storage like any other: drafts, work without a network, a place
 * to copy to and from. Nothing leaves the device; the browser may clear it when the disk gets full, unless the page has
 * asked for lasting storage (`navigator.storage.persist()`).
 *
 * A file is written aside, read back, and comes to its place whole. Paths whose segments are empty, `.` or `..`, or hold
 * a backslash, are refused in words. Needs `createWritable`: Chromium 86, Firefox 111,
 * Safari 26.
 */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { Adapter, AdapterPlace, ItemResult } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { createLister } from './listing.js';
import { Unfinished } from './placing.js';
import { notFound, problem, storageProblem, withProblems } from './problems.js';
import { relocate } from './relocate.js';
import { checkPath, fileEntry, folderEntry, ifThere, Tree } from './tree.js';
import { requestPlan } from './upload.js';

export interface OpfsOptions {
  /** Folder of the browser's storage that is this storage's root, made when missing. Default: all of it. */
  readonly folder?: string;
  /**
   * Another directory instead: one that the person has picked (`showDirectoryPicker({ mode: 'readwrite' })`), or one of a
   * bucket (`navigator.storageBuckets`). A function is asked at the first call, and again after it has failed.
   */
  readonly directory?: FileSystemDirectoryHandle | (() => Promise<FileSystemDirectoryHandle>);
  /** Name shown to the person. Default: “This browser”, or the name of `directory`. */
  readonly label?: string;
  /** Most entries of one page of a listing. Default 1,000. */
  readonly pageSize?: number;
}

const CHECKSUMS: readonly ChecksumAlgorithm[] = ['crc64nvme', 'crc32c', 'crc32', 'sha256', 'sha1', 'md5'];

export function opfs(options: OpfsOptions = {}): Adapter {
  const { directory, pageSize = 1000 } = options;
  const folder = (options.folder ?? '').split('/').filter(Boolean).join('/');
  const place = placeOf(folder, options);
  const tree = new Tree(() => open(folder, directory));
  const unfinished = new Unfinished(tree, { leavesNoFolder: directory !== undefined });
  const label = options.label ?? (typeof directory === 'object' ? directory.name : 'This browser');
  const lockName = `${place.storage}/${place.root}`;
  const lister = createLister(tree, pageSize);

  /** Every call begins by looking whether it is still wanted, and ends in words. */
  function call<Value>(path: string, signal: AbortSignal, body: () => Promise<Value>): Promise<Value> {
    return withProblems(path, async () => {
      if (signal.aborted) throw abortedError();
      return body();
    });
  }

  /** A call that changes nothing: who stops it while the browser looks must not be told that all is well. */
  function look<Value>(path: string, signal: AbortSignal, body: () => Promise<Value>): Promise<Value> {
    return call(path, signal, async () => {
      const found = await body();
      if (signal.aborted) throw abortedError();
      return found;
    });
  }

  return {
    name: 'opfs',
    label,
    identity: directory ? null : `opfs:${folder}`,
    place,
    capabilities: {
      // They exist by themselves, but moving or removing one with all that is in it is no single step here either: the
      // engine does it file by file, and looks at each.
      folders: 'derived',
      recursiveList: false,
      overwrite: 'replace',
      filtersNames: true,
      conditionalCreate: true,
      uploadPlans: ['request'],
      ranges: 'yes',
      checksums: CHECKSUMS,
      uploadMetadata: false,
    },

    list: (path, listOptions) => call(path, listOptions.signal, () => lister(path, listOptions)),

    stat: (path, { signal }) =>
      look(path, signal, async () => {
        if (path === '' || path.endsWith('/')) return (await tree.folder(path)) && folderEntry(path);
        const file = await tree.file(path);
        return file && ifThere(fileEntry(path, file));
      }),

    openUpload: (intent, { signal }) =>
      call(intent.path, signal, async () => {
        checkPath(intent.path);
        if (intent.path.endsWith('/')) throw problem('invalid-name', 'A file needs a name.', intent.path);
        return requestPlan({ tree, unfinished, lockName }, intent);
      }),

    resolveDownload: ({ path }, { signal }) =>
      look(path, signal, async () => {
        const file = await tree.file(path);
        if (!file) throw notFound(path);
        return { kind: 'blob', blob: await file.getFile() };
      }),

    async remove(paths, { signal }) {
      const results: ItemResult[] = [];
      for (const path of paths) {
        if (signal.aborted) throw abortedError();
        try {
          if (path === '') throw problem('invalid-input', 'The root cannot be deleted.', path);
          await tree.remove(path);
          results.push({ path });
        } catch (error) {
          results.push({ path, error: storageProblem(error, path) as NonNullable<ItemResult['error']> });
        }
      }
      return results;
    },

    move: (from, to, { signal, replace = false }) =>
      call(from, signal, () =>
        relocate({ tree, unfinished, lockName }, { from, to, signal, replace, keepsOriginal: false }),
      ),

    copy: (from, to, { signal, replace = false }) =>
      call(from, signal, () =>
        relocate({ tree, unfinished, lockName }, { from, to, signal, replace, keepsOriginal: true }),
      ),

    createFolder: (path, { signal }) =>
      call(path, signal, async () => {
        checkPath(path);
        await tree.makeFolder(path);
        return folderEntry(path.endsWith('/') ? path : `${path}/`);
      }),

    health: ({ signal }) =>
      look('', signal, async () => {
        await tree.root();
        return {};
      }),
  } satisfies Adapter;
}

/** Numbers of the directories that pages have given, so that one which is given twice is known for the same. */
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

function placeOf(folder: string, options: OpfsOptions): AdapterPlace {
  const { directory } = options;
  if (!directory) {
    const at = (root: string) => opfs({ ...options, folder: root });
    return { storage: 'opfs', root: folder === '' ? '' : `${folder}/`, access: numbers, at };
  }
  const number = numbers.get(directory) ?? ++lastNumber;
  numbers.set(directory, number);
  return { storage: `directory ${number}`, root: '', access: numbers, at: () => opfs(options) };
}

async function open(folder: string, directory: OpfsOptions['directory']): Promise<FileSystemDirectoryHandle> {
  if (directory) return typeof directory === 'function' ? directory() : directory;
  if (navigator.storage?.getDirectory === undefined) {
    throw problem(
      'not-supported',
      'This browser gives pages no storage of their own, or not without https.',
      '',
    );
  }
  let root = await navigator.storage.getDirectory();
  for (const name of folder === '' ? [] : folder.split('/')) {
    root = await root.getDirectoryHandle(name, { create: true });
  }
  return root;
}
