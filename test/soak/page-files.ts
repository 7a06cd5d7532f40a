/** The files of a run in the browser: small ones are made in memory when their turn comes, large ones lie on its disk. */
import type { UploadFile } from '../../src/transfer/types.js';
import type { Content, ContentOf } from './content.js';
import type { GivenFile } from './protocol.js';

const folderName = 'soak';

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(folderName, { create: true });
}

/** Written once: what a reload finds has to be the same file, with the same time of its last change. */
async function keep(content: Content, { file, version, size }: ContentOf): Promise<FileSystemFileHandle> {
  const inFolder = await folder();
  const handle = await inFolder.getFileHandle(String(file), { create: true });
  if ((await handle.getFile()).size === size) return handle;
  const writable = await handle.createWritable();
  for (const piece of content.pieces({ file, version, size })) await writable.write(piece);
  await writable.close();
  return handle;
}

/** What a person's choice of these files gives. */
export async function inputsOf(content: Content, files: readonly GivenFile[]): Promise<UploadFile[]> {
  const inputs: UploadFile[] = [];
  for (const { file, path, size, version, isKept } of files) {
    if (isKept) {
      const handle = await keep(content, { file, version, size });
      inputs.push({ file: () => handle.getFile(), path, size, handle });
    } else {
      const make = async () => new Blob([...content.pieces({ file, version, size })]);
      inputs.push({ file: make, path, size });
    }
  }
  return inputs;
}

/** What somebody else does to a file on disk while it is uploaded. */
export async function tamper(content: Content, file: ContentOf): Promise<void> {
  const handle = await (await folder()).getFileHandle(String(file.file), { create: true });
  const writable = await handle.createWritable();
  for (const piece of content.pieces(file)) await writable.write(piece);
  await writable.close();
}

export async function removeKept(files: readonly number[]): Promise<void> {
  const inFolder = await folder();
  for (const file of files) await inFolder.removeEntry(String(file)).catch(() => {});
}

export async function fileForDownload(name: string): Promise<FileSystemFileHandle> {
  return (await folder()).getFileHandle(name, { create: true });
}

export async function removeDownload(name: string): Promise<void> {
  await (await folder()).removeEntry(name).catch(() => {});
}

export async function sha256Of(blob: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
