/** What a function of the page's says to its question. */
export interface Said<T> {
  /** `false` where the function broke: what nobody could check is not uploaded. */
  readonly answer: T | false;
  readonly isBroken: boolean;
}

/**
 * Asks a function of the page's. One that throws, or answers with a promise (Uppy needs its answer at once), holds up
 * nothing else; the page's developer hears of it as of any uncaught error.
 */
export function askPage<T>(name: string, ask: () => T): Said<T> {
  try {
    const answer = ask();
    if (!isThenable(answer)) return { answer, isBroken: false };
    reportError(new TypeError(`${name} answered with a promise. Uppy needs its answer at once.`));
  } catch (error) {
    reportError(error);
  }
  return { answer: false, isBroken: true };
}

const isThenable = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && typeof (answer as { then?: unknown }).then === 'function';
