import { expect } from '@open-wc/testing';
import { watch } from '../../src/transfer/watchdog.js';

/** A clock whose timers come when the test lets them. */
function lateClock() {
  let now = 0;
  let due: { at: number; callback: () => void } | undefined;
  return {
    clock: {
      now: () => now,
      setTimeout: (callback: () => void, milliseconds: number) => {
        due = { at: now + milliseconds, callback };
        return 1;
      },
      clearTimeout: () => {
        due = undefined;
      },
      random: () => 0.5,
    },
    /** The machine is awake, or asleep, until this time; then what was due comes. */
    jump(milliseconds: number): void {
      now += milliseconds;
      const waiting = due;
      due = undefined;
      waiting?.callback();
    },
    /** Time passes as on a visible page. */
    pass(milliseconds: number): void {
      const end = now + milliseconds;
      while (due && due.at <= end) {
        now = due.at;
        const { callback } = due;
        due = undefined;
        callback();
      }
      now = end;
    },
  };
}

describe('the watchdog', () => {
  it('notices silence, and movement', () => {
    const time = lateClock();
    let silences = 0;
    const dog = watch(time.clock, 25_000, () => silences++);
    time.pass(24_000);
    dog.alive();
    time.pass(24_000);
    expect(silences).to.equal(0);
    time.pass(5000);
    expect(silences).to.equal(1);
  });

  it('does not take a sleep for silence', () => {
    const time = lateClock();
    let silences = 0;
    watch(time.clock, 25_000, () => silences++);
    time.pass(10_000);
    time.jump(8 * 3_600_000);
    expect(silences).to.equal(0);
    time.pass(24_000);
    expect(silences).to.equal(0);
    time.pass(6000);
    expect(silences).to.equal(1);
  });

  it('notices silence also where timers come once a minute, as in a hidden tab', () => {
    const time = lateClock();
    let silences = 0;
    watch(time.clock, 25_000, () => silences++);
    for (let minute = 0; minute < 5; minute++) time.jump(60_000);
    expect(silences).to.equal(1);
  });
});
