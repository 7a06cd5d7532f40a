import type { TransferResponse } from '../adapter.js';

/** A URL as a storage names it, without query; undefined where it names none. */
export function locationOf(named: string | undefined): string | undefined {
  if (!named || !URL.canParse(named)) return undefined;
  const { protocol, origin, pathname } = new URL(named);
  return protocol === 'https:' || protocol === 'http:' ? `${origin}${pathname}` : undefined;
}

/** Of an object sent as a form to its bucket. */
export function locationInBucket({ url }: TransferResponse, key: string | undefined): string | undefined {
  const bucket = locationOf(url);
  if (bucket === undefined || key === undefined) return undefined;
  return `${bucket.replace(/\/$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
