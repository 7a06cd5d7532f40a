import type { Page } from 'playwright';

/** Functions told, those with the most time of their own first. */
const most = 25;

/** What the page's thread does while `work` runs: milliseconds by function, its own time only. */
export async function profiled(page: Page, work: () => Promise<number>): Promise<string> {
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 200 });
  await session.send('Profiler.start');
  const took = await work();
  const { profile } = await session.send('Profiler.stop');
  await session.detach();
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(nameless)'}${url ? ` ${url.split('/').slice(-2).join('/').split('?')[0]}:${lineNumber + 1}` : ''}`,
    ]),
  );
  const own = new Map<string, number>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const name = names.get(id)!;
    own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1000);
  }
  const lines = [...own]
    .sort((left, right) => right[1] - left[1])
    .slice(0, most)
    .map(([name, time]) => `${time.toFixed(0).padStart(7)} ms  ${name}`);
  return [`took ${took.toFixed(0)} ms`, ...lines].join('\n');
}
