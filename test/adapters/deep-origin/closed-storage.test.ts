/** A real page, the real engine, and a storage whose CORS rules leave the page out. */
import { expect } from '@open-wc/testing';
import { deepOrigin } from '../../../src/adapters/deep-origin/index.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { fromBase64 } from '../../contract/base64.js';
import { bytesOf, content, sameBytes } from '../../contract/transfer.js';
import { StandIn } from '../../tools/stand-in.js';

interface Info {
  readonly baseUrl: string;
  readonly orgKey: string;
  readonly token: string;
  readonly storage: string;
}

describe('deep-origin with a storage that is closed to the page', () => {
  let standIn: StandIn<Info>;
  before(async () => {
    standIn = await StandIn.open<Info>('deep-origin');
  });
  after(() => standIn.close());

  function connect(downloads: 'signed' | 'direct') {
    const { baseUrl, orgKey, token } = standIn.info;
    return deepOrigin({ baseUrl, orgKey, getToken: () => token, downloads });
  }

  it('uploads by form and downloads through the API', async function () {
    this.timeout(60_000);
    await standIn.call('openStorageToPages', false);
    const manager = new TransferManager({ adapter: connect('direct') });
    const blob = content(400_000);
    const files = [1, 2].map(number => ({ file: blob, path: `closed ${number}.bin` }));
    const { state, items } = await manager.upload(files, { into: 'in a folder/' }).finished;
    expect([state, items.at(0)?.error?.message]).to.deep.equal(['done', undefined]);
    expect(items.at(0)?.result?.verified?.level).to.equal('etag');
    const stored = fromBase64(await standIn.call('stored', 'in a folder/closed 1.bin'));
    expect(sameBytes(stored!, await bytesOf(blob))).to.equal(true);

    const download = await manager.download(['in a folder/closed 2.bin'], { to: 'memory' }).finished;
    expect(download.state).to.equal('done');
    const { blob: read } = download.items.at(0)!.result!;
    expect(sameBytes(await bytesOf(read!), await bytesOf(blob))).to.equal(true);
  });

  it('goes straight to the storage once it is open, and never with the token', async function () {
    this.timeout(60_000);
    await standIn.call('openStorageToPages', true);
    const manager = new TransferManager({ adapter: connect('signed') });
    const blob = content(400_000, 5);
    const upload = await manager.upload([{ file: blob, path: 'open.bin' }]).finished;
    expect(upload.state).to.equal('done');
    expect(upload.items.at(0)?.result?.verified?.level).to.equal('etag');
    const { storage } = (await standIn.call('log')) as {
      storage: { operation: string; headerNames: string[]; origin?: string; status: number }[];
    };
    const puts = storage.filter(({ operation, status }) => operation === 'PutObject' && status === 200);
    expect(puts.length).to.equal(1);
    // Requests without an origin are the test's own, which changed the bucket's rules.
    const ofPages = storage.filter(({ origin }) => origin !== undefined);
    expect(ofPages.length).to.be.greaterThan(1);
    for (const request of ofPages) expect(request.headerNames).not.to.include('authorization');
  });
});
