/** Asks the measuring process what to do, does it, and tells what came of it. */
import { createCRC32 } from 'hash-wasm';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import type { Entry } from '../../../src/core/entry.js';
import { registerDownloadWorker, TransferManager } from '../../../src/transfer/index.js';
import type { DownloadOptions, TransferJob } from '../../../src/transfer/types.js';
import type { Command, DownloadCommand, Outcome, StoreAccess } from './protocol.js';

const adapterOf = (store: StoreAccess): Adapter =>
  s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
}

/** Takes bytes at a pace of its own and hashes them. */
async function drain(pace: number | undefined) {
  const hash = await createCRC32();
  hash.init();
  const stream = new WritableStream<Uint8Array>({
    async write(chunk) {
      hash.update(chunk);
      if (pace) await new Promise(resolve => setTimeout(resolve, (chunk.length / pace) * 1000));
    },
  });
  return { stream, crc: () => hash.digest('hex') };
}

/** The browser's storage counts as full, so that large files go to the browser itself. */
function withoutStaging(): void {
  navigator.storage.estimate = async () => ({ quota: 0, usage: 0 });
}

async function download(command: DownloadCommand): Promise<Outcome> {
  const { paths, to, pace, reloadAt } = command;
  const sink = to === 'drain' ? await drain(pace) : undefined;
  if (to === 'stream') await registerDownloadWorker('/download-worker.js');
  if (to === 'navigate') withoutStaging();
  const places: Partial<Record<typeof to, DownloadOptions['to']>> = {
    navigate: 'files',
    ...(sink ? { drain: sink.stream } : {}),
    ...(to === 'directory' ? { directory: await folder() } : {}),
    ...(to === 'picked' || to === 'resumable'
      ? { [to]: await (await folder()).getFileHandle('picked', { create: true }) }
      : {}),
  };
  const manager = new TransferManager({ adapter: adapterOf(command.store) });
  const began = performance.now();
  const job = manager.download([...paths], {
    to: places[to] ?? (to as Exclude<DownloadOptions['to'], undefined>),
    ...(to === 'directory' ? { conflict: 'skip-same' as const } : {}),
    ...(to === 'resumable' ? { resumable: true } : {}),
  });
  if (reloadAt !== undefined) {
    job.addEventListener('progress', () => {
      if (job.snapshot.bytes.acknowledged >= reloadAt) location.reload();
    });
  }
  const outcome = await told(job, began);
  return sink ? { ...outcome, crc: sink.crc() } : outcome;
}

async function told(job: TransferJob, began: number): Promise<Outcome> {
  const { state, snapshot } = await job.finished;
  const item = job.items.at(0);
  const { done, skipped, failed } = snapshot.files;
  const error = snapshot.reason?.message ?? item?.error?.message;
  return {
    state,
    milliseconds: performance.now() - began,
    level: item?.result?.verified?.level,
    bytes: snapshot.bytes.acknowledged,
    files: { done, skipped, failed },
    ...(error === undefined ? {} : { error }),
  };
}

async function oneStream(store: StoreAccess, path: string): Promise<Outcome> {
  const { signal } = new AbortController();
  const source = await adapterOf(store).resolveDownload!({ path, id: path }, { signal });
  if (source.kind !== 'url') throw new Error('A storage of requests was expected.');
  const began = performance.now();
  const response = await fetch(source.url, { cache: 'no-store' });
  let bytes = 0;
  const reader = response.body!.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) bytes += read.value.length;
  return { bytes, milliseconds: performance.now() - began };
}

/** Folders of files that are made when they are asked for: what a page holds by itself is none of the engine's. */
function manyFiles(count: number, folders: number): Adapter {
  const contentOf = (index: number): string => `member ${index}`;
  return {
    ...memory({ files: {} }),
    async list(path) {
      const first = Number(/\d+/.exec(path));
      const length = Math.ceil((count - first) / folders);
      const entries = Array.from({ length }, (_, turn): Entry => {
        const index = first + turn * folders;
        const name = `${index}.txt`;
        const about = { id: path + name, path: path + name, name, kind: 'file' as const };
        return { ...about, size: contentOf(index).length };
      });
      return { entries };
    },
    resolveDownload: async ({ path }) => {
      const blob = new Blob([contentOf(Number(/(\d+)\.txt$/.exec(path)![1]))]);
      return { kind: 'blob', blob };
    },
  };
}

async function manyMembers(count: number): Promise<Outcome> {
  const manager = new TransferManager({ adapter: manyFiles(count, 100) });
  const began = performance.now();
  const folders = Array.from({ length: 100 }, (_, index) => `m${index}/`);
  return told(manager.download(folders, { to: 'zip' }), began);
}

async function treeOf(directory: FileSystemDirectoryHandle, base = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const [name, handle] of directory.entries()) {
    if (handle.kind === 'file')
      found[base + name] = await (await (handle as FileSystemFileHandle).getFile()).text();
    else Object.assign(found, await treeOf(handle as FileSystemDirectoryHandle, `${base}${name}/`));
  }
  return found;
}

async function obey(command: Command): Promise<Outcome> {
  switch (command.kind) {
    case 'download':
      return download(command);
    case 'one-stream':
      return oneStream(command.store, command.path);
    case 'many-members':
      return manyMembers(command.count);
    case 'tree':
      return { tree: await treeOf(await folder()) };
  }
}

async function tell(outcome: Outcome | undefined): Promise<Command> {
  const response = await fetch('/__measure', { method: 'POST', body: JSON.stringify(outcome ?? null) });
  return (await response.json()) as Command;
}

let outcome: Outcome | undefined;
for (;;) {
  const command = await tell(outcome);
  outcome = await obey(command).catch((error: unknown) => ({ error: String(error) }));
}
