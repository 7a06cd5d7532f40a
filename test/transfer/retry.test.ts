import { expect } from '@open-wc/testing';
import { TransferError } from '../../src/core/errors.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import { backoff, retrying } from '../../src/transfer/retry.js';
import type { NextTry } from '../../src/transfer/types.js';
import { watch } from '../../src/transfer/watchdog.js';
import { failure } from './fake-storage.js';
import { FastClock } from './fast-clock.js';

function setting(environment: { online?: boolean } = {}) {
  const clock = new FastClock();
  const events = new EventTarget();
  const state = { online: environment.online ?? true };
  const connectivity = new Connectivity(clock, { events, isOnline: () => state.online });
  const abort = new AbortController();
  return {
    clock,
    events,
    state,
    connectivity,
    abort,
    options: { clock, connectivity, signal: abort.signal },
  };
}

const failing = (times: number, error: TransferError) => {
  let calls = 0;
  return async (): Promise<number> => {
    calls += 1;
    if (calls <= times) throw error;
    return calls;
  };
};

describe('retrying', () => {
  it('tries again with growing pauses and full jitter', async () => {
    const { clock, options } = setting();
    expect(await retrying(failing(5, failure('retry', 'server')), options)).to.equal(6);
    expect(clock.delays).to.deep.equal([400, 800, 1600, 3200, 6400]);
    expect(backoff(40, () => 0.999)).to.be.at.most(30_000);
  });

  it('gives up when the budget is used up', async () => {
    const { clock, options } = setting();
    const error = await retrying(failing(99, failure('retry', 'server')), options).catch(each => each);
    expect(error.reason).to.equal('server');
    expect(clock.delays).to.have.length(7);
  });

  it('throws the last failure as it came: what comes next is not said by its words', async () => {
    const { options } = setting();
    const busy = failure('retry', 'server');
    expect(await retrying(failing(99, busy), options).catch(each => each)).to.equal(busy);
  });

  it('tells which attempt comes next, and when', async () => {
    const { clock, options } = setting();
    const began = clock.now();
    const told: NextTry[] = [];
    await retrying(failing(3, failure('retry', 'server')), {
      ...options,
      onWaiting: (_error, nextTry) => told.push(nextTry),
    });
    expect(told.map(({ attempt }) => attempt)).to.deep.equal([2, 3, 4]);
    expect(told.map(({ at }) => at! - began)).to.deep.equal([400, 1200, 2800]);
  });

  it('tells no time while the browser is offline', async () => {
    const { options } = setting({ online: false });
    const told: NextTry[] = [];
    await retrying(failing(2, failure('wait', 'offline')), {
      ...options,
      onWaiting: (_error, nextTry) => told.push(nextTry),
    });
    expect(told.map(({ at }) => at)).to.deep.equal([undefined, undefined]);
  });

  it('has its whole budget again after progress', async () => {
    const { options } = setting();
    let progress = 0;
    let calls = 0;
    const attempt = async (): Promise<string> => {
      calls += 1;
      if (calls % 5 === 0) progress += 1;
      if (calls < 40) throw failure('retry', 'server');
      return 'done';
    };
    expect(await retrying(attempt, { ...options, progressMark: () => progress })).to.equal('done');
  });

  it('waits as long as the server asked for', async () => {
    const { clock, options } = setting();
    const busy = new TransferError('slow down', { kind: 'retry', reason: 'rate-limited', retryAfter: 7000 });
    await retrying(failing(1, busy), options);
    expect(clock.delays[0]).to.be.within(7000, 8000);
  });

  it('signs again at once, but not for ever', async () => {
    const { clock, options } = setting();
    expect(await retrying(failing(1, failure('re-sign', 'expired')), options)).to.equal(2);
    expect(clock.delays).to.have.length(0);
    const error = await retrying(failing(99, failure('re-sign', 'expired')), options).catch(each => each);
    expect(error.reason).to.equal('expired');
  });

  it('throws what repetition cannot mend at once', async () => {
    const { options } = setting();
    for (const kind of ['fatal', 'restart'] as const) {
      const attempt = failing(1, failure(kind, 'unknown'));
      expect((await retrying(attempt, options).catch(error => error)).kind).to.equal(kind);
    }
  });

  it('says what a connection that never worked may mean', async () => {
    const { options } = setting();
    const error = await retrying(failing(99, failure('retry', 'network')), {
      ...options,
      origin: () => 'https://s3.test',
    }).catch(each => each);
    expect(error.reason).to.equal('cors-or-network');
    expect(error.message).to.contain('https://s3.test').and.to.contain('CORS');
  });

  it('never gives up on a connection that has worked', async () => {
    const { connectivity, options } = setting();
    connectivity.prove('https://s3.test');
    const waits: string[] = [];
    const result = await retrying(failing(40, failure('retry', 'network')), {
      ...options,
      origin: () => 'https://s3.test',
      onWaiting: error => waits.push(error.message),
    });
    expect(result).to.equal(41);
    expect(waits[5]).to.contain('No connection');
  });

  it('does not count an outage, however long, against a storage that refuses before and after it', async () => {
    const { connectivity, options } = setting();
    connectivity.prove('https://storage.test');
    const lost = failure('retry', 'network');
    const refused = failure('retry', 'incomplete');
    const failures = [refused, ...Array.from({ length: 20 }, () => lost), refused];
    const attempt = async (): Promise<string> => {
      const error = failures.shift();
      if (error) throw error;
      return 'done';
    };
    expect(await retrying(attempt, { ...options, origin: () => 'https://storage.test' })).to.equal('done');
  });

  it('goes on as soon as the browser is online again, without using up its budget', async () => {
    const { state, events, options } = setting({ online: false });
    let calls = 0;
    const job = retrying(
      async () => {
        calls += 1;
        if (!state.online) throw failure('retry', 'network');
        return 'done';
      },
      {
        ...options,
        onWaiting: error => {
          expect(error.kind).to.equal('wait');
          if (calls === 30) {
            state.online = true;
            setTimeout(() => events.dispatchEvent(new Event('online')));
          }
        },
      },
    );
    expect(await job).to.equal('done');
    expect(calls).to.equal(31);
  });

  it('stops waiting when it is told to', async () => {
    const { abort, options } = setting();
    const job = retrying(failing(99, failure('retry', 'server')), {
      ...options,
      onWaiting: () => abort.abort(new Error('stop')),
    });
    expect(await job.catch(error => error.message)).to.equal('stop');
  });
});

describe('watch', () => {
  it('barks after silence, and not while something moves', async () => {
    const clock = new FastClock();
    let barked = false;
    const start = clock.now();
    const dog = watch(clock, 1000, () => {
      barked = true;
    });
    for (let n = 0; n < 20; n++) {
      dog.alive();
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    expect(barked).to.equal(false);
    while (!barked) await new Promise(resolve => setTimeout(resolve, 0));
    expect(clock.now() - start).to.be.at.least(1000);
  });

  it('does not take a machine that slept for a dead connection', async () => {
    const clock = new FastClock();
    let barked = false;
    const dog = watch(clock, 25_000, () => {
      barked = true;
    });
    clock.advance(8 * 3_600_000);
    await new Promise(resolve => setTimeout(resolve, 5));
    // One look after the jump: the connection has its whole time again.
    expect(barked && clock.now() - 1_800_000_000_000 < 8 * 3_600_000 + 20_000).to.equal(false);
    dog.stop();
  });
});
