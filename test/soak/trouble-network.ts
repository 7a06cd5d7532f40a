/** What may happen on the way to the storages, and back. */
import { FAIR_WEATHER, type ProxyWeather } from '../faults/tcp-proxy.js';
import type { Cause, CauseParts } from './trouble-cause.js';

const KiB = 1024;

export function networkCauses({ servers, random, after, seconds: some }: CauseParts): Cause[] {
  const weather = (
    kind: string,
    weight: number,
    seconds: [number, number],
    make: () => Partial<ProxyWeather>,
  ) => ({
    kind: `network: ${kind}`,
    weight,
    begin: async () => {
      const proxy = random.pick([...servers.proxies.values()]);
      await proxy.change(make());
      return after(some(...seconds), () => proxy.change(FAIR_WEATHER));
    },
  });
  return [
    weather('refuses', 5, [0.5, 10], () => ({ mode: 'refuse' })),
    weather('swallows everything', 4, [1, 40], () => ({ mode: 'black-hole' })),
    weather('slow', 4, [3, 15], () => ({ bytesPerSecond: random.whole(40, 600) * KiB })),
    weather('far away', 3, [3, 15], () => ({ latency: random.whole(20, 400) })),
    weather('cuts after bytes up', 5, [2, 10], () => ({ resetAfterBytesUp: random.whole(1, 4000) * KiB })),
    weather('cuts after bytes down', 4, [2, 8], () => ({ resetAfterBytesDown: random.whole(200, 60_000) })),
    {
      kind: 'network: cuts everything now',
      weight: 6,
      begin: () => {
        for (const proxy of servers.proxies.values()) if (random.chance(0.6)) proxy.reset();
        return 1000;
      },
    },
  ];
}
