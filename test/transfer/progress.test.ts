import { expect } from '@open-wc/testing';
import { choosePartSize, countParts } from '../../src/transfer/part-size.js';
import { CalmEstimate, SpeedMeter } from '../../src/transfer/progress.js';
import { asTransferError, publicUrl, unreachableError } from '../../src/transfer/transfer-errors.js';
import { failure } from './fake-storage.js';

const MiB = 1024 ** 2;

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
