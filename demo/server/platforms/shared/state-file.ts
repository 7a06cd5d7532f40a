import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** State that survives a restart when a directory is given, and lives in memory otherwise. */
export interface StateFile<State> {
  readonly state: State;
  /** To be called after each change. The file is written a moment later, many changes at once, whole or not at all. */
  save(): void;
  /** Writes what is still unwritten. To be called at the end. */
  flush(): void;
}

const PAUSE = 100;

export function openState<State>(
  directory: string | undefined,
  name: string,
  initial: State,
): StateFile<State> {
  if (directory === undefined) return { state: initial, save: () => undefined, flush: () => undefined };
  const path = join(directory, `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  let state = initial;
  try {
    state = { ...initial, ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<State>) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  };
  return { state, flush, save: () => void (timer ??= setTimeout(flush, PAUSE)) };
}
