import { expect } from '@open-wc/testing';
import { cancelTick, requestTick } from '../../src/transfer/ticker.js';

const wait = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, milliseconds));

describe('ticker', () => {
  afterEach(() => {
    Reflect.deleteProperty(document, 'hidden');
    document.dispatchEvent(new Event('visibilitychange'));
  });

  it('calls once a frame however often it is asked', async () => {
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
    };
    for (let n = 0; n < 1000; n++) requestTick(tick);
    expect(ticks).to.equal(0);
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(ticks).to.equal(1);
    requestTick(tick);
    cancelTick(tick);
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(ticks).to.equal(1);
  });

  it('goes on in a hidden page, where frames never come, but rarely', async () => {
    await wait(50);
    Object.defineProperty(document, 'hidden', { configurable: true, value: true });
    const { requestAnimationFrame: frames } = globalThis;
    globalThis.requestAnimationFrame = () => 0;
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
    };
    try {
      requestTick(tick);
      document.dispatchEvent(new Event('visibilitychange'));
      const end = Date.now() + 2500;
      while (Date.now() < end) {
        requestTick(tick);
        await wait(10);
      }
    } finally {
      globalThis.requestAnimationFrame = frames;
    }
    // The change to hidden flushes once; then about one a second.
    expect(ticks).to.be.within(2, 5);
  });
});
