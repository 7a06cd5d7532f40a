/**
 * The bytes of a ZIP archive around its members: stored (not compressed) only, ZIP64 where it has to be. Everything
 * but the CRCs follows from names, sizes and dates, so the length and every member's place are known before the first
 * byte: members can be written in any order, and an archive can be continued.
 *
 * Field names are those of PKWARE's APPNOTE 6.3.
 */

/** A file of the archive. */
export interface ZipMember {
  /** Path inside the archive, `/`-separated; safe local names (see `names.ts`). */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last change, milliseconds since 1970. */
  readonly modified?: number;
}

/** Where a member lies. Offsets from the start of the archive, in bytes. */
export interface ZipPlace {
  readonly header: number;
  readonly data: number;
  readonly descriptor: number;
  /** Offset after everything of this member. */
  readonly end: number;
}

export interface ZipLayout {
  readonly members: readonly ZipMember[];
  readonly places: readonly ZipPlace[];
  /** Where the central directory begins. */
  readonly directory: number;
  /** Length of the whole archive. */
  readonly size: number;
}

const limit32 = 0xffffffff;
const limit16 = 0xffff;
const encoder = new TextEncoder();

/** CRC and sizes follow the member's bytes (3); the name is UTF-8 (11). */
const flags = (1 << 3) | (1 << 11);
const withZip64 = 45;
const withoutZip64 = 20;
/** Made on Unix, so that the permissions below are read. */
const madeBy = (3 << 8) | withZip64;
/** A regular file, rw-r--r--. */
const fileAttributes = 0o100644 << 16;

/** Little-endian writer. */
class Record {
  readonly #view: DataView<ArrayBuffer>;
  #at = 0;

  constructor(length: number) {
    this.#view = new DataView(new ArrayBuffer(length));
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  raw(bytes: Uint8Array): this {
    new Uint8Array(this.#view.buffer).set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#view.buffer);
  }
}

const isLarge = (size: number): boolean => size >= limit32;

/** Local time as MS-DOS keeps it: 1980 to 2107, two-second steps. */
function dosTime(modified: number | undefined): { date: number; time: number } {
  const when = new Date(modified ?? Number.NaN);
  const year = when.getFullYear();
  if (Number.isNaN(year) || year < 1980) return { date: (1 << 5) | 1, time: 0 };
  if (year > 2107) return { date: (127 << 9) | (12 << 5) | 31, time: (23 << 11) | (59 << 5) | 29 };
  return {
    date: ((year - 1980) << 9) | ((when.getMonth() + 1) << 5) | when.getDate(),
    time: (when.getHours() << 11) | (when.getMinutes() << 5) | (when.getSeconds() >> 1),
  };
}

/** The extended-timestamp extra: the true time in seconds, where it fits. */
function timestampExtra(modified: number | undefined): Uint8Array {
  const seconds = Math.floor((modified ?? Number.NaN) / 1000);
  if (!(seconds >= -(2 ** 31) && seconds < 2 ** 31)) return new Uint8Array();
  return new Record(9)
    .u16(0x5455)
    .u16(5)
    .raw(new Uint8Array([1]))
    .u32(seconds >>> 0).bytes;
}

function zip64Extra(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array();
  const record = new Record(4 + values.length * 8).u16(0x0001).u16(values.length * 8);
  for (const value of values) record.u64(value);
  return record.bytes;
}

/** Extra of a local header. Some readers want the ZIP64 one here too when sizes need it. */
const localExtras = (member: ZipMember): Uint8Array[] => [
  zip64Extra(isLarge(member.size) ? [member.size, member.size] : []),
  timestampExtra(member.modified),
];

const lengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);

/** What comes before a member's bytes. */
export function localHeader(member: ZipMember): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(member.name);
  const extras = localExtras(member);
  const { date, time } = dosTime(member.modified);
  const size = Math.min(member.size, limit32);
  const record = new Record(30 + name.length + lengthOf(extras))
    .u32(0x04034b50)
    .u16(isLarge(member.size) ? withZip64 : withoutZip64)
    .u16(flags)
    .u16(0)
    .u16(time)
    .u16(date)
    // The CRC is not known yet. The sizes are: readers that go from front to back need them for stored members.
    .u32(0)
    .u32(size)
    .u32(size)
    .u16(name.length)
    .u16(lengthOf(extras))
    .raw(name);
  for (const extra of extras) record.raw(extra);
  return record.bytes;
}

/** What comes behind a member's bytes. `crc` is its CRC-32. */
export function dataDescriptor(member: ZipMember, crc: number): Uint8Array<ArrayBuffer> {
  const large = isLarge(member.size);
  const record = new Record(large ? 24 : 16).u32(0x08074b50).u32(crc);
  return large
    ? record.u64(member.size).u64(member.size).bytes
    : record.u32(member.size).u32(member.size).bytes;
}

function centralExtras(member: ZipMember, offset: number): Uint8Array[] {
  const values = [
    ...(isLarge(member.size) ? [member.size, member.size] : []),
    ...(isLarge(offset) ? [offset] : []),
  ];
  return [zip64Extra(values), timestampExtra(member.modified)];
}

const centralLength = (member: ZipMember, offset: number): number =>
  46 + encoder.encode(member.name).length + lengthOf(centralExtras(member, offset));

function centralHeader(member: ZipMember, offset: number, crc: number): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(member.name);
  const extras = centralExtras(member, offset);
  const { date, time } = dosTime(member.modified);
  const size = Math.min(member.size, limit32);
  const record = new Record(46 + name.length + lengthOf(extras))
    .u32(0x02014b50)
    .u16(madeBy)
    .u16(isLarge(member.size) || isLarge(offset) ? withZip64 : withoutZip64)
    .u16(flags)
    .u16(0)
    .u16(time)
    .u16(date)
    .u32(crc)
    .u32(size)
    .u32(size)
    .u16(name.length)
    .u16(lengthOf(extras))
    .u16(0)
    .u16(0)
    .u16(0)
    .u32(fileAttributes)
    .u32(Math.min(offset, limit32))
    .raw(name);
  for (const extra of extras) record.raw(extra);
  return record.bytes;
}

const needsZip64End = (count: number, directory: number, length: number): boolean =>
  count >= limit16 || directory >= limit32 || length >= limit32;

function endRecords(count: number, directory: number, length: number): Uint8Array<ArrayBuffer> {
  const zip64 = needsZip64End(count, directory, length);
  const record = new Record(zip64 ? 56 + 20 + 22 : 22);
  if (zip64) {
    record
      .u32(0x06064b50)
      .u64(44)
      .u16(madeBy)
      .u16(withZip64)
      .u32(0)
      .u32(0)
      .u64(count)
      .u64(count)
      .u64(length)
      .u64(directory)
      .u32(0x07064b50)
      .u32(0)
      .u64(directory + length)
      .u32(1);
  }
  return record
    .u32(0x06054b50)
    .u16(0)
    .u16(0)
    .u16(Math.min(count, limit16))
    .u16(Math.min(count, limit16))
    .u32(Math.min(length, limit32))
    .u32(Math.min(directory, limit32))
    .u16(0).bytes;
}

/** Decides where everything goes. Throws `RangeError` for a name of more than 65,535 UTF-8 bytes. */
export function layOut(members: readonly ZipMember[]): ZipLayout {
  const places: ZipPlace[] = [];
  let offset = 0;
  for (const member of members) {
    const name = encoder.encode(member.name).length;
    if (name > limit16) throw new RangeError('A name in a ZIP archive has at most 65,535 bytes.');
    const data = offset + 30 + name + lengthOf(localExtras(member));
    const descriptor = data + member.size;
    const end = descriptor + (isLarge(member.size) ? 24 : 16);
    places.push({ header: offset, data, descriptor, end });
    offset = end;
  }
  const length = members.reduce(
    (sum, member, index) => sum + centralLength(member, places[index]!.header),
    0,
  );
  const endLength = needsZip64End(members.length, offset, length) ? 98 : 22;
  return { members, places, directory: offset, size: offset + length + endLength };
}

/** The end of the archive, in pieces of about 1 MiB. `crcOf` gives each member's CRC-32. */
export function* directoryOf(
  layout: ZipLayout,
  crcOf: (index: number) => number,
): Generator<Uint8Array<ArrayBuffer>> {
  let pieces: Uint8Array[] = [];
  let pending = 0;
  let length = 0;
  const join = (): Uint8Array<ArrayBuffer> => {
    const record = new Record(pending);
    for (const piece of pieces) record.raw(piece);
    pieces = [];
    pending = 0;
    return record.bytes;
  };
  for (const [index, member] of layout.members.entries()) {
    const header = centralHeader(member, layout.places[index]!.header, crcOf(index));
    pieces.push(header);
    pending += header.length;
    length += header.length;
    if (pending >= 1024 * 1024) yield join();
  }
  pieces.push(endRecords(layout.members.length, layout.directory, length));
  pending += pieces.at(-1)!.length;
  yield join();
}
