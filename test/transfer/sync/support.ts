/** Directories and storages to synchronise, and what is in them. */
import type { Adapter } from '../../../src/adapters/adapter.js';
import { type MemoryOptions, memory } from '../../../src/adapters/memory/index.js';
import type { SyncPlan } from '../../../src/transfer/index.js';
import { managerOf } from '../harness.js';

const signal = new AbortController().signal;
export type Tree = Record<string, string>;

let made = 0;

export async function directory(files: Tree): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const name = `sync-${Date.now()}-${(made += 1)}`;
  const handle = await root.getDirectoryHandle(name, { create: true });
  for (const [path, text] of Object.entries(files)) await write(handle, path, text);
  return handle;
}

export async function write(root: FileSystemDirectoryHandle, path: string, text: string): Promise<void> {
  const segments = path.split('/');
  let folder = root;
  for (const segment of segments.slice(0, -1)) {
    folder = await folder.getDirectoryHandle(segment, { create: true });
  }
  const file = await folder.getFileHandle(segments.at(-1)!, { create: true });
  const stream = await file.createWritable();
  await stream.write(text);
  await stream.close();
}

/** The directory as a disk shows it on which names that differ in case only are one. */
export function folding(directory: FileSystemDirectoryHandle): FileSystemDirectoryHandle {
  const children = () => (directory as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();
  const asItIs = async (wanted: string): Promise<string> => {
    for await (const { name } of children()) if (name.toLowerCase() === wanted.toLowerCase()) return name;
    return wanted;
  };
  return {
    kind: 'directory',
    name: directory.name,
    async *values() {
      for await (const child of children()) {
        yield child.kind === 'directory' ? folding(child as FileSystemDirectoryHandle) : child;
      }
    },
    getFileHandle: async (name: string, options?: FileSystemGetFileOptions) =>
      directory.getFileHandle(await asItIs(name), options),
    getDirectoryHandle: async (name: string, options?: FileSystemGetDirectoryOptions) =>
      folding(await directory.getDirectoryHandle(await asItIs(name), options)),
    removeEntry: async (name: string) => directory.removeEntry(await asItIs(name)),
  } as unknown as FileSystemDirectoryHandle;
}

export async function local(root: FileSystemDirectoryHandle, prefix = ''): Promise<Tree> {
  const found: Tree = {};
  const entries = (root as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();
  for await (const child of entries) {
    const path = prefix + child.name;
    if (child.kind === 'directory')
      Object.assign(found, await local(child as FileSystemDirectoryHandle, `${path}/`));
    else found[path] = await (await (child as FileSystemFileHandle).getFile()).text();
  }
  return found;
}

export async function remote(adapter: Adapter, folder = ''): Promise<Tree> {
  const { entries } = await adapter.list(folder, { signal, recursive: true });
  const found: Tree = {};
  for (const { path } of entries) {
    const source = await adapter.resolveDownload!({ path, id: path }, { signal });
    found[path.slice(folder.length)] = await (source as { blob: Blob }).blob.text();
  }
  return found;
}

export function storage(files: Tree, options: MemoryOptions = {}) {
  const adapter = memory({ files, ...options });
  return { adapter, ...managerOf(adapter) };
}

export const told = ({ steps }: SyncPlan): string[] =>
  steps.map(step => `${step.action} ${step.path}: ${step.why}`);
