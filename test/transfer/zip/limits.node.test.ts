import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataDescriptor, directoryOf, layOut } from '../../../src/transfer/zip/layout.js';

/** Where APPNOTE 6.3 asks for ZIP64: its sections 4.3.9.2 (data descriptor) and 4.4.1.4 (values of all ones). */
describe('the limits of a plain zip', () => {
  for (const [size, length] of [
    [0xfffffffe, 16],
    [0xffffffff, 24],
    [2 ** 33 + 7, 24],
  ] as const) {
    it(`a member of ${size} bytes is followed by a descriptor of ${length}`, () => {
      const member = { name: 'a', size };
      const descriptor = dataDescriptor(member, 0x12345678);
      const view = new DataView(descriptor.buffer);
      assert.equal(descriptor.length, length);
      assert.equal(view.getUint32(0, true), 0x08074b50);
      assert.equal(view.getUint32(4, true), 0x12345678);
      const sizes =
        length === 24
          ? [view.getBigUint64(8, true), view.getBigUint64(16, true)]
          : [BigInt(view.getUint32(8, true)), BigInt(view.getUint32(12, true))];
      assert.deepEqual(sizes, [BigInt(size), BigInt(size)]);
      const { places } = layOut([member]);
      assert.equal(places[0]!.end - places[0]!.descriptor, length);
    });
  }

  for (const [count, isZip64] of [
    [65_534, false],
    [65_535, true],
    [65_536, true],
  ] as const) {
    it(`${count} members ${isZip64 ? 'need' : 'do not need'} the ZIP64 end of the directory`, () => {
      const layout = layOut(Array.from({ length: count }, (_, index) => ({ name: `${index}`, size: 0 })));
      const pieces = [...directoryOf(layout, () => 0)];
      const directory = Buffer.concat(pieces);
      assert.equal(layout.directory + directory.length, layout.size);
      const end = directory.length - 22;
      assert.equal(directory.readUInt32LE(end), 0x06054b50);
      assert.equal(directory.readUInt16LE(end + 10), Math.min(count, 0xffff));
      const locator = directory.readUInt32LE(end - 20);
      assert.equal(locator === 0x07064b50, isZip64);
      if (!isZip64) return;
      const zip64 = end - 20 - 56;
      assert.equal(directory.readUInt32LE(zip64), 0x06064b50);
      assert.equal(directory.readBigUInt64LE(zip64 + 32), BigInt(count));
    });
  }
});
