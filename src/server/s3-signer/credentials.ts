import { expirationOf, type S3Credentials } from '../../adapters/s3/presign.js';
import { S3SignRefused } from './refusal.js';

/** Credentials that end sooner than this are renewed first, in milliseconds. */
const RENEW_BEFORE = 60_000;

/**
 * A function that gives valid credentials: those given, or what a function gets, asked once for all who wait and
 * again shortly before the last answer's expiration. It takes a function to report failures to.
 */
export function credentialSource(
  credentials: S3Credentials | (() => S3Credentials | Promise<S3Credentials>),
  now: () => number,
): (report: (error: unknown) => void) => Promise<S3Credentials> {
  if (typeof credentials !== 'function') {
    checkCredentials(credentials);
    return async () => credentials;
  }
  let kept: S3Credentials | undefined;
  let pending: Promise<S3Credentials> | undefined;

  const renew = async (): Promise<S3Credentials> => {
    const fresh = await credentials();
    checkCredentials(fresh);
    kept = expirationOf(fresh) === undefined ? undefined : fresh;
    return fresh;
  };

  return async report => {
    const left = kept ? (expirationOf(kept) ?? 0) - now() : 0;
    if (kept && left > RENEW_BEFORE) return kept;
    const last = kept;
    try {
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return await pending;
    } catch (error) {
      report(error);
      if (last && left > 0) return last;
      throw new S3SignRefused(
        503,
        'CredentialsUnavailable',
        'The signer cannot reach its own credentials now. Try again in a moment.',
      );
    }
  };
}

function checkCredentials(credentials: S3Credentials): void {
  if (!credentials?.accessKeyId || !credentials.secretAccessKey) {
    throw new TypeError('createS3Signer: credentials need an accessKeyId and a secretAccessKey.');
  }
}
