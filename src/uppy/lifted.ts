import type { Uppy } from '@uppy/core';

type Options = Uppy['opts'];

/** Other options for one call, in which Uppy reads them at once. */
export interface Lifted extends Partial<Pick<Options, 'onBeforeFileAdded' | 'onBeforeUpload'>> {
  readonly restrictions: Partial<Options['restrictions']>;
}

/** Calls with other options, and takes them back; what the page sets meanwhile stays set. */
export function withOptions<T>(uppy: Uppy, lifted: Lifted, call: () => T): T {
  const before = uppy.opts;
  const { restrictions, ...functions } = lifted;
  const changes = { ...functions, restrictions: { ...before.restrictions, ...restrictions } };
  const during = { ...before, ...changes };
  uppy.opts = during;
  try {
    return call();
  } finally {
    const now = uppy.opts;
    if (now === during) uppy.opts = before;
    else {
      uppy.opts = {
        ...now,
        ...restored(now, functions, before),
        restrictions: {
          ...now.restrictions,
          ...restored(now.restrictions, restrictions, before.restrictions),
        },
      };
    }
  }
}

/** The earlier values of those that are still as they were lifted. */
function restored<T extends object>(now: T, lifted: Partial<T>, before: T): Partial<T> {
  const keys = (Object.keys(lifted) as (keyof T)[]).filter(key => now[key] === lifted[key]);
  return Object.fromEntries(keys.map(key => [key, before[key]])) as Partial<T>;
}
