import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recoveryOf, type TracedRequest } from './recovery.js';

const request = (what: string, started: number, rest: Partial<TracedRequest> = {}): TracedRequest => ({
  what,
  started,
  ended: started + 10,
  fault: undefined,
  status: 200,
  ...rest,
});

describe('the time to recover', () => {
  it('goes from a fault to the request that succeeds in its place, not to others beside it', () => {
    const trace = [
      request('part 1', 100, { fault: 150, status: 499, ended: 30_000 }),
      request('part 2', 160),
      request('part 1', 30_200),
    ];
    assert.equal(recoveryOf(trace, undefined), 30_050);
  });

  it('counts from the last of several faults, and the slowest of several requests', () => {
    const trace = [
      request('part 1', 100, { fault: 100, status: 503 }),
      request('part 1', 200, { fault: 200, status: 503 }),
      request('part 1', 900),
      request('part 2', 100, { fault: 100, status: 503 }),
      request('part 2', 150),
    ];
    assert.equal(recoveryOf(trace, undefined), 700);
  });

  it('goes from the end of an outage to what succeeds next, be it under way since before', () => {
    assert.equal(recoveryOf([request('part 1', 100), request('part 2', 700)], 500), 200);
    assert.equal(recoveryOf([request('part 1', 100, { ended: 620 }), request('part 2', 700)], 500), 120);
  });

  it('is not told where there was no trouble, where nothing came of it, and of late answers', () => {
    assert.equal(recoveryOf([request('part 1', 100)], undefined), undefined);
    assert.equal(recoveryOf([request('part 1', 100, { fault: 100, status: 503 })], undefined), undefined);
    assert.equal(recoveryOf([request('part 1', 100, { fault: 120 })], undefined), undefined);
  });

  it('takes what stands in for a repetition where there is none', () => {
    const lost = request('Complete', 100, { fault: 110, status: 0, ended: 110 });
    assert.equal(recoveryOf([lost, request('HeadObject', 400)], undefined), 290);
  });
});
