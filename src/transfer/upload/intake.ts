import type { Adapter } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { formatSize } from '../../core/format.js';
import { abortable, yieldToEventLoop } from '../clock.js';
import type { ConflictPolicy, UploadInput, UploadSource } from '../types.js';
import { isExtra, pathProblem, relativePath, sizeOf } from './inputs.js';
import type { TargetNames } from './target-names.js';

/** Inputs taken over before the page gets a turn. */
const batch = 4000;

/** Calls `take` for everything a source holds, with a turn for the page now and then. Ends early with the signal. */
export async function takeAll(
  source: UploadSource,
  take: (input: UploadInput) => void,
  signal: AbortSignal,
): Promise<void> {
  let taken = 0;
  // A source that never waits would keep the page from ever getting a turn.
  const turn = () => (++taken % batch === 0 ? yieldToEventLoop() : undefined);
  if (!(Symbol.asyncIterator in source)) {
    for (const input of source) {
      if (signal.aborted) return;
      take(input);
      await turn();
    }
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(Promise.resolve(iterator.next()), signal);
      if (done) return;
      take(value);
      await turn();
    }
  } catch (error) {
    void iterator.return?.();
    if (!signal.aborted) throw error;
  }
}

/** An input with the path it goes to. */
export interface Placed {
  readonly path: string;
  readonly size: number | undefined;
  /** Why it cannot be stored at all. */
  readonly problem: TransferError | undefined;
  /** Another file of this job has the same path: it needs another name. */
  readonly duplicate: boolean;
}

export interface IntakeOptions {
  readonly adapter: Adapter;
  /** Empty, or ending in `/`. */
  readonly into: string;
  readonly policy: ConflictPolicy;
  readonly names: TargetNames;
}

/** Where an input goes below `into` (empty, or ending in `/`). */
export const targetPath = (input: UploadInput, into: string): string =>
  into + relativePath(input).replace(/^\/+/, '');

/** Finds a place for one input, and claims it. */
export function place(input: UploadInput, options: IntakeOptions): Placed {
  const { into, policy, names } = options;
  const path = targetPath(input, into);
  const extra = isExtra(input);
  if (extra && input.kind === 'unreadable') {
    return { path, size: undefined, problem: input.error, duplicate: false };
  }
  const folder = extra;
  const target = folder && !path.endsWith('/') ? `${path}/` : path;
  const size = extra ? 0 : sizeOf(input);
  const problem = refusal(target, size, folder, options);
  if (problem) return { path: target, size: folder ? undefined : size, problem, duplicate: false };
  const duplicate = !folder && !names.claim(target);
  if (!folder && policy !== 'replace') names.expect(target);
  return { path: target, size, problem: undefined, duplicate };
}

function refusal(
  path: string,
  size: number | undefined,
  folder: boolean,
  { adapter, policy, names }: IntakeOptions,
): TransferError | undefined {
  const problem = pathProblem(path);
  if (problem) return new TransferError(problem, { kind: 'fatal', reason: 'invalid-name', path });
  if (!folder && policy !== 'rename' && names.isClaimed(path)) {
    return new TransferError(
      `Another file of this upload has the same path, ${path}. Only the first one is stored: rename one of them.`,
      { kind: 'fatal', reason: 'exists', path },
    );
  }
  const most = adapter.capabilities.maxFileSize;
  if (most === undefined || size === undefined || size <= most) return undefined;
  return new TransferError(
    `${path} is larger than ${adapter.label} takes: a file may have ${formatSize(most, 'en')} at most.`,
    {
      kind: 'fatal',
      reason: 'too-large',
      path,
    },
  );
}
