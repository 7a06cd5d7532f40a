import { createHash } from 'node:crypto';
import type { Page } from 'playwright/test';

/** Bytes that follow from their offset alone, so that page and test make the same ones without sending them around. */
const blockSize = 1 << 20;

function block(index: number): Buffer {
  const bytes = Buffer.alloc(blockSize, 'kept across pages ');
  for (let at = 0; at < blockSize; at += 4096) bytes.writeUInt32LE(index * 256 + at / 4096, at);
  return bytes;
}

export function hashOfKeptFile(mebibytes: number): string {
  const hash = createHash('sha256');
  for (let index = 0; index < mebibytes; index++) hash.update(block(index));
  return hash.digest('hex');
}

export const bytesOfKeptFile = (mebibytes: number): Buffer =>
  Buffer.concat(Array.from({ length: mebibytes }, (_, index) => block(index)));

/**
 * Writes the file into the browser's own storage and lets the file picker answer with it: native pickers cannot be
 * driven, and handles of that storage are of the same class.
 */
export async function keepFile(page: Page, name: string, mebibytes: number): Promise<void> {
  await page.evaluate(
    async ({ name, mebibytes, blockSize }) => {
      const folder = await navigator.storage.getDirectory();
      const handle = await folder.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      const text = new TextEncoder().encode('kept across pages ');
      const bytes = new Uint8Array(blockSize);
      for (let at = 0; at < blockSize; at++) bytes[at] = text[at % text.length]!;
      const view = new DataView(bytes.buffer);
      for (let index = 0; index < mebibytes; index++) {
        for (let at = 0; at < blockSize; at += 4096) view.setUint32(at, index * 256 + at / 4096, true);
        await writable.write(bytes.slice());
      }
      await writable.close();
      Object.assign(window, { showOpenFilePicker: async () => [await folder.getFileHandle(name)] });
    },
    { name, mebibytes, blockSize },
  );
}
