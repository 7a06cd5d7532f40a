/** The URLs under which the bucket answers, and the one that a request asks for. */

import type { S3AddressingStyle } from './options.js';
import { forbidden, invalid } from './refusal.js';

/**
 * The bucket's URLs, one for each endpoint, normalised.
 *
 * @throws TypeError when an endpoint is no http(s) URL.
 */
export function bucketUrls(
  endpoint: string | readonly string[],
  bucket: string,
  style: S3AddressingStyle | undefined,
): readonly string[] {
  const endpoints = typeof endpoint === 'string' ? [endpoint] : endpoint;
  const urls = endpoints.map(text => bucketUrl(text, bucket, style));
  if (urls.length === 0) throw new TypeError('createS3Signer: name at least one endpoint.');
  return [...new Set(urls)];
}

function bucketUrl(endpoint: string, bucket: string, style: S3AddressingStyle | undefined): string {
  const normal = normalize(endpoint);
  if (normal === undefined) {
    throw new TypeError(`createS3Signer: the endpoint “${String(endpoint)}” is no http(s) URL of a storage.`);
  }
  const url = new URL(normal);
  switch (style ?? guessStyle(url, bucket)) {
    case 'bucket-url':
      return normal;
    case 'path':
      return `${normal}/${encodeURIComponent(bucket)}`;
    case 'virtual-host':
      url.hostname = `${bucket}.${url.hostname}`;
      return normalize(url.href)!;
  }
}

function guessStyle(url: URL, bucket: string): S3AddressingStyle {
  if (url.hostname.startsWith(`${bucket.toLowerCase()}.`) || url.pathname.endsWith(`/${bucket}`))
    return 'bucket-url';
  // A dot in the name would leave the wildcard of the certificate.
  return /\.amazonaws\.com(?:\.cn)?$/.test(url.hostname) && !bucket.includes('.') ? 'virtual-host' : 'path';
}

/** The URL to sign for: the asked one, if it is one of `urls`, else the first. */
export function chooseBucketUrl(urls: readonly string[], asked: string | undefined): string {
  if (asked === undefined) return urls[0]!;
  const normal = normalize(asked);
  if (normal === undefined) throw invalid('bucketUrl is no URL of a bucket.', 'InvalidBucketUrl');
  if (!urls.includes(normal)) {
    throw forbidden(
      'This signer does not sign for the bucket URL that was asked for: name it in the signer’s endpoints.',
      'UnknownBucketUrl',
    );
  }
  return normal;
}

function normalize(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
