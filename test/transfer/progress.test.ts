import { expect } from '@open-wc/testing';
import * as fc from 'fast-check';
import { BaseJob, type ItemControl } from '../../src/transfer/job.js';
import { combineSnapshots } from '../../src/transfer/manager-snapshot.js';
import { choosePartSize, countParts } from '../../src/transfer/part-size.js';
import { CalmEstimate, SpeedMeter, secondsFor } from '../../src/transfer/progress.js';
import { asTransferError, publicUrl, unreachableError } from '../../src/transfer/transfer-errors.js';
import { failure } from './fake-storage.js';

const MiB = 1024 ** 2;

/** Time that stands still unless the test lets it pass. */
function stubTime() {
  const { now } = Date;
  let time = now();
  Date.now = () => time;
  return {
    pass(milliseconds: number): void {
      time += milliseconds;
    },
    restore(): void {
      Date.now = now;
    },
  };
}

/** What has to be told is told, as at the page's next frame. */
const runFrame = (): void => void document.dispatchEvent(new Event('visibilitychange'));

describe('SpeedMeter', () => {
  it('finds a steady speed soon, and says nothing before it can know', () => {
    const meter = new SpeedMeter();
    meter.sample(0, 0);
    meter.sample(1000, 500);
    expect(meter.rate).to.equal(undefined);
    for (let time = 1000; time <= 4000; time += 250) meter.sample(time * 2, time);
    expect(meter.rate).to.be.closeTo(2000, 1);
  });

  it('follows a change slowly and forgets a sleep', () => {
    const meter = new SpeedMeter();
    for (let time = 0; time <= 10_000; time += 250) meter.sample(time, time);
    meter.sample(10_000 + 8 * 3_600_000, 8 * 3_600_000);
    expect(meter.rate).to.be.closeTo(1000, 1);
    const start = 8 * 3_600_000;
    for (let time = 250; time <= 1000; time += 250) meter.sample(10_000 + start + time * 3, start + time);
    expect(meter.rate).to.be.within(1100, 1800);
  });
});

describe('SpeedMeter over parts', () => {
  /** Feeds a link of `rate` bytes a second on which `connections` parts of `part` bytes go side by side. */
  function watch(rate: number, part: number, connections: number, seconds: number) {
    const meter = new SpeedMeter();
    const seen: { readonly time: number; readonly rate: number }[] = [];
    const round = (part * connections * 1000) / rate;
    for (let time = 0; time <= seconds * 1000; time += 100) {
      const whole = Math.floor(time / round);
      // The parts of a round end one after the other within a twentieth of it.
      const late = Math.floor((time - whole * round) / (round / 20 / connections));
      const landed = whole === 0 ? 0 : Math.min(connections, late);
      meter.sample((Math.max(0, whole - 1) * connections + landed) * part, time);
      if (meter.rate !== undefined) seen.push({ time, rate: meter.rate });
    }
    return { seen, round };
  }

  it('says nothing before the first part is confirmed, then the truth, and stays with it', () => {
    const MB = 1_000_000;
    for (const [rate, part] of [
      [0.3 * MB, 8 * MB],
      [2 * MB, 8 * MB],
      [50 * MB, 8 * MB],
    ] as const) {
      const { seen, round } = watch(rate, part, 6, (part * 6 * 6) / rate + 5);
      expect(seen.length).to.be.greaterThan(10);
      expect(seen[0]!.time).to.be.at.least(Math.min(round, 1500));
      for (const { time, rate: shown } of seen)
        expect(shown, `after ${time} ms`).to.be.within(rate * 0.7, rate * 1.1);
    }
  });

  it('sinks when nothing is confirmed any more', () => {
    const meter = new SpeedMeter();
    for (let time = 0; time <= 10_000; time += 250) meter.sample(time, time);
    for (let time = 10_250; time <= 40_000; time += 250) meter.sample(10_000, time);
    expect(meter.rate).to.be.lessThan(400);
    expect(meter.rate).to.be.greaterThan(0);
  });

  it('is never negative, infinite or more than was seen, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            wait: fc.integer({ min: 0, max: 20_000 }),
            grow: fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 1e9 })),
            interrupt: fc.boolean(),
          }),
          { maxLength: 60 },
        ),
        steps => {
          const meter = new SpeedMeter();
          let time = 1_700_000_000_000;
          let count = 0;
          let fastest = 0;
          for (const { wait, grow, interrupt } of steps) {
            time += wait;
            count = Math.max(0, count + grow);
            if (interrupt && wait % 7 === 0) meter.interrupt();
            meter.sample(count, time);
            if (grow > 0) fastest += grow;
            if (meter.rate === undefined) continue;
            expect(Number.isFinite(meter.rate)).to.equal(true);
            expect(meter.rate).to.be.greaterThan(0);
            // A step is never shorter than a tenth of a second.
            expect(meter.rate).to.be.at.most(fastest * 10);
          }
        },
      ),
    );
  });
});

describe('time left', () => {
  it('is what is left at the speed that is shown, or nothing', () => {
    expect(secondsFor({ bytes: 100, byteRate: undefined })).to.equal(undefined);
    expect(secondsFor({ bytes: 100, byteRate: 0 })).to.equal(undefined);
    expect(secondsFor({ bytes: 0, byteRate: 5 })).to.equal(undefined);
    expect(secondsFor({ bytes: 100, byteRate: 20 })).to.equal(5);
    expect(secondsFor({ bytes: 100, byteRate: 20, files: 1000, fileRate: 10 })).to.equal(100);
    expect(secondsFor({ bytes: 1e15, byteRate: 1 })).to.equal(undefined);
  });

  it('never comes before bytes were on their way for some seconds, is finite, and fits the totals, however bytes are sent and confirmed', async function () {
    this.timeout(60_000);
    const step = fc.record({
      item: fc.nat(4),
      sent: fc.integer({ min: 0, max: 40 * MiB }),
      acknowledged: fc.option(fc.integer({ min: 0, max: 30 * MiB }), { nil: undefined }),
      wait: fc.integer({ min: 1, max: 4000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async steps => {
        const time = stubTime();
        try {
          const job = new HeldJob([30 * MiB, 1 * MiB, 20 * MiB, 0, 5 * MiB]);
          await Promise.resolve();
          await Promise.resolve();
          await Promise.resolve();
          let acknowledged = 0;
          let sending = 0;
          for (const { item, sent, acknowledged: confirmed, wait } of steps) {
            time.pass(wait);
            if (job.snapshot.bytes.sent > 0) sending += wait;
            const control = job.controls[item]!;
            control.setSent(sent);
            if (confirmed !== undefined) control.setAcknowledged(confirmed);
            job.tick();
            const { bytes, speed, secondsLeft } = job.snapshot;
            expect(bytes.acknowledged).to.be.at.least(acknowledged);
            acknowledged = bytes.acknowledged;
            expect(bytes.left).to.equal(bytes.total - acknowledged);
            expect(bytes.sent).to.be.within(acknowledged, bytes.total);
            expect(bytes.done).to.equal(0);
            if (acknowledged === 0 && sending < 6500)
              expect([speed, secondsLeft]).to.deep.equal([undefined, undefined]);
            if (speed !== undefined)
              expect(speed).to.satisfy((rate: number) => rate > 0 && Number.isFinite(rate));
            if (secondsLeft === undefined) continue;
            expect(speed).not.to.equal(undefined);
            expect(secondsLeft).to.satisfy((left: number) => left >= 0 && Number.isFinite(left));
            const whole = combineSnapshots([job], new CalmEstimate(), Date.now());
            expect(whole.secondsLeft).to.satisfy((left?: number) => left === undefined || left >= 0);
          }
          job.letGo();
          await job.finished;
          const { bytes, progress, secondsLeft } = job.snapshot;
          expect([bytes.done, bytes.left, progress, secondsLeft]).to.deep.equal([
            bytes.total,
            0,
            1,
            undefined,
          ]);
        } finally {
          time.restore();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not take the first of many parts for all of them', async () => {
    const time = stubTime();
    try {
      const job = new HeldJob([600 * MiB]);
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
      const [control] = job.controls;
      const shown: (number | undefined)[] = [];
      // Six parts of 8 MiB side by side: one arrives after 40 seconds, the others by and by, eight seconds later.
      for (let seconds = 0; seconds <= 120; seconds++) {
        control!.setSent(Math.min(48, seconds) * MiB + (seconds > 48 ? 48 * MiB : 0));
        const arrived = seconds < 40 ? 0 : seconds < 48 ? 1 : 6;
        control!.setAcknowledged(arrived * 8 * MiB + (seconds >= 96 ? 48 * MiB : 0));
        job.tick();
        shown.push(job.snapshot.speed);
        time.pass(1000);
      }
      expect(shown.slice(0, 6).every(speed => speed === undefined)).to.equal(true);
      const numbers = shown.filter(speed => speed !== undefined);
      expect(numbers.length).to.be.greaterThan(105);
      for (const speed of numbers) expect(speed / MiB).to.be.within(0.7, 1.3);
      job.letGo();
      await job.finished;
    } finally {
      time.restore();
    }
  });

  it('does not take what fills buffers, or vanishes in them, for speed', async () => {
    const time = stubTime();
    try {
      const job = new HeldJob([600 * MiB]);
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
      const shown: (number | undefined)[] = [];
      // Eight mebibytes go into buffers at once, then the link carries a quarter of a mebibyte each second.
      for (let seconds = 0; seconds <= 30; seconds++) {
        job.controls[0]!.setSent(seconds === 0 ? 0 : (8 + seconds / 4) * MiB);
        job.tick();
        shown.push(job.snapshot.speed);
        time.pass(1000);
      }
      const numbers = shown.filter(speed => speed !== undefined);
      expect(numbers.length).to.be.greaterThan(15);
      for (const speed of numbers) expect(speed / MiB).to.be.within(0.24, 0.26);
      job.letGo();
      await job.finished;

      const dead = new HeldJob([600 * MiB]);
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
      for (let seconds = 0; seconds <= 30; seconds++) {
        dead.controls[0]!.setSent(seconds === 0 ? 0 : 8 * MiB);
        dead.tick();
        expect(dead.snapshot.speed).to.equal(undefined);
        time.pass(1000);
      }
      dead.letGo();
      await dead.finished;
    } finally {
      time.restore();
    }
  });

  it('says no share of files that are still being found', async () => {
    const open = new OpenJob();
    open.found('small', 1);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    expect(open.snapshot.files.done).to.equal(1);
    expect(open.snapshot.progress).to.equal(0);
    open.found('large', 999);
    open.closeNow();
    expect(open.snapshot.progress).to.be.within(0, 0.01);
    await open.finished;
    expect(open.snapshot.progress).to.equal(1);
  });

  it('does not take the looking and signing before the first of many small files for their pace', async () => {
    const time = stubTime();
    try {
      const job = new HeldJob(Array.from({ length: 2000 }, () => 180));
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
      const errors: number[] = [];
      let ended = 0;
      // Four seconds in which nothing ends, then fifty files a second.
      for (let tenth = 0; tenth < 200; tenth++) {
        if (tenth >= 40) {
          for (let more = 0; more < 5; more++) await job.end(ended++);
        }
        job.tick();
        const { secondsLeft } = job.snapshot;
        if (secondsLeft !== undefined) errors.push(secondsLeft / ((2000 - ended) / 50));
        time.pass(100);
      }
      expect(errors.length).to.be.greaterThan(100);
      expect(Math.min(...errors)).to.be.greaterThan(0.7);
      expect(Math.max(...errors)).to.be.lessThan(1.4);
      job.letGo();
      await job.finished;
    } finally {
      time.restore();
    }
  });

  it('counts nothing for what an earlier session had sent', async () => {
    const time = stubTime();
    try {
      const job = new HeldJob([1000 * MiB, 1000 * MiB]);
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
      const [first, second] = job.controls;
      for (let seconds = 0; seconds <= 20; seconds++) {
        first!.setAcknowledged(seconds * MiB);
        if (seconds === 5) {
          second!.setState('preparing');
          second!.setAcknowledged(900 * MiB);
          second!.setState('active');
        }
        job.tick();
        time.pass(1000);
      }
      const { speed, secondsLeft, bytes } = job.snapshot;
      expect(speed).to.be.closeTo(MiB, MiB / 100);
      expect(secondsLeft).to.be.within((bytes.left / MiB) * 0.9, (bytes.left / MiB) * 1.1);
      job.letGo();
      await job.finished;
    } finally {
      time.restore();
    }
  });
});

/** A job whose items move when the test says so. */
class HeldJob extends BaseJob {
  readonly controls: ItemControl[] = [];
  letGo!: () => void;
  readonly #ends: (() => void)[] = [];
  readonly #held = new Promise<void>(resolve => {
    this.letGo = resolve;
  });

  constructor(sizes: readonly number[]) {
    super('upload', 'held');
    for (const [index, size] of sizes.entries()) this.addItem(`item-${index}`, size);
    this.closeItems();
  }

  /** One item is through; the next begins. */
  async end(index: number): Promise<void> {
    while (!this.controls[index]) await Promise.resolve();
    this.controls[index]!.setAcknowledged(this.table.size(index)!);
    this.#ends[index]!();
    while (this.items.at(index)!.state !== 'done') await Promise.resolve();
  }

  /** What a frame does. */
  tick(): void {
    this.setLabel(this.label);
    runFrame();
  }

  protected override async runItem(index: number, control: ItemControl) {
    this.controls[index] = control;
    control.setState('active');
    await Promise.race([this.#held, new Promise<void>(resolve => (this.#ends[index] = resolve))]);
    return { path: `item-${index}`, size: this.table.size(index)!, checksums: [] };
  }
}

/** A job that does not know yet what it has to do. */
class OpenJob extends BaseJob {
  constructor() {
    super('upload', 'open');
  }

  found(path: string, size: number): void {
    this.addItem(path, size);
  }

  closeNow(): void {
    this.closeItems();
  }

  protected override async runItem(index: number, control: ItemControl) {
    if (index > 0) await new Promise(resolve => setTimeout(resolve));
    control.setAcknowledged(this.table.size(index)!);
    return { path: this.table.path(index), size: this.table.size(index)!, checksums: [] };
  }
}

describe('CalmEstimate', () => {
  it('counts down and does not follow noise', () => {
    const estimate = new CalmEstimate();
    let shown = estimate.update(100, 0)!;
    for (let second = 1; second <= 30; second++) {
      const noise = second % 2 === 0 ? 1.08 : 0.92;
      const next = estimate.update((100 - second) * noise, second * 1000)!;
      expect(Math.abs(next - shown)).to.be.lessThan(3);
      shown = next;
    }
    expect(shown).to.be.closeTo(70, 8);
  });

  it('drops a first number that was far off', () => {
    const estimate = new CalmEstimate();
    estimate.update(600, 0);
    expect(estimate.update(75, 1000)).to.equal(75);
    expect(estimate.update(73, 2000)).to.be.within(72, 75);
    // Later the same step is taken slowly.
    for (let second = 3; second <= 15; second++) estimate.update(75 - second, second * 1000);
    expect(estimate.update(10, 16_000)).to.be.greaterThan(30);
  });

  it('moves to a new truth', () => {
    const estimate = new CalmEstimate();
    estimate.update(100, 0);
    let shown = 0;
    for (let second = 1; second <= 15; second++) shown = estimate.update(500, second * 1000)!;
    expect(shown).to.be.within(400, 510);
  });
});

describe('part size', () => {
  const rules = { minPartSize: 5 * MiB, maxPartSize: 5 * 1024 * MiB, maxParts: 10_000 };
  const ask = (size: number, more: object = {}) =>
    choosePartSize({
      size,
      rules,
      wished: undefined,
      connectionSpeed: undefined,
      connections: 6,
      bandwidth: undefined,
      ...more,
    });

  it('begins with 8 MiB and follows the link and the rules', () => {
    expect(ask(1024 * MiB)).to.equal(8 * MiB);
    expect(ask(1024 * MiB, { connectionSpeed: 1.5 * MiB })).to.equal(15 * MiB);
    expect(ask(1024 * MiB, { connectionSpeed: 1000 })).to.equal(5 * MiB);
    expect(ask(100 * MiB, { connectionSpeed: 50 * MiB })).to.equal(8 * MiB);
    expect(ask(100_000 * MiB, { connectionSpeed: 50 * MiB })).to.equal(64 * MiB);
    expect(ask(1024 * MiB, { wished: 3 * MiB })).to.equal(5 * MiB);
    expect(ask(1024 * MiB, { rules: { ...rules, partSize: 7 } })).to.equal(7);
  });

  it('gives each of many connections a part', () => {
    expect(countParts(96 * MiB, ask(96 * MiB, { connections: 18 }))).to.equal(18);
    expect(countParts(60 * MiB, ask(60 * MiB, { connections: 18 }))).to.equal(12);
  });

  it('never needs more parts than are allowed', () => {
    for (const size of [5e11, 5e12, 10_000 * 8 * MiB + 1]) {
      expect(countParts(size, ask(size))).to.be.at.most(10_000);
    }
    expect(countParts(0, 5)).to.equal(1);
  });
});

describe('errors', () => {
  it('hold no secret', () => {
    const url = 'https://s3.test/b/k?X-Amz-Signature=abc&token=def#x';
    expect(publicUrl(url)).to.equal('https://s3.test/b/k');
    const thrown = asTransferError(new TypeError(`cannot load ${url}`), 'k');
    expect(thrown.message + JSON.stringify(thrown)).not.to.contain('X-Amz');
    expect(unreachableError('https://s3.test', failure('retry', 'network')).message).to.contain('s3.test');
  });

  it('name what the browser says about local files', () => {
    expect(asTransferError(new DOMException('', 'NotReadableError'), 'a').reason).to.equal('unreadable');
    expect(asTransferError(new DOMException('', 'QuotaExceededError'), 'a').reason).to.equal('quota');
    expect(asTransferError('what', undefined).kind).to.equal('fatal');
  });
});
