import { errorName, TransferError } from '../../core/errors.js';

type Presign = typeof import('./presign.js');

/**
 * Loads what signs in the page, which pages with a signer of their own do without. Begins at once: by the time of the
 * first signature the connection may be gone, and browsers do not fetch a module again that failed once.
 */
export function presignLoader(
  load: () => Promise<Presign> = () => import('./presign.js'),
): (path: string | undefined) => Promise<Presign> {
  let loading = load();
  // Told to whoever signs.
  loading.catch(() => {});
  return async path => {
    try {
      return await loading;
    } catch {
      loading = load();
    }
    try {
      return await loading;
    } catch (error) {
      throw new TransferError(
        'The part of this page that signs requests could not be loaded. Check the connection and try again; if that does not help, load the page again.',
        {
          kind: 'retry',
          reason: 'network',
          cause: errorName(error),
          ...(path === undefined ? {} : { path }),
        },
      );
    }
  };
}
