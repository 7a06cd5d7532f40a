import type {
  FaultRule,
  FaultSwitches,
  S3StoreOptions,
  Stats,
  StoredObjectInfo,
} from '../../demo/server/store/options.js';
import { recoveryOf, traceOf } from '../faults/recovery.js';
import type { ProxyWeather } from '../faults/tcp-proxy.js';

/** What a store may be given; see the store's own options. */
export type LocalStoreOptions = Pick<S3StoreOptions, 'minPartSize' | 'capacity' | 'cors' | 'faults'> & {
  /** The page reaches the store through a TCP proxy whose weather the test commands. Default false. */
  proxied?: boolean;
};

export interface LocalStoreInfo {
  /** Address that `LocalStore` talks to. */
  control: string;
  endpoint: string;
  /** Path style; the virtual-host style answers too. */
  bucketUrl: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** A running signer for the bucket that allows everything: `POST` as `signRequest` of the S3 adapter expects. */
  signUrl: string;
}

/**
 * A fresh S3 store for one browser test (or file), with a signer; the test's view of what it holds and saw.
 *
 *     const store = await LocalStore.open();
 *     const adapter = s3({ bucketUrl: store.bucketUrl, signRequest: store.sign });
 *     …
 *     await store.close();
 */
export class LocalStore implements LocalStoreInfo {
  declare readonly control: string;
  declare readonly endpoint: string;
  declare readonly bucketUrl: string;
  declare readonly bucket: string;
  declare readonly region: string;
  declare readonly accessKeyId: string;
  declare readonly secretAccessKey: string;
  declare readonly signUrl: string;

  private constructor(info: LocalStoreInfo) {
    Object.assign(this, info);
  }

  static async open(options: LocalStoreOptions = {}): Promise<LocalStore> {
    const { control } = (await ask('/__servers.json')) as { control: string };
    const body = JSON.stringify(options);
    return new LocalStore((await ask(`${control}/stores`, { method: 'POST', body })) as LocalStoreInfo);
  }

  /** Ends the store and removes what it held. Stores that are left open end with the test run. */
  async close(): Promise<void> {
    await ask(this.control, { method: 'DELETE' });
  }

  /** Can be handed to the S3 adapter as `signRequest`. */
  readonly sign = async <Signed>(
    request: unknown,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Signed> => {
    const body = JSON.stringify(request);
    return (await ask(this.signUrl, { method: 'POST', body, ...(signal ? { signal } : {}) })) as Signed;
  };

  async put(
    key: string,
    body: Blob | BufferSource | string,
    contentType?: string,
  ): Promise<StoredObjectInfo> {
    const headers = contentType === undefined ? {} : { headers: { 'content-type': contentType } };
    const url = `${this.control}/object?key=${encodeURIComponent(key)}`;
    return (await ask(url, { method: 'PUT', body, ...headers })) as StoredObjectInfo;
  }

  async read(key: string): Promise<Uint8Array<ArrayBuffer>> {
    const response = await fetch(`${this.control}/object?key=${encodeURIComponent(key)}`);
    if (!response.ok) throw new Error(await response.text());
    return new Uint8Array(await response.arrayBuffer());
  }

  list(prefix = ''): Promise<StoredObjectInfo[]> {
    return this.#call('list', prefix);
  }
  /** Lower-case hex. */
  sha256(key: string): Promise<string> {
    return this.#call('sha256', key);
  }
  remove(key: string): Promise<void> {
    return this.#call('remove', key);
  }
  /** Multipart uploads that are neither completed nor aborted. */
  uploads(): Promise<{ key: string; uploadId: string; parts: number }[]> {
    return this.#call('uploads');
  }
  /** Rules travel as JSON: `match` functions do not arrive. */
  setFaults(faults: Partial<FaultSwitches>): Promise<void> {
    return this.#call('setFaults', faults);
  }
  failNext(rule: Omit<FaultRule, 'match'>): Promise<void> {
    return this.#call('failNext', rule);
  }
  /** When the test took away what hit every request, milliseconds since 1970; undefined while there was nothing. */
  over: number | undefined;
  /** From now on all is well again. */
  async noteOver(done?: Promise<void>): Promise<void> {
    await done;
    this.over = Date.now();
  }
  resetFaults(): Promise<void> {
    return this.#call('resetFaults');
  }
  stats(): Promise<Omit<Stats, 'reset'>> {
    return this.#call('stats');
  }
  resetStats(): Promise<void> {
    return this.#call('resetStats');
  }
  /** Of a `proxied` store; what is not named stays as it is. */
  setWeather(weather: Partial<ProxyWeather>): Promise<void> {
    const done = this.#call<void>('setWeather', weather);
    return weather.mode === 'pass' ? this.noteOver(done) : done;
  }
  /** Of a `proxied` store: bytes of the page that have come through to it. */
  bytesUp(): Promise<number> {
    return this.#call('bytesUp');
  }
  /** Of a `proxied` store: cuts all connections that are open now. */
  resetConnections(): Promise<void> {
    return this.noteOver(this.#call('resetConnections'));
  }

  /**
   * How long it took until things went on after the last trouble, in real milliseconds; undefined where there was none.
   */
  async recovery(): Promise<number | undefined> {
    return recoveryOf(traceOf((await this.stats()).log), this.over);
  }

  async #call<Result>(name: string, ...parameters: unknown[]): Promise<Result> {
    const body = JSON.stringify(parameters);
    return (await ask(`${this.control}/call?name=${name}`, { method: 'POST', body })) as Result;
  }
}

/** Adds a line to the file that the environment variable `FAULTS_REPORT` names; without it nothing is kept. */
export async function report(line: object): Promise<void> {
  const { control } = (await ask('/__servers.json')) as { control: string };
  const browser = /Firefox/.test(navigator.userAgent) ? 'firefox' : 'chromium';
  await ask(`${control}/reports`, { method: 'POST', body: JSON.stringify({ browser, ...line }) });
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${new URL(url, location.href).pathname}: ${await response.text()}`);
  return response.json();
}
