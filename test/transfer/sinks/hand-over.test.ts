import { expect } from '@open-wc/testing';
import type { TransferError } from '../../../src/core/errors.js';
import { handOver } from '../../../src/transfer/sinks/hand-over.js';
import { PickedFile } from '../../../src/transfer/sinks/picked-file.js';
import { temporaryDirectory } from '../download/support.js';

const whole = new File(['one two three'], 'staged');

async function write(handle: FileSystemFileHandle, text: string): Promise<void> {
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
}

const textOf = async (handle: FileSystemFileHandle): Promise<string> => (await handle.getFile()).text();

/** Each next stream of this handle goes through `change`. */
function changed(
  handle: FileSystemFileHandle,
  change: (writable: FileSystemWritableFileStream) => void,
): PickedFile {
  const open = handle.createWritable.bind(handle);
  handle.createWritable = async options => {
    const writable = await open(options);
    change(writable);
    return writable;
  };
  return new PickedFile(handle);
}

describe('handing a whole file over to a picked one', () => {
  it('replaces what was there, and tells of what is there now', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('x', { create: true });
    await write(handle, 'something longer than what comes');
    const there = await handOver(whole, new PickedFile(handle));
    expect(await there.text()).to.equal('one two three');
    expect(await textOf(handle)).to.equal('one two three');
    expect(there.name).to.equal('x');
  });

  for (const [name, reason, words] of [
    ['QuotaExceededError', 'quota', 'no room left'],
    ['NotAllowedError', 'forbidden', 'may not write x'],
    ['NotFoundError', 'not-found', 'does not exist any more'],
    ['AbortError', 'unknown', 'x has come whole'],
  ] as const) {
    for (const step of ['write', 'close'] as const) {
      it(`leaves what was there when to ${step} ends in ${name}, and says so in words`, async () => {
        await using directory = await temporaryDirectory();
        const handle = await directory.getFileHandle('x', { create: true });
        await write(handle, 'as it was');
        const file = changed(handle, writable => {
          writable[step] = async () => {
            throw new DOMException('No.', name);
          };
        });
        const error = (await handOver(whole, file).catch((thrown: unknown) => thrown)) as TransferError;
        expect(error).to.include({ name: 'TransferError', kind: 'fatal', reason });
        expect(error.message).to.include(words).and.include('fetches nothing a second time');
        expect(await textOf(handle)).to.equal('as it was');
      });
    }
  }

  it('takes no short file for success, and leaves none that looks like it', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('x', { create: true });
    const file = changed(handle, writable => {
      const real = writable.write.bind(writable);
      writable.write = content => real((content as Blob).slice(0, 5));
    });
    const error = await handOver(whole, file).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: 'TransferError', kind: 'fatal', reason: 'not-written' });
    expect(await textOf(handle)).to.equal('');
  });

  it('can be stopped, and leaves what was there', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('x', { create: true });
    await write(handle, 'as it was');
    const stop = new AbortController();
    const reason = new Error('stopped');
    const file = changed(handle, writable => {
      const real = writable.write.bind(writable);
      writable.write = async content => {
        await real(content);
        stop.abort(reason);
      };
    });
    expect(await handOver(whole, file, stop.signal).catch((thrown: unknown) => thrown)).to.equal(reason);
    expect(await textOf(handle)).to.equal('as it was');
    // And nothing keeps it from being written after that.
    await write(handle, 'later');
    expect(await textOf(handle)).to.equal('later');
  });
});
