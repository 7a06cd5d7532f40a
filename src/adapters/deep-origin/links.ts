import type { CallOptions } from '../adapter.js';
import { expiryOf } from '../signed-url.js';
import type { DeepOriginClient } from './client.js';
import { badAnswer } from './errors.js';

export interface SignedUrl {
  readonly url: string;
  /** Milliseconds since 1970; an assumption where the URL does not say. */
  readonly expiresAt: number;
}

/** Asks for a URL of the storage. Whether the file exists is not looked at. */
export async function signedUrl(
  client: DeepOriginClient,
  path: string,
  { upload, direct, ...call }: CallOptions & { upload: boolean; direct: boolean },
): Promise<SignedUrl> {
  const answer = await client.sendForJson(
    { method: 'GET', url: client.url(path, 'signedUrl', upload ? { upload: 'true' } : {}) },
    call,
    { path, direct, timeout: Math.max(30_000, client.options.timeout ?? 0) },
  );
  const url = (answer as { url?: unknown } | null)?.url;
  if (typeof url !== 'string' || !URL.canParse(url))
    throw badAnswer('a signed URL was asked for and none came', path);
  return { url, expiresAt: expiryOf(url) ?? Date.now() + (client.options.assumedLinkLife ?? 300_000) };
}
