/** Compiled, never run: what TypeScript knows of Uppy with this kit. */

import Compressor from '@uppy/compressor';
import Uppy, { type UppyFile } from '@uppy/core';
import Dashboard from '@uppy/dashboard';
import { TransferManager } from 'file-transfer-elements/transfer';
import {
  type TransferBody,
  TransferUploader,
  type TransferUploaderOptions,
} from 'file-transfer-elements/uppy';
import type { Adapter } from '../../src/adapters/adapter.js';
import type { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';

declare const adapter: Adapter;
declare const dropzone: UploadDropzoneElement;

type ProjectMeta = { project: string };

export function generics(): void {
  const options: TransferUploaderOptions<ProjectMeta, TransferBody> = {
    adapter,
    path: file => `${file.meta.project}/${file.name}`,
  };
  const uppy = new Uppy<ProjectMeta, TransferBody>()
    .use(Dashboard, { inline: true })
    .use(TransferUploader, options);
  uppy.on('upload-success', (file: UppyFile<ProjectMeta, TransferBody> | undefined, { body, status }) => {
    const proof: string | undefined = body?.verified?.level;
    const etag: string | undefined = body?.etag;
    const leftOut: readonly string[] | undefined = body?.metaLeftOut;
    return [file?.meta.project, proof, etag, leftOut, status];
  });
  const plugin: TransferUploader<ProjectMeta, TransferBody> | undefined = uppy.getPlugin('TransferUploader');
  plugin?.setOptions({ into: 'elsewhere/' });
  const { snapshot } = plugin!.manager;
  uppy.use(TransferUploader, { manager: new TransferManager({ adapter }) });
  // @ts-expect-error one of the two says where files go
  uppy.use(TransferUploader, { into: 'nowhere/' });
  // @ts-expect-error not both
  uppy.use(TransferUploader, { adapter, manager: plugin!.manager });
  uppy.use(TransferUploader, { adapter, progress: 'estimated' });
  // @ts-expect-error no such count
  uppy.use(TransferUploader, { adapter, progress: 'guessed' });
  // @ts-expect-error no such policy
  uppy.use(TransferUploader, { adapter, conflict: 'overwrite' });
  void snapshot;
}

export async function pluginsInFront(): Promise<void> {
  const same: UploadDropzoneElement = await dropzone.use(Compressor, { quality: 0.8 });
  await same.use(Compressor);
  // @ts-expect-error quality is a number
  await dropzone.use(Compressor, { quality: 'best' });
  // @ts-expect-error no plugin
  await dropzone.use('Compressor');
  const uppy: Uppy | undefined = dropzone.uppy;
  uppy?.setOptions({ restrictions: { maxFileSize: 10 } });
}
