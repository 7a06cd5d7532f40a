import { setTimeout as sleep } from 'node:timers/promises';

/** Longest that the page may take to answer the driver, in milliseconds. */
const patience = 90_000;

/** What the page answers. @throws Error when it does not: a page that hangs must not hang the run. */
export async function answered<T>(what: string, asked: Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      asked,
      sleep(patience, undefined, { signal: late.signal }).then(() => {
        throw new Error(`The page did not answer for ${patience / 1000} s: ${what}.`);
      }),
    ]);
  } finally {
    late.abort();
  }
}
