import { Refusal } from '../shared/index.js';

/**
 * What the server fetches by itself: a table of sources, and loopback addresses. The stand-in never speaks to another
 * machine.
 */
export async function fetchSource(
  url: unknown,
  sources: ReadonlyMap<string, string | Uint8Array>,
  signal: AbortSignal,
): Promise<{ bytes: string | Uint8Array | AsyncIterable<Uint8Array>; type: string }> {
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new Refusal(400, { message: 'url must be a URL address' });
  }
  const known = sources.get(url);
  if (known !== undefined) return { bytes: known, type: 'application/octet-stream' };
  const { protocol, hostname } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw new Refusal(400, { message: 'url must be a URL address' });
  if (!/^(?:127\.0\.0\.1|localhost|\[::1\]|.*\.localhost)$/.test(hostname)) throw unreachable();
  const response = await fetch(url, { signal }).catch(() => {
    throw unreachable();
  });
  if (!response.ok || !response.body) throw unreachable();
  return {
    bytes: response.body as unknown as AsyncIterable<Uint8Array>,
    type: response.headers.get('content-type') ?? 'application/octet-stream',
  };
}

function unreachable(): Refusal {
  return new Refusal(502, { message: 'The source could not be fetched' });
}
