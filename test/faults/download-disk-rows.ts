/** What may happen where a download is written to. */
import { expect } from '@open-wc/testing';
import type { DownloadRow } from './download-row.js';
import { SIZE } from './downloads.js';
import { fileOf, MiB, sha256, until } from './uploads.js';

/** Asks `may` before the file is opened for writing and before each write of so many bytes. */
function guarded(handle: FileSystemFileHandle, may: (bytes: number) => void): FileSystemFileHandle {
  const open = handle.createWritable.bind(handle);
  handle.createWritable = async options => {
    may(0);
    const writable = await open(options);
    const write = writable.write.bind(writable);
    writable.write = async chunk => {
      may((chunk as { data?: ArrayBufferView }).data?.byteLength ?? 0);
      return write(chunk);
    };
    return writable;
  };
  return handle;
}

export const downloadDiskRows: readonly DownloadRow[] = [
  {
    situation:
      'the disk is full in the middle: it says so, what was there is as before, and goes on with room',
    ends: 'fails with words; tried again: saved',
    byHand: true,
    async run(downloads) {
      let room = 3 * MiB;
      const handle = guarded(await downloads.place(), bytes => {
        room -= bytes;
        if (room < 0) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      });
      const job = await downloads.start(handle);
      await downloads.expectFailed(job, 'quota');
      room = Number.POSITIVE_INFINITY;
      job.retryFailed();
      await until(() => job.snapshot.state === 'done', 'the second try');
      await downloads.expectSaved(job);
    },
  },
  {
    situation: 'the permission to write the picked file is taken away in the middle, and given again',
    ends: 'fails with words; tried again: saved',
    byHand: true,
    async run(downloads) {
      let allowed = 3 * MiB;
      const handle = guarded(await downloads.place(), bytes => {
        allowed -= bytes;
        if (allowed < 0) throw new DOMException('The request is not allowed.', 'NotAllowedError');
      });
      const job = await downloads.start(handle);
      await downloads.expectFailed(job, 'forbidden');
      expect(job.items.at(0)!.error!.message).to.include('may not write file.bin');
      // Not given yet: another try says the same, and still leaves what is there.
      job.retryFailed();
      await downloads.expectFailed(job, 'forbidden');
      allowed = Number.POSITIVE_INFINITY;
      job.retryFailed();
      await until(() => job.snapshot.state === 'done', 'the try with permission');
      await downloads.expectSaved(job);
    },
  },
  {
    situation: 'the page’s own stream takes no more: it fails with its reason, and the stream knows',
    ends: 'fails with words',
    async run(downloads) {
      let taken = 0;
      const stream = new WritableStream<Uint8Array>({
        write(chunk) {
          taken += chunk.length;
          if (taken > 3 * MiB) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        },
      });
      const job = await downloads.start(stream);
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.items.at(0)!.error!.reason).to.equal('quota');
      await downloads.world.expectOrder();
    },
  },
  {
    situation: 'a stream gets each byte once and in order, over cut connections',
    async run(downloads) {
      await downloads.store.failNext({ operation: 'GetObject', resetAfterBytesOut: 1.5 * MiB, times: 3 });
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
        write: chunk => void pieces.push(chunk.slice()),
      });
      const job = await downloads.start(stream);
      expect((await job.finished).state).to.equal('done');
      expect(await sha256(new Blob(pieces))).to.equal(await sha256(fileOf('file.bin', SIZE)));
      await downloads.world.expectOrder();
    },
  },
];
