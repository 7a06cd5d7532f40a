import Compressor from '@uppy/compressor';
import '../../../src/elements/upload-dropzone/upload-dropzone.define.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { TransferManager } from '../../../src/transfer/manager.js';

/** Small pictures that differ, and that the compressor makes smaller. */
async function pictures(count: number): Promise<File[]> {
  const canvas = new OffscreenCanvas(64, 64);
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(64, 64);
  crypto.getRandomValues(new Uint8Array(pixels.data.buffer));
  for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
  context.putImageData(pixels, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 });
  return Array.from({ length: count }, (_, index) => new File([blob], `${count}-${index}.jpg`, blob));
}

/** Drops so many pictures on a zone with the Compressor in front, and returns the milliseconds until all are stored. */
async function run(count: number): Promise<{ took: number; done: number; smaller: boolean }> {
  const dropzone = document.createElement('upload-dropzone');
  const adapter = memory();
  dropzone.manager = new TransferManager({ adapter });
  document.body.append(dropzone);
  await dropzone.use(Compressor, { quality: 0.5 });
  const files = await pictures(count);
  const started = performance.now();
  const job = await dropzone.add(files);
  const { snapshot } = await job!.finished;
  const took = performance.now() - started;
  const { signal } = new AbortController();
  const { entries } = await adapter.list('', { signal });
  dropzone.remove();
  return { took, done: snapshot.files.done, smaller: entries[0]!.size! < files[0]!.size };
}

Object.assign(globalThis, { run });
