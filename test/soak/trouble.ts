/** What goes wrong on the way and at the storages. Everything ends by itself; `calm` ends it at once. */
import { FAIR_WEATHER } from '../faults/tcp-proxy.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import type { Cause, CauseParts } from './trouble-cause.js';
import { networkCauses } from './trouble-network.js';
import { platformCauses } from './trouble-platforms.js';
import { storeCauses } from './trouble-store.js';

/** What was done, for the report and for judging the reasons that items give. */
export interface Trouble {
  readonly kind: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  until: number;
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
    const parts: CauseParts = {
      servers,
      random,
      after: (milliseconds, end) => this.#after(milliseconds, end),
      seconds: (least, most) => 1000 * (least + random.next() * (most - least)),
    };
    this.#causes = [...networkCauses(parts), ...storeCauses(parts), ...platformCauses(parts)];
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
}
