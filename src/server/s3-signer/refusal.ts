import type { S3SignRefusal } from '../../adapters/s3/signing.js';

/**
 * A request that the signer does not sign. Throw it in `authorize` to answer with a status and words of your own
 * (`new S3SignRefused(401, 'SignInNeeded', 'Sign in again.')`); the message reaches the page.
 */
export class S3SignRefused extends Error {
  override readonly name = 'S3SignRefused';
  readonly status: number;
  readonly code: string;

  /**
   * @param status HTTP status, 400 to 599.
   * @param code For programs: one word.
   * @param message For the person at the page: what was refused, and what to do.
   */
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  toJSON(): S3SignRefusal {
    return { error: { code: this.code, message: this.message, status: this.status } };
  }
}

/** The request is no valid one. */
export const invalid = (message: string, code = 'InvalidRequest') => new S3SignRefused(400, code, message);

/** The request is valid, and not allowed. */
export const forbidden = (message: string, code = 'AccessDenied') => new S3SignRefused(403, code, message);
