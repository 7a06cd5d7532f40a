import { expect } from '@open-wc/testing';
import { Pacer } from '../../src/transfer/pacer.js';
import { FastClock } from './fast-clock.js';

/** Time that moves only when told to. */
class HandClock extends FastClock {
  #timers = new Map<number, { due: number; run: () => void }>();
  #last = 0;

  override setTimeout(run: () => void, milliseconds: number): unknown {
    this.#timers.set(++this.#last, { due: this.now() + milliseconds, run });
    return this.#last;
  }

  override clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  async pass(milliseconds: number): Promise<void> {
    this.advance(milliseconds);
    for (const [handle, { due, run }] of this.#timers) {
      if (due > this.now()) continue;
      this.#timers.delete(handle);
      run();
    }
    await settled();
  }
}

const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

describe('Pacer', () => {
  const signal = new AbortController().signal;

  function ask(pacer: Pacer, bytes: number, until = signal) {
    const asked = { gone: false, error: undefined as unknown, giveBack: (_bytes: number): void => {} };
    pacer.take(bytes, until).then(
      turn => Object.assign(asked, { gone: true, giveBack: (unsent: number) => turn.giveBack(unsent) }),
      error => Object.assign(asked, { error }),
    );
    return asked;
  }

  it('lets requests go one after another, each when the bytes before it have had their time', async () => {
    const clock = new HandClock();
    const pacer = new Pacer(clock, 1000);
    const [first, second, third] = [ask(pacer, 500), ask(pacer, 2000), ask(pacer, 1)];
    await settled();
    expect([first.gone, second.gone, third.gone]).to.deep.equal([true, false, false]);
    await clock.pass(499);
    expect(second.gone).to.equal(false);
    await clock.pass(1);
    expect([second.gone, third.gone]).to.deep.equal([true, false]);
    await clock.pass(2000);
    expect(third.gone).to.equal(true);
  });

  it('lets the next one go at once when bytes did not go out after all', async () => {
    const clock = new HandClock();
    const pacer = new Pacer(clock, 1000);
    const first = ask(pacer, 60_000);
    const second = ask(pacer, 10);
    await settled();
    first.giveBack(60_000);
    // Only what it had taken: saying it twice is no leave for more.
    first.giveBack(60_000);
    await settled();
    expect(second.gone).to.equal(true);
    const third = ask(pacer, 10);
    await clock.pass(9);
    expect(third.gone).to.equal(false);
    await clock.pass(1);
    expect(third.gone).to.equal(true);
  });

  it('gives no leave for a burst after a request that hung', async () => {
    const clock = new HandClock();
    const pacer = new Pacer(clock, 1000);
    const hung = ask(pacer, 10_000);
    await clock.pass(10_000);
    hung.giveBack(10_000);
    const [next, after] = [ask(pacer, 5000), ask(pacer, 5000)];
    await settled();
    expect([next.gone, after.gone]).to.deep.equal([true, false]);
  });

  it('forgets who stops waiting', async () => {
    const clock = new HandClock();
    const pacer = new Pacer(clock, 1000);
    const abort = new AbortController();
    ask(pacer, 1000);
    const stopped = ask(pacer, 3_600_000, abort.signal);
    const next = ask(pacer, 1);
    await settled();
    abort.abort(new Error('stop'));
    await settled();
    expect((stopped.error as Error).message).to.equal('stop');
    await clock.pass(1000);
    expect(next.gone).to.equal(true);
  });

  it('wakes who waits when the rate changes', async () => {
    const clock = new HandClock();
    const pacer = new Pacer(clock, 10);
    ask(pacer, 1000);
    const second = ask(pacer, 1000);
    const third = ask(pacer, 1000);
    await settled();
    pacer.bandwidth = 1000;
    await clock.pass(999);
    expect(second.gone).to.equal(false);
    await clock.pass(1);
    expect([second.gone, third.gone]).to.deep.equal([true, false]);
    pacer.bandwidth = undefined;
    await settled();
    expect(third.gone).to.equal(true);
  });
});
