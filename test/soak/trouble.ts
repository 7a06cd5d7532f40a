/** What goes wrong on the way and at the storages. Everything ends by itself; `calm` ends it at once. */
import { AwsClient } from 'aws4fetch';
import type { ApiFaultRule } from '../../demo/server/platforms/shared/index.js';
import type { FaultRule } from '../../demo/server/store/index.js';
import { FAIR_WEATHER, type ProxyWeather } from '../faults/tcp-proxy.js';
import type { Random } from './random.js';
import { credentials, type Servers } from './servers.js';

/** What was done, for the report and for judging the reasons that items give. */
export interface Trouble {
  readonly kind: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  until: number;
}

const KiB = 1024;
/** Rules that nobody has met by then are taken back. */
const ruleLife = 20_000;

interface Cause {
  readonly kind: string;
  readonly weight: number;
  /** Resolves to how long it lasts, in milliseconds. */
  begin(): number | Promise<number>;
}

export class Troubles {
  readonly log: Trouble[] = [];
  readonly #servers: Servers;
  readonly #random: Random;
  readonly #endings = new Set<{ timer: NodeJS.Timeout; end: () => void | Promise<void> }>();
  readonly #causes: readonly Cause[];

  constructor(servers: Servers, random: Random) {
    this.#servers = servers;
    this.#random = random;
    this.#causes = [...this.#network(), ...this.#store(), ...this.#platforms()];
  }

  async strike(): Promise<string> {
    const { kind, begin } = this.#random.weighted(this.#causes);
    const from = Date.now();
    const lasts = await begin();
    this.note(kind, from, from + lasts);
    return kind;
  }

  note(kind: string, from: number, until: number): Trouble {
    const trouble = { kind, from, until };
    this.log.push(trouble);
    return trouble;
  }

  /** Kinds of trouble at some moment of a span. */
  during(from: number, until: number): ReadonlySet<string> {
    return new Set(
      this.log.filter(trouble => trouble.from <= until && trouble.until >= from).map(({ kind }) => kind),
    );
  }

  async calm(): Promise<void> {
    for (const { timer, end } of this.#endings) {
      clearTimeout(timer);
      await end();
    }
    this.#endings.clear();
    const { store, platforms, proxies, signerFaults } = this.#servers;
    store.faults.reset();
    for (const { faults } of platforms) faults.reset();
    for (const proxy of proxies.values()) await proxy.change(FAIR_WEATHER);
    signerFaults.times = 0;
    for (const trouble of this.log) trouble.until = Math.min(trouble.until, Date.now());
  }

  #after(milliseconds: number, end: () => void | Promise<void>): number {
    const ending = {
      end,
      timer: setTimeout(() => {
        this.#endings.delete(ending);
        void end();
      }, milliseconds),
    };
    this.#endings.add(ending);
    return milliseconds;
  }

  #seconds(least: number, most: number): number {
    return 1000 * (least + this.#random.next() * (most - least));
  }

  // ── The network ─────────────────────────────────────────────────────────────────────────────────────────────────

  #network(): Cause[] {
    const random = this.#random;
    const weather = (
      kind: string,
      weight: number,
      seconds: [number, number],
      make: () => Partial<ProxyWeather>,
    ) => ({
      kind: `network: ${kind}`,
      weight,
      begin: async () => {
        const proxy = random.pick([...this.#servers.proxies.values()]);
        await proxy.change(make());
        return this.#after(this.#seconds(...seconds), () => proxy.change(FAIR_WEATHER));
      },
    });
    return [
      weather('refuses', 5, [0.5, 10], () => ({ mode: 'refuse' })),
      weather('swallows everything', 4, [1, 40], () => ({ mode: 'black-hole' })),
      weather('slow', 4, [3, 15], () => ({ bytesPerSecond: random.whole(40, 600) * KiB })),
      weather('far away', 3, [3, 15], () => ({ latency: random.whole(20, 400) })),
      weather('cuts after bytes up', 5, [2, 10], () => ({ resetAfterBytesUp: random.whole(1, 4000) * KiB })),
      weather('cuts after bytes down', 4, [2, 8], () => ({ resetAfterBytesDown: random.whole(200, 60_000) })),
      {
        kind: 'network: cuts everything now',
        weight: 6,
        begin: () => {
          for (const proxy of this.#servers.proxies.values()) if (random.chance(0.6)) proxy.reset();
          return 1000;
        },
      },
    ];
  }

  // ── The store ───────────────────────────────────────────────────────────────────────────────────────────────────

  #store(): Cause[] {
    const random = this.#random;
    const { store, signerFaults } = this.#servers;
    const { faults } = store;
    const carriers = ['PutObject', 'PostObject', 'UploadPart'];
    const rule = (kind: string, weight: number, make: () => FaultRule): Cause => ({
      kind: `store: ${kind}`,
      weight,
      begin: () => {
        const added = faults.failNext({ skip: random.whole(0, 3), times: random.whole(1, 5), ...make() });
        return this.#after(ruleLife, () => {
          faults.rules = faults.rules.filter(other => other !== added);
        });
      },
    });
    const switched = (
      kind: string,
      weight: number,
      seconds: [number, number],
      on: () => void,
      off: () => void,
    ) => ({
      kind: `store: ${kind}`,
      weight,
      begin: () => {
        on();
        return this.#after(this.#seconds(...seconds), off);
      },
    });
    const any = [
      ...carriers,
      'CreateMultipartUpload',
      'CompleteMultipartUpload',
      'ListParts',
      'HeadObject',
      'GetObject',
    ];
    return [
      rule('503 with Retry-After', 4, () => ({
        status: 503,
        retryAfter: random.whole(1, 4),
        operation: random.pick(any),
      })),
      rule('429', 2, () => ({ status: 429, retryAfter: random.whole(1, 3), operation: random.pick(any) })),
      rule('500 after the body', 3, () => ({
        status: 500,
        afterBody: true,
        operation: random.pick(carriers),
      })),
      rule('500 on Complete', 3, () => ({ status: 500, operation: 'CompleteMultipartUpload' })),
      rule('Complete 200 with an error', 4, () => ({
        errorInBody: true,
        operation: 'CompleteMultipartUpload',
      })),
      rule('answer lost', 6, () => ({
        loseAnswer: true,
        operation: random.pick([
          ...carriers,
          'CompleteMultipartUpload',
          'CompleteMultipartUpload',
          'AbortMultipartUpload',
        ]),
      })),
      rule('answer to Create lost', 1, () => ({
        loseAnswer: true,
        operation: 'CreateMultipartUpload',
        times: 1,
      })),
      rule('goes silent', 4, () => ({
        stall: random.pick(['before', 'request', 'after'] as const),
        stallAfterBytes: random.whole(0, 3000) * KiB,
        stallFor: this.#seconds(2, 45),
        operation: random.pick([...carriers, 'CompleteMultipartUpload', 'HeadObject']),
      })),
      rule('goes silent in a download', 2, () => ({
        stall: 'response',
        stallAfterBytes: random.whole(0, 2000) * KiB,
        stallFor: this.#seconds(2, 45),
        operation: 'GetObject',
      })),
      rule('cuts within the body', 4, () => ({
        resetAfterBytesIn: random.whole(0, 3000) * KiB,
        operation: random.pick(carriers),
      })),
      rule('cuts within the answer', 3, () => ({
        resetAfterBytesOut: random.whole(0, 3000) * KiB,
        operation: 'GetObject',
      })),
      rule('slow', 2, () => ({ bytesPerSecond: random.whole(30, 400) * KiB })),
      rule('late', 2, () => ({ delay: random.whole(100, 6000) })),
      rule('wrong checksum', 1.5, () => ({
        wrongChecksum: true,
        operation: random.pick([...carriers, 'CompleteMultipartUpload', 'HeadObject']),
        times: random.whole(1, 2),
      })),
      rule('no ranges', 1, () => ({ ignoreRange: true, operation: 'GetObject' })),
      switched(
        'URLs expire',
        3,
        [0.5, 4],
        () => (faults.expireEarly = 86_400_000),
        () => (faults.expireEarly = 0),
      ),
      switched(
        'ETag hidden',
        2,
        [1, 6],
        () => (faults.hideETag = true),
        () => (faults.hideETag = false),
      ),
      switched(
        'errors without CORS',
        2,
        [2, 12],
        () => (faults.dropCors = 'errors'),
        () => (faults.dropCors = false),
      ),
      switched(
        'full',
        1,
        [0.3, 1.5],
        () => (faults.storeFull = true),
        () => (faults.storeFull = false),
      ),
      {
        kind: 'store: upload id dead',
        weight: 3,
        begin: async () => {
          const bucket = random.pick(['soak', 'soak', 'platform-ubiops']);
          const uploads = store.local.uploads(bucket);
          if (uploads.length === 0) return 0;
          const { key, uploadId } = random.pick(uploads);
          const client = new AwsClient({ ...credentials, region: store.region, service: 's3', retries: 0 });
          const path = key.split('/').map(encodeURIComponent).join('/');
          const url = `${store.endpoint}/${bucket}/${path}?uploadId=${encodeURIComponent(uploadId)}`;
          await client.fetch(url, { method: 'DELETE' }).catch(() => {});
          return 60_000;
        },
      },
      {
        kind: 'signer: refuses',
        weight: 3,
        begin: () => {
          signerFaults.status = random.pick([500, 502, 503]);
          signerFaults.times = random.whole(1, 6);
          return this.#after(ruleLife, () => {
            signerFaults.times = 0;
          });
        },
      },
    ];
  }

  // ── The platforms' APIs ─────────────────────────────────────────────────────────────────────────────────────────

  #platforms(): Cause[] {
    const random = this.#random;
    const rule = (kind: string, weight: number, make: () => ApiFaultRule): Cause => ({
      kind: `platform: ${kind}`,
      weight,
      begin: () => {
        const { faults } = random.pick(this.#servers.platforms);
        const added = faults.failNext({ skip: random.whole(0, 2), times: random.whole(1, 4), ...make() });
        return this.#after(ruleLife, () => {
          faults.rules = faults.rules.filter(other => other !== added);
        });
      },
    });
    return [
      rule('503 with Retry-After', 3, () => ({
        status: 503,
        headers: { 'retry-after': String(random.whole(1, 3)) },
      })),
      rule('429', 3, () => ({ status: 429, headers: { 'retry-after': String(random.whole(1, 3)) } })),
      rule('500', 3, () => ({ status: 500 })),
      rule('a gateway’s page', 2, () => ({
        status: 502,
        body: '<html><title>502 Bad Gateway</title></html>',
        bodyType: 'text/html',
      })),
      rule('cuts', 3, () => ({ cut: true })),
      rule('answer lost', 5, () => ({ loseAnswer: true, times: random.whole(1, 2) })),
      rule('late', 2, () => ({ delay: random.whole(100, 5000) })),
      {
        kind: 'platform: token ends',
        weight: 4,
        begin: () => {
          random.pick(this.#servers.platforms).endTokens();
          return 5000;
        },
      },
    ];
  }
}
