import { expect } from '@open-wc/testing';
import type { PartRange } from '../../src/adapters/adapter.js';
import { TransferError } from '../../src/core/errors.js';
import type { RangeReader } from '../../src/transfer/copy/range-reader.js';
import { StreamedContent } from '../../src/transfer/copy/streamed-content.js';
import { PartDigests } from '../../src/transfer/upload/part-digests.js';
import { BlobParts, type PartSource } from '../../src/transfer/upload/part-source.js';
import { hasher } from './fake-storage.js';

const { signal } = new AbortController();
const first: PartRange = { number: 1, start: 0, end: 4 };
const crc = async (text: string) => (await hasher.hash(new Blob([text]), ['crc32'])).get('crc32')!.value;

/** The digests of an upload whose parts come from `parts`. */
const digestsOf = (parts: PartSource, hashed: () => void = () => {}) =>
  new PartDigests(
    {
      opened: { parts },
      context: {
        hasher: {
          hash: async (...asked: Parameters<typeof hasher.hash>) => {
            const found = await hasher.hash(...asked);
            hashed();
            return found;
          },
        },
      },
    } as never,
    {} as never,
    { count: 1, range: () => first, ranges: () => [first] } as never,
    signal,
  );

/** A source whose file may become another one. */
class Changing extends BlobParts {
  override version = 0;
  text = 'aaaa';

  constructor() {
    super(new Blob());
  }

  override part = async (): Promise<Blob> => new Blob([this.text]);

  change(): void {
    this.version += 1;
    this.text = 'bbbb';
  }
}

describe('checksums of parts', () => {
  it('are computed anew when the source has another version', async () => {
    const source = new Changing();
    const digests = digestsOf(source);
    expect((await digests.hash(first, ['crc32'], signal)).get('crc32')!.value).to.equal(await crc('aaaa'));
    source.change();
    expect(digests.of(1)).to.equal(undefined);
    expect(digests.known('crc32')).to.equal(undefined);
    expect((await digests.hash(first, ['crc32'], signal)).get('crc32')!.value).to.equal(await crc('bbbb'));
  });

  it('are those of the new version also when it comes while the old one is hashed', async () => {
    const source = new Changing();
    let times = 0;
    const digests = digestsOf(source, () => {
      times += 1;
      if (times === 1) source.change();
    });
    expect((await digests.hash(first, ['crc32'], signal)).get('crc32')!.value).to.equal(await crc('bbbb'));
    expect(digests.of(1)!.get('crc32')!.value).to.equal(await crc('bbbb'));
    expect(times).to.equal(2);
  });
});

describe('content of another storage', () => {
  it('is another version once its source says so, with no checksum that was listed before', async () => {
    const changed = new TransferError('It changed.', { kind: 'restart', reason: 'changed-remote' });
    let failure: TransferError | undefined;
    const listed = { algorithm: 'crc32', value: 'old', scope: 'full', encoding: 'base64' };
    const reader = {
      entry: { path: 'a', id: 'a', checksums: [listed] },
      first: undefined,
      source: { known: undefined },
      read: async () => {
        if (failure) throw failure;
        return new Blob(['aaaa']);
      },
    };
    const content = new StreamedContent(reader as unknown as RangeReader, { signal } as never);
    const held = await content.part(first, signal);
    expect(await content.part(first, signal), 'fetched once').to.equal(held);
    expect([content.version, content.alsoHash]).to.deep.equal([0, ['crc32']]);
    failure = changed;
    const second: PartRange = { number: 2, start: 4, end: 8 };
    expect(await content.part(second, signal).catch(error => error)).to.equal(changed);
    expect([content.version, content.alsoHash]).to.deep.equal([1, []]);
    failure = undefined;
    expect(await content.part(first, signal), 'nothing of the old version is kept').not.to.equal(held);
  });
});
