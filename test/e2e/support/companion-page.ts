/** Runs in the page: uploads through a real Companion, by our adapter and, for files that lie elsewhere, by our uploader. */

import Uppy, { type Meta } from '@uppy/core';
import Url from '@uppy/url';
import { companion } from '../../../src/adapters/companion/index.js';
import { memory } from '../../../src/adapters/memory/index.js';
import '../../../src/elements/upload-dropzone/upload-dropzone.define.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { type TransferBody, TransferUploader } from '../../../src/uppy/index.js';

const MiB = 1024 ** 2;

export interface CompanionRun {
  url: string;
  files: { name: string; size: number }[];
  /** What happens once this many bytes are on their way. */
  /** Milliseconds. Default: short, so that tests of stalls are. */
  stallAfter?: number;
  act?: { after: number; what: 'pause and resume' | 'cancel' };
}

export interface CompanionOutcome {
  state: string;
  files: {
    name: string;
    path: string;
    sha256: string;
    verified: string | undefined;
    error: string | undefined;
  }[];
}

async function upload({ url, files, act, stallAfter = 1500 }: CompanionRun): Promise<CompanionOutcome> {
  const adapter = companion({ url, partsFrom: 6 * MiB, partSize: 5 * MiB, stallAfter });
  const manager = new TransferManager({ adapter });
  const hashes = new Map<string, string>();
  const inputs = [];
  for (const { name, size } of files) {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    hashes.set(name, Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join(''));
    inputs.push({ file: new Blob([bytes]), path: name, type: 'application/x-test' });
  }
  const job = manager.upload(inputs);
  if (act) {
    await new Promise<void>(resolve => {
      job.addEventListener('progress', () => {
        const isActive = job.items.at(0)?.state === 'active';
        if (isActive && job.snapshot.bytes.sent >= act.after) resolve();
      });
    });
    if (act.what === 'cancel') await job.cancel();
    else {
      job.pause();
      await new Promise(resolve => setTimeout(resolve, 300));
      job.resume();
    }
  }
  const { state } = await job.finished;
  return {
    state,
    files: [...job.items].map(({ name, path, error, result }) => ({
      name,
      path: result?.path ?? path,
      sha256: hashes.get(path) ?? '',
      verified: result?.verified?.level,
      error: error?.message,
    })),
  };
}

/** A file of another site: Companion fetches it, and stores it in its own bucket. */
async function fromElsewhere(url: string, source: string): Promise<{ key: string; sent: number }> {
  const uppy = new Uppy<Meta, TransferBody>()
    .use(Url, { companionUrl: url })
    .use(TransferUploader, { adapter: memory() });
  const { resumableUploads } = uppy.getState().capabilities;
  // What its button does; there is no other way in without a user interface.
  const sources = uppy.getPlugin('Url') as unknown as { addFile(url: string): Promise<unknown> };
  await sources.addFile(source);
  if (!uppy.getFiles()[0]!.isRemote || !resumableUploads)
    throw new Error('The file is not remote, or the capability is missing.');
  const keys: string[] = [];
  uppy.on('upload-success', (_file, { uploadURL }) => keys.push(uploadURL ?? ''));
  let during: boolean | undefined;
  uppy.on('upload-start', () => {
    setTimeout(() => {
      during = uppy.getState().capabilities.resumableUploads;
    });
  });
  const result = await uppy.upload();
  if (result?.failed?.length) throw new Error(String(result.failed[0]!.error));
  if (during !== false) throw new Error('A remote file is not resumable while it is stored.');
  if (!uppy.getState().capabilities.resumableUploads) throw new Error('The capability has not come back.');
  const { manager } = uppy.getPlugin('TransferUploader')!;
  uppy.destroy();
  return { key: keys[0] ?? '', sent: manager.snapshot.bytes.sent };
}

/** A file that Uppy's Url plugin brings to a drop zone, and a local one beside it; what the zone says of it. */
async function throughDropzone(
  url: string,
  source: string,
): Promise<{ said: string; stored: readonly string[]; held: number }> {
  const dropzone = document.createElement('upload-dropzone');
  dropzone.manager = new TransferManager({ adapter: memory() });
  document.body.append(dropzone);
  await dropzone.use(Url, { companionUrl: url });
  const uppy = dropzone.uppy as Uppy;
  const sources = uppy.getPlugin('Url') as unknown as { addFile(url: string): Promise<unknown> };
  const job = await dropzone.add([new File(['near'], 'near.txt')]);
  await sources.addFile(source);
  await job!.finished;
  const note = (): string => dropzone.shadowRoot!.querySelector('.note')?.textContent?.trim() ?? '';
  while (!note() || uppy.getFiles().length > 0) await new Promise(resolve => setTimeout(resolve, 50));
  return { said: note(), stored: dropzone.value, held: uppy.getFiles().length };
}

export type GivenUpBy = 'removeFile' | 'cancelAll' | 'removePlugin';

/** Begins a file that lies elsewhere, gives it up a second later, and tells whether `upload()` settled. */
async function givenUp(url: string, source: string, by: GivenUpBy): Promise<'settled' | 'pending'> {
  const uppy = new Uppy<Meta, TransferBody>()
    .use(Url, { companionUrl: url })
    .use(TransferUploader, { adapter: memory() });
  await (uppy.getPlugin('Url') as unknown as { addFile(url: string): Promise<unknown> }).addFile(source);
  const ended = uppy.upload().then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  await new Promise(resolve => setTimeout(resolve, 1000));
  if (by === 'removeFile') uppy.removeFile(uppy.getFiles()[0]!.id);
  else if (by === 'cancelAll') uppy.cancelAll();
  else uppy.removePlugin(uppy.getPlugin('TransferUploader')!);
  return Promise.race([ended, new Promise<'pending'>(resolve => setTimeout(() => resolve('pending'), 5000))]);
}

declare global {
  var companionPage: {
    upload: typeof upload;
    fromElsewhere: typeof fromElsewhere;
    throughDropzone: typeof throughDropzone;
    givenUp: typeof givenUp;
  };
}
globalThis.companionPage = { upload, fromElsewhere, throughDropzone, givenUp };
