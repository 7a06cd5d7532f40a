/** What may happen at the platforms' own APIs. */
import type { ApiFaultRule } from '../../demo/server/platforms/shared/index.js';
import { type Cause, type CauseParts, ruleLife } from './trouble-cause.js';

export function platformCauses({ servers, random, after }: CauseParts): Cause[] {
  const rule = (kind: string, weight: number, make: () => ApiFaultRule): Cause => ({
    kind: `platform: ${kind}`,
    weight,
    begin: () => {
      const { faults } = random.pick(servers.platforms);
      const added = faults.failNext({ skip: random.whole(0, 2), times: random.whole(1, 4), ...make() });
      return after(ruleLife, () => {
        faults.rules = faults.rules.filter(other => other !== added);
      });
    },
  });
  return [
    rule('503 with Retry-After', 3, () => ({
      status: 503,
      headers: { 'retry-after': String(random.whole(1, 3)) },
    })),
    rule('429', 3, () => ({ status: 429, headers: { 'retry-after': String(random.whole(1, 3)) } })),
    rule('500', 3, () => ({ status: 500 })),
    rule('a gateway’s page', 2, () => ({
      status: 502,
      body: '<html><title>502 Bad Gateway</title></html>',
      bodyType: 'text/html',
    })),
    rule('cuts', 3, () => ({ cut: true })),
    rule('answer lost', 5, () => ({ loseAnswer: true, times: random.whole(1, 2) })),
    rule('late', 2, () => ({ delay: random.whole(100, 5000) })),
    {
      kind: 'platform: token ends',
      weight: 4,
      begin: () => {
        random.pick(servers.platforms).endTokens();
        return 5000;
      },
    },
  ];
}
