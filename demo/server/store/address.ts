import { S3Error } from './errors.js';

export interface Address {
  /** '' for the service itself. */
  bucket: string;
  /** '' for the bucket itself. */
  key: string;
  /** As it came, still encoded, without the query. */
  rawPath: string;
  /** Decoded names and values in the order they came. */
  query: [name: string, value: string][];
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Percent-decoding that refuses what is not UTF-8. */
function decode(text: string, plusIsSpace: boolean): string {
  const bytes: number[] = [];
  const source = Buffer.from(plusIsSpace ? text.replaceAll('+', ' ') : text, 'latin1');
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0x25) {
      bytes.push(source[i]!);
      continue;
    }
    const digits = source.toString('latin1', i + 1, i + 3);
    if (!/^[0-9a-f]{2}$/i.test(digits)) throw new S3Error('InvalidURI');
    bytes.push(Number.parseInt(digits, 16));
    i += 2;
  }
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    throw new S3Error('InvalidURI');
  }
}

/** Encoding as Signature V4 wants it: everything but unreserved characters. */
export function encodeUri(text: string, keepSlash = false): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return keepSlash ? encoded.replaceAll('%2F', '/') : encoded;
}

/** The bucket a virtual-host name stands for: `b.localhost`, `b.s3.localhost`. Undefined for plain host names. */
function bucketOfHost(host: string): string | undefined {
  const name = /^(.+)\.localhost(?::\d+)?$/i.exec(host)?.[1]?.toLowerCase();
  const bucket = name?.replace(/\.s3$/, '');
  // No bucket name is shorter than three characters, so `s3.localhost` is free for path style.
  return bucket !== undefined && bucket.length >= 3 ? bucket : undefined;
}

/** @throws S3Error InvalidURI, KeyTooLongError */
export function parseAddress(url: string, host: string): Address {
  const mark = url.indexOf('?');
  let rawPath = mark < 0 ? url : url.slice(0, mark);
  // A request target may be absolute (RFC 9112, 3.2.2).
  rawPath = rawPath.replace(/^https?:\/\/[^/]*/i, '') || '/';
  const query = (mark < 0 ? '' : url.slice(mark + 1))
    .split('&')
    .filter(pair => pair !== '')
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      if (equals < 0) return [decode(pair, true), ''];
      return [decode(pair.slice(0, equals), true), decode(pair.slice(equals + 1), true)];
    });
  const path = decode(rawPath, false).slice(1);
  let bucket = bucketOfHost(host);
  let key = path;
  if (bucket === undefined) {
    const slash = path.indexOf('/');
    bucket = slash < 0 ? path : path.slice(0, slash);
    key = slash < 0 ? '' : path.slice(slash + 1);
  }
  return { bucket, key, rawPath, query };
}

/** @throws S3Error KeyTooLongError */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > 1024) throw new S3Error('KeyTooLongError', { details: { Size: size, MaxSizeAllowed: 1024 } });
}

/** Headers carry bytes; Node shows each as one character. Text becomes its UTF-8 bytes in that form. */
export function toHeaderValue(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
