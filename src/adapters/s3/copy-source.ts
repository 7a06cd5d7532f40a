/** What all copies share. */
import { etagOf, type S3Answer } from './client.js';

/** The storage answers only when the last byte is copied. */
export const COPY_TIMEOUT = 300_000;

/** The condition that the source is still the one that was looked at. */
export function unchanged({ headers }: S3Answer): { headers?: Record<string, string> } {
  const etag = etagOf(headers.etag);
  return etag ? { headers: { 'x-amz-copy-source-if-match': `"${etag}"` } } : {};
}
