import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';

const blockSize = 4096;

/** Writes a file in which no two 4 KiB blocks are alike, so that a part in a wrong place shows. Returns its SHA-256. */
export async function writeLargeFile(path: string, size: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  const out = createWriteStream(path);
  const base = randomBytes(1 << 20);
  for (let start = 0; start < size; start += base.length) {
    const piece = Buffer.from(base.subarray(0, Math.min(base.length, size - start)));
    for (let at = 0; at + 8 <= piece.length; at += blockSize) piece.writeBigUInt64LE(BigInt(start + at), at);
    hash.update(piece);
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return hash.digest('hex');
}

/**
 * Writes a tree of `count` files on three levels, one of its folders with 250 entries (more than one batch of
 * `readEntries`). Returns relative path → SHA-256.
 */
export async function writeTree(root: string, count: number): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    const name = index % 97 === 0 ? `probe ${index} ü#%+.txt` : `probe-${String(index).padStart(5, '0')}.dat`;
    const folder =
      index < 250
        ? 'crowd'
        : `site ${1 + (index % 5)}/day-${1 + (index % 11)}/${index % 2 ? 'raw' : 'derived'}`;
    const path = `${folder}/${name}`;
    const bytes = index % 211 === 0 ? Buffer.alloc(0) : randomBytes(200 + ((index * 37) % 6_000));
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, path), bytes);
    hashes.set(path, createHash('sha256').update(bytes).digest('hex'));
  }
  return hashes;
}

/** Path in the archive → SHA-256 of every file in a ZIP. */
export async function sha256OfMembers(path: string): Promise<Map<string, string>> {
  const reader = new ZipReader(new BlobReader(await openAsBlob(path)));
  const hashes = new Map<string, string>();
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    const bytes = await entry.getData(new Uint8ArrayWriter());
    hashes.set(entry.filename, createHash('sha256').update(bytes).digest('hex'));
  }
  await reader.close();
  return hashes;
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
