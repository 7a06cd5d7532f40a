import { TransferError } from '../../core/errors.js';

/**
 * When a JSON Web Token ends, in milliseconds since 1970; undefined for other tokens and for those that do not say.
 * Nothing is verified here: that is the server's.
 */
export function tokenEnd(token: string): number | undefined {
  const claims = token.split('.')[1];
  if (claims === undefined) return undefined;
  try {
    const { exp } = JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/'))) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** A token that has ended is not sent at all, as the platform's own client does. @throws TransferError */
export function requireLiveToken(token: string): void {
  const end = tokenEnd(token);
  if (end !== undefined && end <= Date.now()) {
    throw new TransferError('Your access to Deep Origin has ended. Sign in again; what is stored is safe.', {
      kind: 'fatal',
      reason: 'unauthorized',
    });
  }
}
