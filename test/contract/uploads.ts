import { digest } from '../../src/adapters/digest.js';
import type { ChecksumAlgorithm } from '../../src/core/checksum.js';
import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { hostileNames } from './names.js';
import {
  bytesOf,
  content,
  deliver,
  intentFor,
  read,
  sameBytes,
  sha256Of,
  signal,
  upload,
} from './transfer.js';

export function describeUploads(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  const { impossibleNames = {} } = options;
  if (!options.functions.includes('openUpload')) return;

  group('uploads and downloads', current => {
    it('stores by every plan it declares', async () => {
      const { adapter, stored } = current();
      const kinds = new Set<string>();
      const variants = [
        { path: 'plans/small', blob: content(5000), more: {} },
        { path: 'plans/md5', blob: content(5001), more: { checksum: 'md5' as const } },
        { path: 'plans/large', blob: content(6 * 1024 ** 2, 3), more: { partsFrom: 5 * 1024 ** 2 } },
      ];
      for (const { path, blob, more } of variants) {
        const { kind, outcome } = await upload(adapter, path, blob, more);
        kinds.add(kind);
        equal(outcome.path, path, 'the path of the outcome');
        const held = await stored(path);
        ok(held && sameBytes(held, await bytesOf(blob)), `${path}: the storage holds other bytes`);
      }
      const declared = adapter.capabilities.uploadPlans.filter(kind => kind !== 'import');
      equal([...kinds].sort(), declared.toSorted(), 'the plans that were used');
    });

    const { largeFile } = options;
    if (largeFile !== undefined) {
      it(`stores ${largeFile / 1024 ** 2} MiB and gives them back`, async () => {
        const { adapter, stored, storedDigest } = current();
        const blob = content(largeFile, 13);
        const { outcome } = await upload(adapter, 'large ü.bin', blob);
        ok(outcome.size === undefined || outcome.size === largeFile, `it says ${outcome.size} bytes`);
        const expected = await bytesOf(blob);
        const same = storedDigest
          ? (await storedDigest('large ü.bin')) === (await sha256Of(blob))
          : sameBytes((await stored('large ü.bin')) ?? new Uint8Array(), expected);
        ok(same, 'the storage holds other bytes');
        const source = await adapter.resolveDownload!({ path: 'large ü.bin', id: 'large ü.bin' }, { signal });
        ok(sameBytes(await read(source), expected), 'what comes back are other bytes');
        equal((await adapter.stat?.('large ü.bin', { signal }))?.size, largeFile, 'its size');
        await adapter.remove?.(['large ü.bin'], { signal });
      });
    }

    it('stores an empty file', async () => {
      const { adapter, stored } = current();
      await upload(adapter, 'empty.txt', new Blob([]));
      equal((await stored('empty.txt'))?.length, 0, 'bytes of the empty file');
      equal((await adapter.stat?.('empty.txt', { signal }))?.size, 0, 'its size');
    });

    it('replaces what was there', async () => {
      const { adapter, stored } = current();
      await upload(adapter, 'again.txt', new Blob(['first and long']));
      await upload(adapter, 'again.txt', new Blob(['second']));
      equal(new TextDecoder().decode(await stored('again.txt')), 'second', 'the content');
    });

    it('keeps hostile names exactly', async () => {
      const { adapter } = current();
      for (const name of hostileNames) {
        if (name in impossibleNames) continue;
        const path = `hostile/${name}`;
        const text = `the content of ${name}`;
        await upload(adapter, path, new Blob([text]));
        const entry = await adapter.stat?.(path, { signal });
        equal(entry?.path, path, 'the path of the entry');
        equal(entry?.name, name.slice(name.lastIndexOf('/') + 1), 'the name of the entry');
        const folder = path.slice(0, path.lastIndexOf('/') + 1);
        const listed = (await adapter.list(folder, { signal, limit: 1000 })).entries;
        ok(
          listed.some(other => other.path === path && other.kind === 'file'),
          `${path} is not listed`,
        );
        if (adapter.resolveDownload) {
          const source = await adapter.resolveDownload({ path, id: path }, { signal });
          equal(new TextDecoder().decode(await read(source)), text, `the content of ${path}`);
        }
      }
    });

    for (const [name, why] of Object.entries(impossibleNames)) {
      it(`keeps “${name}”`, async () => skipped(why));
    }

    it('refuses to replace when it was told not to', async () => {
      const { adapter, stored } = current();
      if (!adapter.capabilities.conditionalCreate)
        return skipped('the platform has no upload that only creates; the engine looks before it uploads');
      await upload(adapter, 'taken.txt', new Blob(['mine']), { createOnly: true });
      const error = await refusal(
        upload(adapter, 'taken.txt', new Blob(['other']), { createOnly: true }),
        'a second upload to the same path',
      );
      equal([error.kind, error.reason], ['fatal', 'exists'], 'the refusal');
      equal(new TextDecoder().decode(await stored('taken.txt')), 'mine', 'the content');
    });

    for (const path of ['', 'folder/']) {
      it(`refuses “${path}” as the path of a file`, async () => {
        const error = await refusal(
          upload(current().adapter, path, new Blob(['x'])),
          'an upload without a name',
        );
        equal(error.reason, 'invalid-name', 'the reason');
      });
    }

    it('asks for no checksum when none is wished', async () => {
      const { adapter } = current();
      for (const more of [{}, { partsFrom: 1 }]) {
        const plan = await adapter.openUpload!(
          { ...intentFor('none', content(6 * 1024 ** 2), more), checksum: 'none' },
          { signal },
        );
        equal([plan.requestChecksum, plan.wholeChecksum], [undefined, undefined], 'checksums');
      }
    });

    it('takes every checksum it declares', async () => {
      const { adapter } = current();
      const { checksums } = adapter.capabilities;
      if (checksums.length === 0) return skipped('the platform takes no checksum with an upload');
      for (const algorithm of checksums) await takesChecksum(algorithm, adapter, options.reportsChecksums);
    });

    it('takes nothing that does not fit its checksum', async () => {
      const { adapter, stored } = current();
      const { checksums } = adapter.capabilities;
      if (checksums.length === 0) return skipped('the platform takes no checksum with an upload');
      const looked = options.reportsChecksums ? checksums : checksums.filter(name => name === 'md5');
      const tried: boolean[] = [];
      for (const algorithm of looked) tried.push(await refusesWrong(algorithm, adapter, stored));
      return tried.includes(true)
        ? undefined
        : skipped('no checksum goes along with a request: the storage computes its own afterwards');
    });

    it('downloads ranges', async () => {
      const { adapter } = current();
      if (!adapter.resolveDownload) return skipped('the adapter downloads nothing');
      const { ranges } = adapter.capabilities;
      if (ranges === 'no') return skipped('the platform sends files whole');
      if (ranges === 'probe') return skipped('not promised: whether ranges work is tried at each download');
      const blob = content(300_000, 7);
      await upload(adapter, 'ranges.bin', blob);
      const source = await adapter.resolveDownload({ path: 'ranges.bin', id: 'ranges.bin' }, { signal });
      const piece = await read(source, [100_001, 200_002]);
      ok(sameBytes(piece, (await bytesOf(blob)).slice(100_001, 200_002)), 'the range holds other bytes');
      return undefined;
    });

    it('downloads the whole, and nothing for what is not there', async () => {
      const { adapter } = current();
      if (!adapter.resolveDownload) return skipped('the adapter downloads nothing');
      const blob = content(300_001, 8);
      await upload(adapter, 'whole.bin', blob);
      const source = await adapter.resolveDownload({ path: 'whole.bin', id: 'whole.bin' }, { signal });
      ok(sameBytes(await read(source), await bytesOf(blob)), 'the whole holds other bytes');
      const gone = async () =>
        read(await adapter.resolveDownload!({ path: 'never-there', id: 'never-there' }, { signal }));
      equal((await refusal(gone(), 'a missing file')).reason, 'not-found', 'the reason');
      return undefined;
    });
  });
}

async function takesChecksum(
  algorithm: ChecksumAlgorithm,
  adapter: Parameters<typeof upload>[0],
  reports: boolean,
): Promise<void> {
  const blob = content(70_000, 11);
  const { outcome } = await upload(adapter, `checksums/${algorithm}`, blob, { checksum: algorithm });
  if (reports && algorithm !== 'md5') {
    const reported = outcome.checksums?.find(checksum => checksum.algorithm === algorithm);
    equal(reported, await digest(blob, algorithm), `the checksum the storage reports (${algorithm})`);
  }
}

/** False where no checksum goes along that could be wrong. */
async function refusesWrong(
  algorithm: ChecksumAlgorithm,
  adapter: Parameters<typeof upload>[0],
  stored: (path: string) => Promise<Uint8Array | undefined>,
): Promise<boolean> {
  const path = `checksums/${algorithm}-wrong`;
  const blob = content(70_000, 11);
  const plan = await adapter.openUpload!(intentFor(path, blob, { checksum: algorithm }), { signal });
  ok(plan.kind === 'request' || plan.kind === 'form', 'a small file in parts');
  if (plan.requestChecksum === undefined) return false;
  const wrong = async () => {
    const delivery = await plan.sign({
      signal,
      attempt: 1,
      checksum: await digest(new Blob(['x']), algorithm),
    });
    const response = await deliver(delivery, blob);
    throw plan.readError(response, { phase: 'send' }) ?? new Error(`accepted with ${response.status}`);
  };
  const error = await refusal(wrong(), `a wrong ${algorithm}`);
  equal(error.reason, 'checksum-mismatch', `the reason for a wrong ${algorithm}`);
  equal(await stored(path), undefined, 'something was stored');
  return true;
}
