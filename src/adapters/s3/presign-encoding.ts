/** Spellings that S3 signatures depend on: URIs, XML, digests. */

const encoder = new TextEncoder();

/** Percent-encodes all but RFC 3986's unreserved characters, as Signature V4 wants it. */
export function encodeStrict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A key as the path of a URL: each segment encoded, slashes kept. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeStrict).join('/');
}

/** Character data and attribute values of XML. Line ends are escaped too: parsers normalise bare ones. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\t\r\n]/g, character => `&#${character.charCodeAt(0)};`);
}

/** Base64 of bytes, or of a text's UTF-8 form. */
export function base64(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
}

export async function hmacSha256(
  key: string | Uint8Array<ArrayBuffer>,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const raw = typeof key === 'string' ? encoder.encode(key) : key;
  const imported = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)));
}

/** Bytes of a text in UTF-8: S3 counts keys so. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
