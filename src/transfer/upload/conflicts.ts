import { type Entry, isUnfinished } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import type { Conflict, ConflictAnswer, ConflictPolicy, TransferItem } from '../types.js';
import { numberedPath } from './free-name.js';
import { retryCall } from './session.js';
import type { TargetNames } from './target-names.js';

/** What to do with a file whose path was looked at. */
export type Resolution =
  /** `createOnly`: refuse when somebody takes the path meanwhile. */
  | { readonly go: string; readonly createOnly: boolean | 'preferred' }
  | { readonly skip: 'same' | 'exists'; readonly existing: Entry }
  | { readonly cancel: true };

export interface ConflictQuestion {
  readonly context: TransferContext;
  readonly names: TargetNames;
  readonly policy: ConflictPolicy;
  readonly onConflict: ((conflict: Conflict) => Promise<ConflictAnswer>) | undefined;
  readonly path: string;
  /** For `skip-same`: whether what is there is this very file. */
  isSame(existing: Entry, signal: AbortSignal): Promise<boolean>;
  readonly control: ItemControl;
  /** Somebody took the path since it was looked at. */
  readonly fresh: boolean;
  /** Another file of this job goes to the same path. */
  readonly duplicate: boolean;
  item(): TransferItem;
  /** Asks one person one question at a time. */
  inTurn<T>(ask: () => Promise<T>): Promise<T>;
}

export const takenError = (path: string): TransferError =>
  new TransferError(
    `There is a file at ${path} already; it was left as it is. Choose another name or allow replacing.`,
    { kind: 'fatal', reason: 'exists', path },
  );

const unfinishedError = (path: string): TransferError =>
  new TransferError(
    `An upload to ${path} was begun and has not ended; it was left as it is. Wait for it, delete it, or allow replacing.`,
    { kind: 'fatal', reason: 'conflict', path },
  );

/** Applies the policy to one path. Rejects with reason `exists` when the policy is to fail. */
export async function resolveConflict(question: ConflictQuestion): Promise<Resolution> {
  const { context, names, path, control } = question;
  if (question.duplicate) return { go: await freePath(question), createOnly: true };
  const existing = await retryCall(context, control, signal => names.find(path, signal, question.fresh));
  // Who wants a question or a skip loses nothing by the moment between look and upload that a form leaves open; who
  // wants to fail, or another name, relies on the storage's word.
  const strict = question.policy === 'fail' || question.policy === 'rename';
  if (!existing) return { go: path, createOnly: strict || 'preferred' };
  const { policy, onConflict } = question;
  if (isUnfinished(existing)) {
    // No file is there that could be kept or skipped; but it may be somebody's who is still sending.
    if (policy === 'fail') throw unfinishedError(path);
    return { go: path, createOnly: false };
  }
  if (policy !== 'ask') return apply(policy, existing, question);
  if (!onConflict) throw takenError(path);
  control.setState('needs-answer');
  // Cancel and pause do not wait for an answer.
  const answered = question.inTurn(async () => {
    control.signal.throwIfAborted();
    return onConflict({
      item: question.item(),
      existing: {
        ...(existing.size === undefined ? {} : { size: existing.size }),
        ...(existing.modified === undefined ? {} : { modified: existing.modified }),
        ...(existing.etag === undefined ? {} : { etag: existing.etag }),
      },
    });
  });
  const answer = await abortable(answered, control.signal);
  control.signal.throwIfAborted();
  control.setState('preparing');
  return answer === 'cancel' ? { cancel: true } : apply(answer, existing, question);
}

async function apply(
  policy: Exclude<ConflictPolicy, 'ask'>,
  existing: Entry,
  question: ConflictQuestion,
): Promise<Resolution> {
  const { context, path, control } = question;
  switch (policy) {
    case 'replace':
      return { go: path, createOnly: false };
    case 'skip':
      return { skip: 'exists', existing };
    case 'fail':
      throw takenError(path);
    case 'skip-same': {
      const same = await retryCall(context, control, signal => question.isSame(existing, signal));
      return same ? { skip: 'same', existing } : { go: path, createOnly: false };
    }
    case 'rename':
      return { go: await freePath(question), createOnly: true };
  }
}

const mostNumbers = 10_000;

async function freePath({ context, names, path, control }: ConflictQuestion): Promise<string> {
  for (let number = names.nextNumber(path); number < mostNumbers; number++) {
    const candidate = numberedPath(path, number);
    names.numberedUpTo(path, number + 1);
    if (names.isClaimed(candidate)) continue;
    const taken = await retryCall(context, control, signal => names.find(candidate, signal));
    if (!taken && names.claim(candidate)) return candidate;
  }
  throw takenError(path);
}
