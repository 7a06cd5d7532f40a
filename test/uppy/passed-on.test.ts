import { expect } from '@open-wc/testing';
import { PassedOn } from '../../src/uppy/passed-on.js';

const MiB = 1024 ** 2;

interface Link {
  /** Bytes per second. */
  readonly speed: number;
  /** Bytes that buffers take at once. */
  readonly buffers: number;
  /** Bytes that are confirmed together. */
  readonly part: number;
}

/** Sends a file over a made-up link; tells at each tenth of a second what was shown and what the link had carried. */
function send(size: number, { speed, buffers, part }: Link): { shown: number; carried: number }[] {
  const passed = new PassedOn();
  const steps: { shown: number; carried: number }[] = [];
  for (let time = 0; ; time += 100) {
    const carried = Math.min(size, (speed * time) / 1000);
    if (carried >= size) return steps;
    const sent = Math.min(size, carried + buffers);
    const acknowledged = Math.floor(carried / part) * part;
    passed.update([{ index: 0, acknowledged, sent }], { acknowledged, sent }, undefined, time);
    steps.push({ shown: passed.of(0), carried });
  }
}

describe('bytes that have gone over the link', () => {
  it('are not those that wait in buffers', () => {
    // All of it is in buffers after an instant.
    const steps = send(30 * MiB, { speed: MiB, buffers: 30 * MiB, part: 8 * MiB });
    for (const { shown, carried } of steps)
      expect(shown).to.be.at.most(Math.max(carried * 1.25, carried + MiB));
    expect(steps.at(-1)!.shown).to.be.greaterThan(20 * MiB);
  });

  it('show between two confirmations, and before the first', () => {
    const steps = send(20 * MiB, { speed: MiB, buffers: 2 * MiB, part: 40 * MiB });
    for (const { shown, carried } of steps) expect(shown).to.be.at.most(carried + 2 * MiB);
    expect(steps[100]!.shown, 'after half of the time').to.be.greaterThan(6 * MiB);
    expect(new Set(steps.map(({ shown }) => shown)).size).to.be.greaterThan(100);
  });

  it('never fall, and never count all that is unconfirmed', () => {
    const steps = send(20 * MiB, { speed: 2 * MiB, buffers: 4 * MiB, part: 5 * MiB });
    for (const [at, { shown }] of steps.entries()) {
      expect(shown).to.be.at.least(steps[at - 1]?.shown ?? 0);
      expect(shown).to.be.lessThan(20 * MiB);
    }
  });

  it('move a little where buffers took everything at once, and never beyond two fifths', () => {
    const passed = new PassedOn();
    const on = { index: 0, acknowledged: 0, sent: 8 * MiB };
    const shown: number[] = [];
    for (let time = 0; time <= 60_000; time += 1000) {
      passed.update([on], on, undefined, time);
      shown.push(passed.of(0) / on.sent);
    }
    expect(new Set(shown).size).to.equal(61);
    expect(shown[3]).to.be.within(0.05, 0.2);
    expect(shown[10]).to.be.within(0.18, 0.3);
    expect(shown[60]).to.be.within(0.3, 0.4);
    // Time alone tells no more when the engine calls the filling of buffers a speed.
    passed.update([on], on, 8 * MiB, 61_000);
    expect(passed.of(0)).to.be.at.most(4 * MiB);
  });

  it('are near what the link carried when its buffers take every part whole', () => {
    // Four connections, each with a part of 5 MiB in its buffers.
    const passed = new PassedOn();
    const size = 40 * MiB;
    const shown: number[] = [];
    for (let time = 0; time < 20_000; time += 100) {
      const acknowledged = Math.floor(time / 10_000) * 20 * MiB;
      const sent = Math.min(size, acknowledged + 20 * MiB);
      passed.update([{ index: 0, acknowledged, sent }], { acknowledged, sent }, undefined, time);
      shown.push(passed.of(0) / size);
      const carried = (2 * MiB * time) / 1000;
      expect(passed.of(0), `at ${time}`).to.be.at.most(carried + 2 * MiB);
    }
    expect(shown[50]).to.be.greaterThan(0.06);
    expect(shown[150]).to.be.within(0.6, 0.8);
  });

  it('are not counted by how fast buffers grow', () => {
    // One request of 12 MiB at 1 MiB/s: 8 MiB are handed over in the first second, the rest by the third.
    const passed = new PassedOn();
    for (let time = 0; time < 12_000; time += 100) {
      const sent = Math.min(12, time < 1000 ? (8 * time) / 1000 : 8 + (2 * (time - 1000)) / 1000) * MiB;
      const on = { index: 0, acknowledged: 0, sent };
      passed.update([on], on, time > 2000 ? 3 * MiB : undefined, time);
      const carried = (MiB * time) / 1000;
      expect(passed.of(0), `at ${time}`).to.be.at.most(carried + 3.5 * MiB);
    }
    expect(passed.of(0)).to.be.greaterThan(5 * MiB);
  });

  it('follow buffers that take megabytes in steps, seconds apart', () => {
    // As Chromium handed over one request of 12 MiB at 1 MiB/s: milliseconds, and MiB by then.
    const steps = [
      [0, 4.2],
      [400, 6],
      [1800, 7.5],
      [3600, 9],
      [4800, 10.5],
      [6700, 12],
    ] as const;
    const passed = new PassedOn();
    for (let time = 0; time < 11_800; time += 100) {
      const sent = steps.findLast(([from]) => from <= time)![1] * MiB;
      const on = { index: 0, acknowledged: 0, sent };
      passed.update([on], on, undefined, time);
      const carried = (MiB * time) / 1000;
      expect(passed.of(0), `at ${time}`).to.be.at.most(carried + 2 * MiB);
      if (time >= 3000) expect(passed.of(0), `at ${time}`).to.be.at.least(carried * 0.6);
    }
  });

  for (const [megabytes, speed] of [
    [3, 1],
    [8, 2],
    [10, 4],
    [20, 5],
    [60, 10],
  ] as const) {
    it(`follow an ordinary link: ${megabytes} MiB at ${speed} MiB/s, confirmed at its end`, () => {
      const link = { speed: speed * MiB, buffers: 0.2 * MiB, part: 60 * MiB };
      for (const [at, { shown, carried }] of send(megabytes * MiB, link).entries()) {
        const points = ((shown - carried) / megabytes / MiB) * 100;
        expect(points, `after ${at / 10} s`).to.be.within(at < 8 ? -30 : -20, 5);
      }
    });
  }

  it('stand still after a sleep', () => {
    const passed = new PassedOn();
    const on = { index: 0, acknowledged: 0, sent: 8 * MiB };
    for (let time = 0; time < 60_000; time += 1000) {
      const sent = 8 * MiB + (time / 1000) * MiB;
      passed.update([{ ...on, sent }], { ...on, sent }, MiB, time);
    }
    const before = passed.of(0);
    expect(before).to.be.greaterThan(40 * MiB);
    passed.update([{ ...on, sent: 800 * MiB }], { ...on, sent: 800 * MiB }, MiB, 3_600_000);
    expect(passed.of(0) - before).to.be.at.most(3 * MiB);
  });

  it('are shared by the files on their way', () => {
    const passed = new PassedOn();
    const files = [
      { index: 0, acknowledged: 0, sent: 6 * MiB },
      { index: 1, acknowledged: 0, sent: 2 * MiB },
    ];
    // A third file has been confirmed meanwhile.
    passed.update(files, { acknowledged: 0, sent: 8 * MiB }, 3 * MiB, 0);
    passed.update(files, { acknowledged: 4 * MiB, sent: 12 * MiB }, 3 * MiB, 2000);
    expect(passed.of(0)).to.be.closeTo(1.5 * MiB, 1);
    expect(passed.of(1)).to.be.closeTo(0.5 * MiB, 1);
    passed.forget(0);
    expect(passed.of(0)).to.equal(0);
  });
});
