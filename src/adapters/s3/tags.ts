/** Tags of an object: apart from its headers, and read from a body, so no CORS rule hides them. */
import { TransferError } from '../../core/errors.js';
import { child, childrenOf, childText, escapeXml } from '../xml.js';
import { DIRECT_ATTEMPTS, parseAnswer, type S3Client } from './client.js';
import { checkTags } from './metadata-headers.js';

/** Tags, or undefined where the storage has none or does not show them. */
export async function readTags(
  client: S3Client,
  path: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const answer = await client.call(
      { method: 'GET', key: client.keyOf(path), operation: 'GetObjectTagging' },
      { signal, path, attempts: DIRECT_ATTEMPTS },
    );
    // Ceph 16 answers nothing at all for multipart objects without tags.
    if (answer.body === '') return {};
    const xml = parseAnswer(answer, 'Tagging', path);
    const tags = childrenOf(child(xml, 'TagSet'), 'Tag');
    return Object.fromEntries(tags.map(tag => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? '']));
  } catch (error) {
    const unavailable =
      error instanceof TransferError && /^(?:not-supported|forbidden|not-found|signer)$/.test(error.reason);
    if (unavailable) return undefined;
    throw error;
  }
}

/** Replaces all tags. */
export async function writeTags(
  client: S3Client,
  path: string,
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const pairs = Object.entries(tags);
  checkTags(pairs.length);
  const set = pairs.map(
    ([name, value]) => `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  const body = `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${set.join('')}</TagSet></Tagging>`;
  await client.call(
    {
      method: 'PUT',
      key: client.keyOf(path),
      operation: 'PutObjectTagging',
      headers: { 'x-amz-checksum-sha256': await sha256(body) },
    },
    { signal, path, body, attempts: DIRECT_ATTEMPTS },
  );
}

/** S3 wants a digest of this body. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
