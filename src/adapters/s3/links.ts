/** Presigned GET to give away. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { withRetry } from '../retry.js';
import { DIRECT_ATTEMPTS, type S3Client } from './client.js';
import { attachment } from './content-disposition.js';
import { requireAddressable } from './list.js';
import { MAX_LINK_SECONDS } from './options.js';

export async function signedLink(
  client: S3Client,
  path: string,
  { signal, seconds, saveAs }: CallOptions & { seconds: number; saveAs?: string },
): Promise<{ url: string; expiresAt: number }> {
  requireAddressable(path);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_LINK_SECONDS) {
    throw new TransferError('A link lives one second at least and seven days at most.', {
      kind: 'fatal',
      reason: 'invalid-input',
      path,
    });
  }
  const asked = Date.now();
  const { url, expiresAt } = await withRetry(
    attempt =>
      client.sign(
        {
          method: 'GET',
          key: client.keyOf(path),
          operation: 'GetObject',
          expiresIn: seconds,
          ...(saveAs === undefined ? {} : { query: { 'response-content-disposition': attachment(saveAs) } }),
        },
        { signal, attempt, path },
      ),
    { signal, attempts: DIRECT_ATTEMPTS },
  );
  return { url, expiresAt: expiresAt ?? expiryOf(url) ?? asked + seconds * 1000 };
}

/** Signers may shorten the wish; the URL itself says the truth. */
function expiryOf(url: string): number | undefined {
  const query = new URL(url).searchParams;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const seconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (year === undefined || Number.isNaN(seconds)) return undefined;
  return Date.UTC(+year, +month! - 1, +day!, +hour!, +minute!, +second!) + seconds * 1000;
}
