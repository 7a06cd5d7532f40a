/** The storage with what is to be downloaded, and what a browser is measured by. */
import { spawnSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { createS3Store, type S3Store } from '../../demo/server/store/index.js';
import type { BrowserName } from '../tools/browsers.mjs';
import { LaunchedBrowser } from './launched-browser.js';
import { MemoryWatch } from './memory-use.js';
import type { Command, Outcome, StoreAccess } from './page/protocol.js';
import { PageServer } from './page-server.js';

export const mebibyte = 1024 * 1024;
const bucket = 'measure';
const credentials = { accessKeyId: 'measure', secretAccessKey: 'measure-secret' };

export interface Source {
  readonly key: string;
  readonly path: string;
  readonly size: number;
  /** Of all bytes, hexadecimal. */
  readonly crc: string;
}

export class World implements AsyncDisposable {
  readonly folder: string;
  readonly store: S3Store;
  readonly pages: PageServer;

  private constructor(folder: string, store: S3Store, pages: PageServer) {
    this.folder = folder;
    this.store = store;
    this.pages = pages;
  }

  static async make(): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'measured-downloads-'));
    try {
      return await World.#makeIn(folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  static async #makeIn(folder: string): Promise<World> {
    const pages = await PageServer.start(join(folder, 'page'));
    const store = await createS3Store({
      directory: join(folder, 'store'),
      credentials: [credentials],
      buckets: [bucket],
      cors: { origins: ['*'] },
    });
    return new World(folder, store, pages);
  }

  get access(): StoreAccess {
    return { bucketUrl: this.store.url(bucket), region: this.store.region, ...credentials };
  }

  /** An object of random bytes, and the same bytes in a file beside the storage. */
  async source(key: string, size: number): Promise<Source> {
    const path = join(this.folder, key);
    const cipher = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
    const zeros = Buffer.alloc(4 * mebibyte);
    const file = await open(path, 'w');
    let crc = 0;
    for (let left = size; left > 0; left -= zeros.length) {
      const piece = cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
      crc = crc32(piece, crc);
      await file.write(piece);
    }
    await file.close();
    await this.store.local.put(bucket, key, createReadStream(path, { highWaterMark: mebibyte }));
    return { key, path, size, crc: crc.toString(16).padStart(8, '0') };
  }

  async put(key: string, content: string): Promise<void> {
    await this.store.local.put(bucket, key, content);
  }

  /** Bytes sent of files since the last {@link forget}. */
  get sent(): number {
    const answers = this.store.stats.log.filter(({ operation }) => operation === 'GetObject');
    return answers.reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
  }

  get requests(): number {
    return this.store.stats.counts.GetObject ?? 0;
  }

  forget(): void {
    this.store.stats.reset();
  }

  /** Resolves once no request is under way. */
  async idle(): Promise<void> {
    while ((this.store.stats.inFlight.GetObject ?? 0) > 0) await sleep(100);
  }

  async open(name: BrowserName): Promise<Visit> {
    let browser!: LaunchedBrowser;
    await this.pages.loaded(() => {
      browser = new LaunchedBrowser(name, this.folder, `${this.pages.origin}/`);
    });
    // What starts with a browser has started then.
    await sleep(4000);
    return new Visit(browser, this.pages);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pages[Symbol.asyncDispose]();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The page in one browser. */
export class Visit implements Disposable {
  readonly browser: LaunchedBrowser;
  readonly #pages: PageServer;
  readonly #memory: MemoryWatch;

  constructor(browser: LaunchedBrowser, pages: PageServer) {
    this.browser = browser;
    this.#pages = pages;
    this.#memory = new MemoryWatch(browser.pid);
  }

  /** Bytes that all processes of the browser have taken since the page was opened, at most. */
  get growth(): number {
    return this.#memory.growth;
  }

  /** Resolves to undefined when the page was loaded again meanwhile. */
  do(command: Command): Promise<Outcome | undefined> {
    return this.#pages.command(command);
  }

  /** The one file that the browser has saved, once it is whole. */
  async saved(size?: number): Promise<string> {
    for (let count = 0; count < 9000; count += 1) {
      const names = readdirSync(this.browser.downloads);
      const [name] = names;
      const path = name === undefined ? undefined : join(this.browser.downloads, name);
      const isWhole = names.length === 1 && path !== undefined && !/\.(?:part|crdownload|tmp)$/.test(path);
      if (isWhole && statSync(path).size === (size ?? statSync(path).size) && statSync(path).size > 0)
        return path;
      await sleep(100);
    }
    throw new Error(`The browser has not saved the file: ${readdirSync(this.browser.downloads).join(', ')}`);
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
    this.browser[Symbol.dispose]();
  }
}

export const isSame = (one: string, other: string): boolean =>
  spawnSync('cmp', ['-s', one, other]).status === 0;
