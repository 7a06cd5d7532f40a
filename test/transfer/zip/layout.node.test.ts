import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type FileEntry, Reader, TextWriter, ZipReader } from '@zip.js/zip.js';
import { createCrc } from '../../../src/transfer/checksum/crc.js';
import {
  dataDescriptor,
  directoryOf,
  layOut,
  localHeader,
  type ZipMember,
} from '../../../src/transfer/zip/layout.js';
import { layoutId } from '../../../src/transfer/zip/layout-id.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-layout-'));
});
after(() => rm(folder, { recursive: true }));

function crcOf(...pieces: Uint8Array[]): number {
  const crc = createCrc('crc32');
  for (const piece of pieces) crc.update(piece);
  return new DataView(crc.digest().buffer).getUint32(0);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  await file.write(bytes, 0, bytes.length, position);
}

/** Writes members in the given order (places do not depend on it). Holes are the bytes of sparse members. */
async function writeZip(
  name: string,
  members: readonly ZipMember[],
  content: (index: number) => Uint8Array | undefined,
  crc: (index: number) => number,
  order = members.map((_, index) => index),
): Promise<string> {
  const path = join(folder, name);
  const layout = layOut(members);
  const file = await open(path, 'w');
  await file.truncate(layout.size);
  for (const index of order) {
    const member = members[index]!;
    const place = layout.places[index]!;
    const header = localHeader(member);
    assert.equal(place.header + header.length, place.data);
    await writeAll(file, header, place.header);
    const bytes = content(index);
    if (bytes) await writeAll(file, bytes, place.data);
    await writeAll(file, dataDescriptor(member, crc(index)), place.descriptor);
  }
  let at = layout.directory;
  for (const piece of directoryOf(layout, crc)) {
    await writeAll(file, piece, at);
    at += piece.length;
  }
  assert.equal(at, layout.size, 'the length was known beforehand');
  await file.close();
  return path;
}

/** Runs a reader of archives; undefined when it is not installed. */
function run(command: string, ...parameters: string[]): { status: number | null; text: string } | undefined {
  const result = spawnSync(command, parameters, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error) return undefined;
  return { status: result.status, text: result.stdout + result.stderr };
}

/** Every reader that this machine has must be content; which ones those are differs from machine to machine. */
function acceptedByPrograms(path: string): void {
  const readers = [
    run('python3', '-m', 'zipfile', '-t', path),
    run('unzip', '-tq', path),
    // Debian has had it under either name.
    run('7z', 't', '-bd', path) ?? run('7zz', 't', '-bd', path),
  ].filter(result => result !== undefined);
  for (const { status, text } of readers) {
    assert.equal(status, 0, text.slice(-500));
    assert.doesNotMatch(text, /corrupted|bad zipfile/i);
  }
}

/** Reads from the disk: blobs of files beyond 4 GiB cannot be cut in Node 20. */
class DiskReader extends Reader<string> {
  readonly #path: string;

  constructor(path: string) {
    super(path);
    this.#path = path;
    this.size = statSync(path).size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const file = await open(this.#path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, index);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

/** The files as a reader sees them that is there on every machine. */
async function filesOf(path: string): Promise<FileEntry[]> {
  const entries = await new ZipReader(new DiskReader(path), { useWebWorkers: false }).getEntries();
  return entries.filter(entry => !entry.directory);
}

const textOf = (entry: FileEntry): Promise<string> =>
  entry.getData(new TextWriter(), { checkSignature: true, useWebWorkers: false });

describe('zip layout', () => {
  it('makes archives that other programs read, whatever order members were written in', async () => {
    const texts = ['', 'hello', 'grüße', 'x'.repeat(100_000)].map(text => new TextEncoder().encode(text));
    const names = ['empty.txt', 'folder/hello.txt', 'Ordner/grüße 👋.txt', 'big.txt'];
    const dates = [undefined, Date.UTC(2026, 4, 3, 10, 20, 30), 0, Date.UTC(2200, 1, 1)];
    const members = names.map((name, index) => ({
      name,
      size: texts[index]!.length,
      ...(dates[index] === undefined ? {} : { modified: dates[index] }),
    }));
    const path = await writeZip(
      'small.zip',
      members,
      index => texts[index],
      index => crcOf(texts[index]!),
      [2, 0, 3, 1],
    );
    acceptedByPrograms(path);
    const files = await filesOf(path);
    assert.deepEqual(
      files.map(file => file.filename),
      names,
    );
    assert.equal(await textOf(files[1]!), 'hello');
    assert.equal(await textOf(files[2]!), 'grüße');
    assert.deepEqual(
      files.map(file => file.lastModDate.getFullYear()),
      [1980, 2026, 1970, 2107],
    );
  });

  it('is right for no member at all', async () => {
    const path = await writeZip(
      'none.zip',
      [],
      () => undefined,
      () => 0,
    );
    assert.deepEqual(await filesOf(path), []);
  });

  it('is right beyond 65,535 members', async () => {
    const body = new TextEncoder().encode('a');
    const members = Array.from({ length: 70_000 }, (_, index) => ({
      name: `d${index % 300}/f${index}`,
      size: 1,
    }));
    const layout = layOut(members);
    // All pieces in memory: seventy thousand small writes would take longer than everything else here.
    const whole = new Uint8Array(layout.size);
    const crc = crcOf(body);
    for (const [index, member] of members.entries()) {
      const place = layout.places[index]!;
      whole.set(localHeader(member), place.header);
      whole.set(body, place.data);
      whole.set(dataDescriptor(member, crc), place.descriptor);
    }
    let at = layout.directory;
    for (const piece of directoryOf(layout, () => crc)) {
      whole.set(piece, at);
      at += piece.length;
    }
    assert.equal(at, layout.size);
    const path = join(folder, 'many.zip');
    const file = await open(path, 'w');
    await file.write(whole);
    await file.close();
    acceptedByPrograms(path);
    const files = await filesOf(path);
    assert.equal(files.length, 70_000);
    assert.equal(files[69_999]!.filename, 'd99/f69999');
    assert.equal(await textOf(files[69_999]!), 'a');
  });

  it('is right for a member beyond 4 GiB and for members behind it', async () => {
    // A sparse file: 4 GiB of zeros take no room, and reading them takes seconds; only the end is read here.
    const size = 2 ** 32 + 5;
    const tail = new TextEncoder().encode('behind 4 GiB');
    const members = [
      { name: 'zeros.bin', size },
      { name: 'tail.txt', size: tail.length },
    ];
    const path = await writeZip(
      'large.zip',
      members,
      index => (index === 1 ? tail : undefined),
      index => (index === 1 ? crcOf(tail) : 0x12345678),
    );
    const [zeros, behind] = await filesOf(path);
    assert.equal(await textOf(behind!), 'behind 4 GiB');
    assert.equal(behind!.offset > 2 ** 32, true);
    assert.equal(zeros!.uncompressedSize, size);
    assert.equal(zeros!.signature, 0x12345678);
    // The local header has the size too, for readers that want it there.
    const extra = localHeader(members[0]!);
    const view = new DataView(extra.buffer);
    assert.equal(view.getUint32(22, true), 0xffffffff);
    assert.equal(Number(view.getBigUint64(30 + 'zeros.bin'.length + 4, true)), size);
    const listed = run('unzip', '-l', path);
    if (listed) assert.match(listed.text, /4294967301.*zeros\.bin/);
  });
});

describe('what stands for an archive', () => {
  const { subtle } = globalThis.crypto;
  const layout = layOut([{ name: 'a.txt', size: 1 }]);
  afterEach(
    () => void Object.defineProperty(globalThis.crypto, 'subtle', { value: subtle, configurable: true }),
  );

  it('is nothing on a page without a secure context', async () => {
    assert.match((await layoutId(layout)) ?? '', /^[0-9a-f]{64}$/);
    Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined, configurable: true });
    assert.equal(await layoutId(layout), undefined);
  });
});
