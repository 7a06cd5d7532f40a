/** What tests of downloads that are staged first have in common. */
import { expect } from '@open-wc/testing';
import { stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { lastWritten } from '../../../src/transfer/sinks/staged-journal.js';
import type { LocalStore } from '../../tools/local-store.js';

export async function staged(): Promise<string[]> {
  const folder = await stagingFolder();
  // The names alone: a file may be removed while this looks.
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/** Bytes of files that the storage has sent since its numbers were set back. */
export async function bytesSent(store: LocalStore): Promise<number> {
  const { log } = await store.stats();
  return log
    .filter(({ operation }) => operation === 'GetObject')
    .reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
}

/** Neither a staged file nor a note of one. */
export async function expectNothingStaged(): Promise<void> {
  expect(await staged()).to.deep.equal([]);
  expect([...(await lastWritten()).keys()]).to.deep.equal([]);
}

/** Each next stream of this handle goes through `change` first. */
export function changing(
  handle: FileSystemFileHandle,
  change: (writable: FileSystemWritableFileStream) => void,
): FileSystemFileHandle {
  const open = handle.createWritable.bind(handle);
  handle.createWritable = async options => {
    const writable = await open(options);
    change(writable);
    return writable;
  };
  return handle;
}

/** The browser says that it has no room, until the function this returns is called. */
export function withoutRoom(): () => void {
  const { estimate, persist } = navigator.storage;
  navigator.storage.estimate = async () => ({ quota: 0, usage: 0 });
  navigator.storage.persist = async () => false;
  return () => Object.assign(navigator.storage, { estimate, persist });
}

/** A file with that text. */
export async function fileWith(
  directory: FileSystemDirectoryHandle,
  name: string,
  text: string,
): Promise<FileSystemFileHandle> {
  const handle = await directory.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
  return handle;
}
