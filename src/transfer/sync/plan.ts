import type { SyncFile, SyncOptions, SyncPlan, SyncStep } from './options.js';

/** A file of one side, with what the side itself needs to read, replace or delete it. */
export interface Candidate<Its> extends SyncFile {
  readonly its: Its;
}

/** A step with the files it is about. */
export interface PairedStep<From, To> {
  readonly step: SyncStep;
  /** What both sides know it by. */
  readonly key: string;
  readonly from: Candidate<From> | undefined;
  readonly to: Candidate<To> | undefined;
}

/** The files of both sides, by what both know them by. */
export interface Sides<From, To> {
  readonly from: ReadonlyMap<string, Candidate<From>>;
  readonly to: ReadonlyMap<string, Candidate<To>>;
  /** What the source is still being given: nothing to take yet, and no reason to delete what the target has. */
  readonly unfinished?: ReadonlySet<string>;
}

export interface Comparison<From, To> extends Sides<From, To> {
  readonly options: SyncOptions;
  /** Whether two files of one path and one size are the same; what cannot be shown is false. */
  same(from: Candidate<From>, to: Candidate<To>): Promise<boolean>;
}

/** Compares both sides, a few files at a time. */
export async function pairUp<From, To>(
  { from, to, unfinished, options, same }: Comparison<From, To>,
  signal: AbortSignal,
): Promise<PairedStep<From, To>[]> {
  const { include = () => true } = options;
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  const steps: (PairedStep<From, To> | undefined)[] = Array.from({ length: paths.length });
  let next = 0;
  const compareSome = async (): Promise<void> => {
    while (next < paths.length) {
      signal.throwIfAborted();
      const at = next++;
      const path = paths[at]!;
      if (unfinished?.has(path)) continue;
      const [source, target] = [from.get(path), to.get(path)];
      if (!include((source ?? target)!)) continue;
      const decided = await decide(source, target, options, same);
      if (!decided) continue;
      const size = (source ?? target)!.size;
      const step = { ...decided, path: (source ?? target)!.path, size };
      steps[at] = { step, key: path, from: source, to: target };
    }
  };
  await Promise.all(Array.from({ length: 6 }, compareSome));
  return steps.filter(step => step !== undefined);
}

async function decide<From, To>(
  from: Candidate<From> | undefined,
  to: Candidate<To> | undefined,
  { compare = 'content', remove = false }: SyncOptions,
  same: Comparison<From, To>['same'],
): Promise<Pick<SyncStep, 'action' | 'why'> | undefined> {
  if (!from) {
    const goes = typeof remove === 'function' ? remove(to!) : remove;
    return goes ? { action: 'remove', why: 'extra' } : undefined;
  }
  if (!to) return { action: 'create', why: 'missing' };
  if (compare === 'exists') return { action: 'skip', why: 'exists' };
  if (from.size !== to.size) return { action: 'replace', why: 'size' };
  if (compare === 'size' && from.size !== undefined) return { action: 'skip', why: 'same' };
  if (await same(from, to)) return { action: 'skip', why: 'same' };
  return { action: 'replace', why: 'content' };
}

export function planOf(steps: readonly SyncStep[]): SyncPlan {
  const count = (action: SyncStep['action']): number => steps.filter(step => step.action === action).length;
  let bytes = 0;
  for (const { action, size } of steps) {
    if (action === 'create' || action === 'replace') bytes += size ?? 0;
  }
  return {
    steps,
    create: count('create'),
    replace: count('replace'),
    remove: count('remove'),
    skip: count('skip'),
    bytes,
  };
}
