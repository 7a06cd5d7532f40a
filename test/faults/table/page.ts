/** What a person or a page does in the middle, done to @uppy/aws-s3. */
import { MiB, until } from '../uploads.js';
import { AwsS3Page, type AwsS3Row } from './aws-s3.js';

const wait = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, milliseconds));

/** What `navigator.onLine` says, and its event. */
function setOnline(value: boolean | undefined): void {
  if (value === undefined) {
    Reflect.deleteProperty(navigator, 'onLine');
    return;
  }
  Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => value });
  window.dispatchEvent(new Event(value ? 'online' : 'offline'));
}

const slow = (page: AwsS3Page, bytesPerSecond = 4 * MiB): Promise<void> =>
  page.store.setWeather({ bytesPerSecond });
const fast = (page: AwsS3Page): Promise<void> => page.store.setWeather({ bytesPerSecond: 0 });
const keys = async (page: AwsS3Page): Promise<string[]> => (await page.store.list()).map(({ key }) => key);
const begun = async (page: AwsS3Page, operation: string): Promise<number> =>
  (await page.store.stats()).counts[operation] ?? 0;

const partsTaken = async (page: AwsS3Page): Promise<number> =>
  (await page.store.stats()).log.filter(
    ({ operation, status }) => operation === 'UploadPart' && status === 200,
  ).length;

/** A page is gone after two parts of eight at least, and the next one goes on. */
async function afterReload(page: AwsS3Page, partSize: number, meanwhile = async () => {}): Promise<string> {
  await slow(page, 16 * MiB);
  const id = page.add('file.bin', 40 * MiB);
  void page.uppy.upload();
  await until(() => page.sent() > 17 * MiB, 'three parts');
  const kept = (page.uppy.getFile(id) as { s3Multipart?: object }).s3Multipart;
  await page.store.resetConnections();
  page.uppy.pauseResume(id);
  await fast(page);
  await meanwhile();
  // The page after the reload: the plugin's own record, put back as Golden Retriever does.
  const file = page.uppy.getFile(id);
  const next = AwsS3Page.newUppy('parts', page.store, { partSize });
  const again = next.addFile({ name: file.name, data: file.data as File });
  next.setFileState(again, { s3Multipart: kept } as never);
  const result = await page.outcome(next.upload());
  const failed = next.getFiles().some(({ error }) => error);
  next.destroy();
  return failed ? 'fails' : result;
}

/** Something is refused until a person has mended it, and then tried again. */
async function untilMended(page: AwsS3Page, faults: { storeFull?: boolean; expireEarly?: number }) {
  await page.store.setFaults(faults);
  page.add('file.bin', page.plan === 'parts' ? 20 * MiB : undefined);
  const first = await page.outcome(page.uppy.upload());
  await page.store.resetFaults();
  const second = await page.outcome(page.uppy.retryAll());
  // Another try of the person's may set it back.
  page.remarks.clear();
  return `${first}; tried again: ${second}`;
}

export const awsS3PageRows: readonly AwsS3Row[] = [
  {
    situation: '6: offline while bytes are on their way, and back',
    async run(page) {
      await slow(page);
      page.add();
      const finished = page.uppy.upload();
      await until(() => page.sent() > 512 * 1024, 'half a MiB sent');
      try {
        setOnline(false);
        await page.store.setWeather({ mode: 'refuse', bytesPerSecond: 0 });
        await wait(2_000);
        await page.store.setWeather({ mode: 'pass' });
        setOnline(true);
        return await page.outcome(finished);
      } finally {
        setOnline(undefined);
      }
    },
  },
  {
    situation: '8: gone on with after a reload, with another part size than before',
    plans: ['parts'],
    run: page => afterReload(page, 8 * MiB),
  },
  {
    situation: '9: gone on with after a reload, with more parts stored than one answer of ListParts tells',
    plans: ['parts'],
    async run(page) {
      let before = 0;
      const result = await afterReload(page, 5 * MiB, async () => {
        before = await partsTaken(page);
        await page.store.setFaults({ partsPerPage: 2 });
      });
      const twice = (await partsTaken(page)) - 8;
      if (twice > 0) page.remarks.add(`${twice} of ${before} finished parts are sent again`);
      return result;
    },
  },
  {
    situation: '10: the upload id of an earlier page is gone',
    plans: ['parts'],
    async run(page) {
      const id = page.add();
      page.uppy.setFileState(id, { s3Multipart: { uploadId: 'gone', key: 'file.bin' } } as never);
      const first = await page.outcome(page.uppy.upload());
      const second = await page.outcome(page.uppy.retryAll());
      return first === 'stored' || second === 'stored'
        ? 'stored'
        : 'fails, and each retry fails the same way';
    },
  },
  {
    situation: '13: with all connections taken, paused files let the others go',
    page: { limit: 2 },
    async run(page) {
      await slow(page, 2 * MiB);
      const size = page.plan === 'parts' ? 16 * MiB : 6 * MiB;
      const ids = ['a', 'b', 'c', 'd'].map(name => page.add(`${name}.bin`, size));
      void page.uppy.upload();
      const operation = page.plan === 'parts' ? 'UploadPart' : 'PutObject';
      await until(async () => (await begun(page, operation)) >= 2, 'two requests');
      page.uppy.pauseResume(ids[0]!);
      page.uppy.pauseResume(ids[1]!);
      await fast(page);
      await wait(10_000);
      const stored = (await keys(page)).filter(key => key === 'c.bin' || key === 'd.bin').length;
      return stored === 2 ? 'the others go on' : `the others do not begin (${stored} of 2 in 10 s)`;
    },
  },
  {
    situation: '14: a file that is queued is paused, and stays where it is',
    page: { limit: 1 },
    async run(page) {
      await slow(page);
      page.add('first.bin', 2 * MiB);
      const second = page.add('second.bin', MiB);
      void page.uppy.upload();
      page.uppy.pauseResume(second);
      await until(async () => (await keys(page)).includes('first.bin'), 'the first file');
      await wait(3_000);
      return (await keys(page)).includes('second.bin') ? 'it is uploaded all the same' : 'it stays';
    },
  },
  {
    situation: '15: paused and gone on in the middle, no number falls and no part goes twice',
    async run(page) {
      await slow(page);
      const id = page.add();
      const finished = page.uppy.upload();
      await until(() => page.sent() > MiB, 'a MiB sent');
      page.uppy.pauseResume(id);
      await wait(300);
      await fast(page);
      page.uppy.pauseResume(id);
      return page.outcome(finished);
    },
  },
  {
    situation: '17: cancelled while the upload is being begun',
    plans: ['parts'],
    async run(page) {
      await page.store.setFaults({
        rules: [{ operation: 'CreateMultipartUpload', stall: 'after', stallFor: 400 }],
      });
      const id = page.add();
      void page.uppy.upload();
      await until(async () => (await begun(page, 'CreateMultipartUpload')) > 0, 'the begin');
      page.uppy.removeFile(id);
      await wait(3_000);
      return (await page.store.uploads()).length > 0
        ? 'an unfinished upload stays at the store'
        : 'nothing is left';
    },
  },
  {
    situation: '17b: cancelled in the middle',
    async run(page) {
      await slow(page);
      const id = page.add();
      void page.uppy.upload();
      await until(() => page.sent() > MiB, 'a MiB sent');
      page.uppy.removeFile(id);
      await wait(3_000);
      // A removal may set it back.
      page.remarks.clear();
      return (await page.store.uploads()).length > 0
        ? 'an unfinished upload stays at the store'
        : 'nothing is left';
    },
  },
  {
    situation: '18: the uploader is removed in the middle',
    async run(page) {
      await slow(page);
      page.add();
      const finished = page.uppy.upload();
      await until(() => page.sent() > MiB, 'a MiB sent');
      page.uppy.removePlugin(page.uppy.getPlugin('AwsS3')!);
      await fast(page);
      const result = await page.outcome(finished);
      return result.startsWith('stuck') ? 'the promise never settles' : result;
    },
  },
  {
    situation: '19: a file that failed keeps no later one waiting, and can be tried again',
    async run(page) {
      await page.store.setFaults({
        rules: [{ operation: ['PutObject', 'UploadPart'], status: 400, code: 'InvalidRequest' }],
      });
      page.add('bad.bin');
      await page.outcome(page.uppy.upload());
      await page.store.resetFaults();
      await slow(page);
      page.add('good.bin', 1000);
      const finished = page.uppy.upload();
      const began = performance.now();
      await until(async () => (await keys(page)).length > 0, 'a file').catch(() => undefined);
      const first = (await keys(page)).at(0) ?? 'none';
      await fast(page);
      await finished;
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      page.remarks.clear();
      return first === 'good.bin' ? 'stored' : `the good one waits for the bad one (${seconds} s)`;
    },
  },
  {
    situation: '20: all but the last answer are there: that is not 100 %',
    async run(page) {
      const operation = page.plan === 'parts' ? 'CompleteMultipartUpload' : 'PutObject';
      await page.store.failNext({ operation, stall: 'after', stallFor: 2_000 });
      const id = page.add();
      let early = false;
      const finished = page.uppy.upload();
      const look = setInterval(() => {
        const { percentage, uploadComplete } = page.uppy.getFile(id).progress as never as {
          percentage?: number;
          uploadComplete?: boolean;
        };
        early ||= percentage === 100 && !uploadComplete;
      }, 20);
      const result = await page.outcome(finished);
      clearInterval(look);
      return early ? `${result}, but shows 100 % before` : result;
    },
  },
  {
    situation: 'the storage reports another checksum than ours: the file is not called good',
    async run(page) {
      await page.store.setFaults({ wrongChecksum: true });
      page.add('file.bin', 20 * MiB);
      const result = await page.outcome(page.uppy.upload());
      return result === 'stored' ? 'says done: it compares nothing' : result;
    },
  },
  {
    situation: 'the store is full, and has room again',
    run: page => untilMended(page, { storeFull: true }),
  },
  {
    situation:
      'the clock of whoever signs is wrong: fresh URLs are refused as expired, until it is set right',
    run: page => untilMended(page, { expireEarly: 10 ** 9 }),
  },
];
