import { expect } from '@open-wc/testing';
import { s3 } from '../../src/adapters/s3/index.js';
import type { S3SignedRequest } from '../../src/adapters/s3/signing.js';
import { systemClock } from '../../src/transfer/clock.js';
import type { TransferJob } from '../../src/transfer/types.js';
import { LocalStore } from '../tools/local-store.js';
import { bigFile, managerOf, textFile } from './harness.js';

const MiB = 1024 ** 2;
/** Real time, since bytes really travel; only the pauses before another try are as short as can be. */
const hasty = { ...systemClock, random: () => 0 };

/** What a person sees when the storage refuses, and what is there afterwards: all that was there before. */
describe('refused uploads', function () {
  this.timeout(60_000);
  let store: LocalStore;

  beforeEach(async () => {
    store = await LocalStore.open();
    await store.put('small.txt', 'the one before');
    await store.put('big.bin', 'the one before');
  });
  afterEach(() => store.close());

  const files = () => [textFile('small.txt', 'the new one'), bigFile('big.bin', 12 * MiB)];
  const options = { partSize: 5 * MiB, conflict: 'replace' } as const;
  const byServer = (clock = systemClock) =>
    managerOf(s3({ bucketUrl: store.bucketUrl, signRequest: store.sign, partsFrom: 6 * MiB }), { clock })
      .manager;

  async function expectNothingLost(): Promise<void> {
    for (const key of ['small.txt', 'big.bin']) {
      expect(new TextDecoder().decode(await store.read(key)), key).to.equal('the one before');
    }
  }

  function expectSaid(job: TransferJob, reason: string, words: RegExp): void {
    for (const { path, state, error } of job.items) {
      expect(state, path).to.equal('failed');
      expect(error!.reason, path).to.equal(reason);
      expect(error!.message, path).to.match(words);
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
        expect(cause.message + JSON.stringify(cause)).not.to.match(/X-Amz-|signature=/i);
      }
    }
  }

  async function expectRetrySucceeds(job: TransferJob): Promise<void> {
    await store.resetFaults();
    job.retryFailed();
    expect((await job.finished).state, job.snapshot.reason?.message).to.equal('done');
    expect((await store.read('big.bin')).length).to.equal(12 * MiB);
    expect(new TextDecoder().decode(await store.read('small.txt'))).to.equal('the new one');
    expect(await store.uploads()).to.deep.equal([]);
  }

  it('wrong key: names the key, and goes on with the right one', async () => {
    const { accessKeyId, region } = store;
    let secretAccessKey = 'not-the-secret-that-the-storage-knows-01';
    let adapter = s3({
      bucketUrl: store.bucketUrl,
      region,
      partsFrom: 6 * MiB,
      getCredentials: async () => ({ accessKeyId, secretAccessKey }),
    });
    const job = managerOf(adapter, { clock: systemClock }).manager.upload(files(), options);
    expect((await job.finished).state).to.equal('incomplete');
    expectSaid(
      job,
      'wrong-credentials',
      /does not accept the key .* Ask whoever runs this site .*403 SignatureDoesNotMatch/,
    );
    await expectNothingLost();

    secretAccessKey = store.secretAccessKey;
    adapter = s3({
      bucketUrl: store.bucketUrl,
      region,
      partsFrom: 6 * MiB,
      getCredentials: async () => ({ accessKeyId, secretAccessKey }),
    });
    const again = managerOf(adapter, { clock: systemClock }).manager.upload(files(), options);
    expect((await again.finished).state).to.equal('done');
  });

  it('expired URL: signs again and stores; the person sees nothing of it', async () => {
    let signed = 0;
    const signRequest = async (request: unknown, call: { signal: AbortSignal }) => {
      const answer = await store.sign<S3SignedRequest>(request, call);
      // The store's clock is far ahead for the first signatures only.
      if (++signed === 4) await store.setFaults({ expireEarly: 0 });
      return answer;
    };
    await store.setFaults({ expireEarly: 10 ** 9 });
    const adapter = s3({ bucketUrl: store.bucketUrl, signRequest, partsFrom: 6 * MiB });
    const job = managerOf(adapter, { clock: hasty }).manager.upload(files(), options);
    expect((await job.finished).state, job.snapshot.reason?.message).to.equal('done');
    expect(signed).to.be.at.least(6);
    expect((await store.read('big.bin')).length).to.equal(12 * MiB);
  });

  it('URLs that are always taken for expired: says where to look', async () => {
    await store.setFaults({ expireEarly: 10 ** 9 });
    const job = byServer(hasty).upload(files(), options);
    await job.finished;
    expectSaid(job, 'expired', /clock of whoever signs .* ask whoever runs this site.*\(403 AccessDenied/);
    await expectNothingLost();
    await expectRetrySucceeds(job);
  });

  it('full disk: says so at once, keeps what is there, and goes on when there is room', async () => {
    await store.setFaults({ storeFull: true });
    // The clock is real: a full disk must not be retried for minutes.
    const job = byServer().upload(files(), options);
    await job.finished;
    expectSaid(job, 'storage-full', /is full\. What is stored is safe; free some space/);
    await expectNothingLost();
    await expectRetrySucceeds(job);
  });

  it('refusal without CORS headers: names both explanations, and goes on when it is mended', async () => {
    await store.setFaults({ dropCors: 'errors', expireEarly: 10 ** 9 });
    const job = byServer(hasty).upload(files(), options);
    await job.finished;
    expectSaid(
      job,
      'cors-or-network',
      /no connection to it, or it refuses this page: then its CORS rules or the signature/,
    );
    await expectNothingLost();
    await expectRetrySucceeds(job);
  });
});
