/** A page with @uppy/aws-s3 alone, under the same proxy, store and signer; it says what became of its files. */
import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { LocalStore, type LocalStoreOptions, report } from '../../tools/local-store.js';
import type { Place } from '../network-rows.js';
import { fileOf, MiB, SIZES, sha256 } from '../uploads.js';

export type AwsS3Plan = 'request' | 'parts';

/** How long nothing may happen before it is called stuck, in milliseconds. Its own timer says thirty seconds. */
const PATIENCE = 45_000;

const wait = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, milliseconds));

export interface AwsS3PageOptions extends LocalStoreOptions {
  /** Files at once. */
  readonly limit?: number;
  readonly partSize?: number;
}

export class AwsS3Page implements Place {
  readonly plan: AwsS3Plan;
  readonly store: LocalStore;
  readonly uppy: Uppy;
  /** What is to be told beside the end. */
  readonly remarks = new Set<string>();
  readonly #files: File[] = [];
  #percentage = 0;
  readonly #bytes = new Map<string, number>();

  private constructor(plan: AwsS3Plan, store: LocalStore, options: AwsS3PageOptions) {
    this.plan = plan;
    this.store = store;
    this.uppy = AwsS3Page.newUppy(plan, store, options);
    this.uppy.on('upload-progress', (file, { bytesUploaded }) => {
      if (bytesUploaded < (this.#bytes.get(file!.id) ?? 0)) this.remarks.add('progress falls');
      this.#bytes.set(file!.id, bytesUploaded);
    });
    this.uppy.on('progress', percentage => {
      if (percentage < this.#percentage) this.remarks.add('progress falls');
      this.#percentage = percentage;
    });
  }

  static newUppy(plan: AwsS3Plan, store: LocalStore, options: AwsS3PageOptions = {}): Uppy {
    const quiet = { debug() {}, warn() {}, error() {} };
    return new Uppy({ logger: quiet, infoTimeout: 1 }).use(AwsS3, {
      signRequest: request => store.sign(request),
      shouldUseMultipart: plan === 'parts',
      getChunkSize: () => options.partSize ?? 5 * MiB,
      generateObjectKey: file => file.name,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    }) as unknown as Uppy;
  }

  static async open(plan: AwsS3Plan, options: AwsS3PageOptions = {}): Promise<AwsS3Page> {
    const { limit: _, partSize: _p, ...store } = options;
    return new AwsS3Page(plan, await LocalStore.open({ proxied: true, ...store }), options);
  }

  sent(): number {
    return this.uppy.getFiles().reduce((sum, { progress }) => sum + (Number(progress.bytesUploaded) || 0), 0);
  }
  readonly now = Date.now;
  readonly pause = wait;

  /** Adds a file and tells its id. */
  add(name = 'file.bin', size = SIZES[this.plan]): string {
    const file = fileOf(name, size);
    this.#files.push(file);
    return this.uppy.addFile({ name, data: file });
  }

  /** Waits for an end, and says in few words what it was and what the store holds then. */
  async outcome(finished: Promise<unknown>): Promise<string> {
    const ended = await Promise.race([
      finished.then(
        () => true,
        () => true,
      ),
      wait(PATIENCE).then(() => false),
    ]);
    const failed = this.uppy.getFiles().filter(({ error }) => error);
    if (!ended) return `stuck: nothing for ${PATIENCE / 1_000} s`;
    if (failed.length > 0) return 'fails';
    for (const file of this.#files) {
      const stored = (await this.store.list()).find(({ key }) => key === file.name);
      if (!stored) return 'says done, nothing is stored';
      if ((await this.store.sha256(file.name)) === (await sha256(file))) continue;
      return `says done, ${stored.size} of ${file.size} bytes are stored`;
    }
    return 'stored';
  }

  /** What is left at the store, of what nobody will go on with. */
  async noteLeftovers(): Promise<void> {
    if ((await this.store.uploads()).length > 0) this.remarks.add('an unfinished upload stays at the store');
  }

  async close(): Promise<void> {
    this.uppy.destroy();
    await this.store.close();
  }
}

export interface AwsS3Row {
  readonly situation: string;
  readonly plans?: readonly AwsS3Plan[];
  readonly page?: AwsS3PageOptions;
  /** Says what happened. */
  run(page: AwsS3Page): Promise<string>;
}

/** Declares the rows. None can fail: what happens is what is told. */
export function describeAwsS3(plan: AwsS3Plan, rows: readonly AwsS3Row[]): void {
  describe(`@uppy/aws-s3: ${plan}`, function () {
    this.timeout(200_000);
    for (const { situation, plans, page: options, run } of rows) {
      if (plans && !plans.includes(plan)) continue;
      it(situation, async () => {
        const page = await AwsS3Page.open(plan, options);
        try {
          const result = await run(page).catch((error: unknown) => `could not be tried: ${error}`);
          const remarks = page.remarks.size > 0 ? ` (${[...page.remarks].join(', ')})` : '';
          // Where it ends badly, what succeeds later is the beginning of something else.
          const recovery = /^(?:stored|says done)/.test(result) ? await page.store.recovery() : undefined;
          const told = { table: 'uploads', who: 'aws-s3', plan, situation, recovery };
          await report({ ...told, result: result + remarks });
        } finally {
          await page.close();
        }
      });
    }
  });
}
