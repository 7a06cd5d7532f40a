/** Keeps tabs apart where there are no Web Locks (pages on plain http): who wants a transfer asks whether another tab has it. */

const channelPrefix = 'file-transfer-elements.owners.';

/** Other tabs answer within this time; one that sleeps so deeply that it does not, sends nothing either. Milliseconds. */
const answerWithin = 300;

interface Question {
  readonly from: string;
  /** A transfer; undefined: which ones do you have? */
  readonly wants: string | undefined;
  /** When it was asked, milliseconds since 1970. */
  readonly asked: number;
}

interface Answer {
  readonly to: string;
  readonly has: readonly string[];
}

export class OwnersByMessage {
  readonly #page = `${Math.random()}`;
  readonly #channelName: string;
  readonly #has: () => Iterable<string>;
  /** Its questions under way, by transfer. */
  readonly #asking = new Map<string, Question>();
  #channel: BroadcastChannel | undefined;

  /** `has`: what this page has of that kind. */
  constructor(kind: string, has: () => Iterable<string>) {
    this.#channelName = channelPrefix + kind;
    this.#has = has;
  }

  /** From now on this page answers others. */
  listen(): BroadcastChannel | undefined {
    // Where nothing is kept nobody asks, and an open channel keeps some programs from ending.
    const can = typeof BroadcastChannel !== 'undefined' && typeof indexedDB !== 'undefined';
    if (this.#channel || !can) return this.#channel;
    this.#channel = new BroadcastChannel(this.#channelName);
    this.#channel.addEventListener('message', ({ data }) => {
      if ('from' in data) this.#answer(data as Question);
    });
    return this.#channel;
  }

  #answer(question: Question): void {
    const { from, wants } = question;
    const mine = [...this.#has()];
    const has = wants === undefined ? mine : mine.filter(id => id === wants);
    // Of two that ask at the same moment, the later one yields.
    const own = wants === undefined ? undefined : this.#asking.get(wants);
    if (own && isEarlier(own, question)) has.push(own.wants!);
    if (has.length > 0) this.#channel!.postMessage({ to: from, has } satisfies Answer);
  }

  /** What other tabs have; of one transfer (`wants`), as soon as it is known. */
  elsewhere(wants?: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const channel = this.listen();
    if (!channel) return Promise.resolve(found);
    const question: Question = { from: this.#page, wants, asked: Date.now() };
    if (wants !== undefined) this.#asking.set(wants, question);
    return new Promise(resolve => {
      const end = (): void => {
        clearTimeout(timer);
        channel.removeEventListener('message', hear);
        if (wants !== undefined) this.#asking.delete(wants);
        resolve(found);
      };
      const hear = ({ data }: MessageEvent<Question | Answer>): void => {
        if (!('to' in data) || data.to !== this.#page) return;
        for (const id of data.has) found.add(id);
        if (wants !== undefined && found.has(wants)) end();
      };
      const timer = setTimeout(end, answerWithin);
      channel.addEventListener('message', hear);
      channel.postMessage(question);
    });
  }
}

const isEarlier = (one: Question, other: Question): boolean =>
  one.asked < other.asked || (one.asked === other.asked && one.from < other.from);
