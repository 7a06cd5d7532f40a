/**
 * Waits until `check` says yes; fails with `what` after ten seconds. That is never a measure of speed: a machine that
 * runs other tests beside may be still for seconds.
 */
export async function until(check: () => unknown, what = 'the condition'): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    if (await check()) return;
    if (performance.now() > end) throw new Error(`It never happened: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
