/** What it means when nobody signed. */
import { TransferError } from '../../core/errors.js';
import { quote } from '../http-errors.js';
import { meaningOfRefusal, type RefusalMeaning, thrownByPage } from '../page-function.js';
import type { S3SignRefusal } from './signing.js';

const SUBJECT = 'The service that signs requests for this page';

export function refusalError(refusal: S3SignRefusal, path: string | undefined): TransferError {
  const { code, message, status } = refusal.error;
  // What `createS3Signer` says of keys that no URL or no other storage can have: the file's matter, not the signer's.
  const isName = code === 'InvalidKey';
  const { kind, reason }: RefusalMeaning = isName
    ? { kind: 'fatal', reason: 'invalid-name' }
    : meaningOfRefusal(Number(status) || 400, 'signer');
  const words = quote(String(message ?? '')) ?? `${SUBJECT} refused.`;
  const text = isName ? `The file cannot be stored under this name: ${words} Rename it first.` : words;
  return new TransferError(`${text} (${status} ${code})`, {
    kind,
    reason,
    ...(Number(status) ? { status: Number(status) } : {}),
    ...(code ? { serverCode: String(code) } : {}),
    serverMessage: words,
    ...(path === undefined ? {} : { path }),
  });
}

/** What the page's own function threw. */
export const thrownError = (error: unknown, signal: AbortSignal, path: string | undefined): TransferError =>
  thrownByPage(error, signal, { subject: SUBJECT, reason: 'signer', path });

/** The answer is neither a signed request nor a refusal. */
export function unusableError(path: string | undefined): TransferError {
  return new TransferError(
    `${SUBJECT} answered in a form this page does not understand (no URL). Tell whoever runs this site.`,
    { kind: 'fatal', reason: 'signer', ...(path === undefined ? {} : { path }) },
  );
}
