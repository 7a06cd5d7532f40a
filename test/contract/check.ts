/** The few assertions of the contract suite: it runs in browsers (Mocha) and in Node alike. */
import { TransferError } from '../../src/core/errors.js';

/** What a test gives back that cannot run for this adapter: the runner prints why. */
export interface Skipped {
  readonly skipped: string;
}

export const skipped = (why: string): Skipped => ({ skipped: why });

export function ok(value: unknown, what: string): asserts value {
  if (!value) throw new Error(what);
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [stable(actual), stable(expected)];
  if (left !== right) throw new Error(`${what}\n  expected ${right}\n  got      ${left}`);
}

/** The TransferError that a promise rejects with. */
export async function refusal(promise: Promise<unknown> | undefined, what: string): Promise<TransferError> {
  ok(promise, `${what}: the function is missing`);
  const error = await promise.then(
    () => undefined,
    reason => reason as unknown,
  );
  ok(error !== undefined, `${what}: nothing was thrown`);
  ok(error instanceof TransferError, `${what}: threw ${String(error)}, which is no TransferError`);
  ok(
    error.message.length > 10 && /[.!?)]$/.test(error.message),
    `${what}: “${error.message}” is no sentence`,
  );
  return error;
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
