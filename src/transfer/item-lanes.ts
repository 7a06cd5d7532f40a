/**
 * Items of one lane are begun in order, lanes side by side: a large file need not wait for the ten thousand small
 * ones before it, nor they for it.
 */
export type Lane = 'small' | 'large';

/** How many items of a lane may run at once. */
export interface LaneWindow {
  readonly most: number;
  /** New items are begun once no more than this many run; lower than `most - 1` begins them in batches. */
  readonly refillAt?: number;
}

/** What the lanes ask a job. */
export interface LaneRules {
  laneOf(index: number): Lane;
  laneWindow(lane: Lane): LaneWindow;
}

/** What is so at the moment items are looked for. */
export interface LaneMoment {
  /** Only what a person resumed by itself may begin. */
  readonly paused: boolean;
  /** Running items that wait for a person's answer. */
  readonly unanswered: number;
  /** Whether an item that stands in a lane is still to be begun. */
  usable(index: number): boolean;
}

/** Items that wait for a person do not hold up the others, up to this many. */
const mostUnanswered = 200;

/** First in, first out, without moving what is left when the first leaves. */
class Line {
  #indexes: number[] = [];
  #head = 0;

  push(index: number): void {
    this.#indexes.push(index);
  }

  take(usable: (index: number) => boolean): number | undefined {
    while (this.#head < this.#indexes.length) {
      const index = this.#indexes[this.#head++]!;
      if (this.#head > 4096 && this.#head * 2 > this.#indexes.length) {
        this.#indexes = this.#indexes.slice(this.#head);
        this.#head = 0;
      }
      if (usable(index)) return index;
    }
    this.#indexes = [];
    this.#head = 0;
    return undefined;
  }

  /** Puts back what was just taken. */
  untake(index: number): void {
    if (this.#head === 0) this.#indexes.unshift(index);
    else this.#indexes[--this.#head] = index;
  }
}

/**
 * The items a job has still to begin, and how many of each lane run. Items that were paused or cancelled meanwhile
 * stay in their lane and are passed over when their turn comes: taking them out would cost a search.
 */
export class ItemLanes {
  readonly #rules: LaneRules;
  readonly #lines: Record<Lane, Line> = { small: new Line(), large: new Line() };
  readonly #first = new Line();
  readonly #running: Record<Lane, number> = { small: 0, large: 0 };

  constructor(rules: LaneRules) {
    this.#rules = rules;
  }

  push(index: number): void {
    this.#lines[this.#rules.laneOf(index)].push(index);
  }

  /** Before everything else: what a person just resumed. */
  pushFirst(index: number): void {
    this.#first.push(index);
  }

  /** The items that may begin now, one after the other; each counts as running until {@link leave}. */
  *due(moment: LaneMoment): Generator<{ readonly index: number; readonly lane: Lane }> {
    const { paused } = moment;
    const usable = (index: number): boolean => moment.usable(index);
    for (let index = this.#first.take(usable); index !== undefined; index = this.#first.take(usable)) {
      const lane = this.#rules.laneOf(index);
      if (this.#load(lane, moment) >= this.#rules.laneWindow(lane).most) {
        this.#first.untake(index);
        break;
      }
      this.#running[lane] += 1;
      yield { index, lane };
    }
    if (paused) return;
    for (const lane of ['large', 'small'] as const) {
      const { most, refillAt = most - 1 } = this.#rules.laneWindow(lane);
      if (this.#load(lane, moment) > refillAt) continue;
      while (this.#load(lane, moment) < most) {
        const index = this.#lines[lane].take(usable);
        if (index === undefined) break;
        this.#running[lane] += 1;
        yield { index, lane };
      }
    }
  }

  leave(lane: Lane): void {
    this.#running[lane] -= 1;
  }

  #load(lane: Lane, { unanswered }: LaneMoment): number {
    if (lane === 'large') return this.#running.large;
    return this.#running.small - Math.min(unanswered, mostUnanswered);
  }
}
