/** How often to look whether npm is still there, in milliseconds. */
const lookEvery = 1000;

/**
 * Calls `close` once when this program is to end: by a signal, or because the npm that runs it has ended. npm does not
 * hand every signal on to what its shell has started, and a server that nobody can find keeps its ports.
 */
export function untilEnded(close: () => Promise<unknown>): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    void close().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, lookEvery).unref();
}
