import type { Adapter, Capabilities } from '../../../src/adapters/adapter.js';
import { createHasher } from '../../../src/transfer/checksum/index.js';
import { type Clock, systemClock } from '../../../src/transfer/clock.js';
import { Connectivity } from '../../../src/transfer/connectivity.js';
import type { TransferContext } from '../../../src/transfer/context.js';
import { noJournal } from '../../../src/transfer/journal.js';
import { Pacer } from '../../../src/transfer/pacer.js';
import { Scheduler } from '../../../src/transfer/scheduler.js';

/** Of an invented storage that is only downloaded from. */
export const downloadsOnly: Capabilities = {
  folders: 'derived',
  recursiveList: true,
  overwrite: 'replace',
  conditionalCreate: false,
  uploadPlans: [],
  ranges: 'yes',
  checksums: [],
  uploadMetadata: false,
};

/** A clock that runs ten times as fast, so that retries and silences do not slow the tests down. */
const epoch = Date.now();
export const hurriedClock: Clock = {
  ...systemClock,
  now: () => epoch + (Date.now() - epoch) * 10,
  setTimeout: (callback, milliseconds) => systemClock.setTimeout(callback, milliseconds / 10),
};

export function contextFor(adapter: Adapter, clock: Clock = systemClock): TransferContext {
  return {
    adapter,
    clock,
    scheduler: new Scheduler(clock),
    connectivity: new Connectivity(clock),
    hasher: createHasher(),
    journal: noJournal,
    storage: 'test',
    pacer: new Pacer(clock),
    connectionsPerOrigin: undefined,
    changed() {},
  };
}

/** Bytes of which every block is another one, so that a block in the wrong place shows. */
export function patterned(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed;
  for (let index = 0; index < words.length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** Index of the first byte that differs; −1 when there is none. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return Math.min(one.length, other.length);
  return one.findIndex((byte, index) => byte !== other[index]);
}

export async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** A directory of its own in the origin-private file system: the same classes as a picked one. */
export async function temporaryDirectory(): Promise<FileSystemDirectoryHandle & AsyncDisposable> {
  const root = await navigator.storage.getDirectory();
  const name = `test-${Math.random().toString(36).slice(2)}`;
  const directory = await root.getDirectoryHandle(name, { create: true });
  return Object.assign(directory, {
    [Symbol.asyncDispose]: () => root.removeEntry(name, { recursive: true }),
  });
}

/** All files below a directory by path, with their text or size. */
export async function tree(directory: FileSystemDirectoryHandle, base = ''): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  const entries = (
    directory as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
  ).entries();
  for await (const [name, handle] of entries) {
    if (handle.kind === 'file') files.set(base + name, await (handle as FileSystemFileHandle).getFile());
    else {
      for (const [path, file] of await tree(handle as FileSystemDirectoryHandle, `${base}${name}/`)) {
        files.set(path, file);
      }
    }
  }
  return files;
}
