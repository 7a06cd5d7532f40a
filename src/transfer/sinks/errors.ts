import { TransferError } from '../../core/errors.js';

const say = (message: string, reason: TransferError['reason'], cause: unknown): TransferError =>
  new TransferError(message, { kind: 'fatal', reason, cause });

/** What browsers say of a name, in a TypeError like any other: Chromium, Firefox, WebKit. */
const saysName = /\bname is (?:not allowed|invalid|not valid)|\binvalid (?:file|directory)? ?name/iu;

/** What went wrong at a sink, in words for the person. */
export function sinkError(error: unknown, name: string): unknown {
  if (error instanceof TransferError) return error;
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'QuotaExceededError':
      return say(
        `There is no room left on this disk, or in the share of it that the browser gives this site, for ${name}. Free some space and try again.`,
        'quota',
        error,
      );
    case 'NotAllowedError':
    case 'SecurityError':
      return say(
        `This page may not write ${name} there. Choose the place again and allow it.`,
        'forbidden',
        error,
      );
    case 'NotFoundError':
      return say(`The place for ${name} does not exist any more. Choose another one.`, 'not-found', error);
    case 'NoModificationAllowedError':
    case 'InvalidModificationError':
      return say(
        `${name} is being written by another tab or program. Try again when that has ended.`,
        'conflict',
        error,
      );
    case 'TypeMismatchError':
      return say(
        `There is a folder where ${name} should go, or a file where its folder should be.`,
        'exists',
        error,
      );
    case 'TypeError':
      if (!saysName.test((error as Error).message)) return error;
      return say(
        `The browser refuses to write a file under the name \u201c${name}\u201d there. Save it under another name, or as part of a ZIP.`,
        'invalid-name',
        error,
      );
    default:
      return error;
  }
}

/** Runs `body` and throws what went wrong as {@link sinkError}. */
export async function withSinkErrors<Value>(name: string, body: () => Promise<Value>): Promise<Value> {
  try {
    return await body();
  } catch (error) {
    throw sinkError(error, name);
  }
}
