/** Metadata as S3 carries it: headers, `x-amz-meta-…`, tags. */
import type { EntryMetadata } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';

/** Headers that S3 keeps with an object and returns with it. */
export const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const;

const CUSTOM = 'x-amz-meta-';

/** What may be the name of custom metadata: it becomes a part of a header's name. */
export const METADATA_NAME: RegExp = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;

/** Headers of a request that stores an object with this metadata. Tags go in only on creation. */
export function metadataHeaders(metadata: EntryMetadata | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata?.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!(KEPT_HEADERS as readonly string[]).includes(lower)) {
      throw invalid(`The storage does not keep the header “${name}”. Use custom metadata for it.`);
    }
    if (value !== '') headers[lower] = lower === 'content-disposition' ? value : encodeValue(value);
  }
  for (const [name, value] of Object.entries(metadata?.custom ?? {})) {
    if (!METADATA_NAME.test(name)) {
      throw invalid(`“${name}” cannot be the name of custom metadata: letters, digits and hyphens only.`);
    }
    headers[`${CUSTOM}${name.toLowerCase()}`] = encodeValue(value);
  }
  return headers;
}

/** The value of `x-amz-tagging`; undefined without tags. */
export function taggingHeader(tags: EntryMetadata['tags']): string | undefined {
  const pairs = Object.entries(tags ?? {});
  if (pairs.length === 0) return undefined;
  checkTags(pairs.length);
  return pairs.map(pair => pair.map(encodeURIComponent).join('=')).join('&');
}

/** @throws TransferError: S3 keeps ten tags. */
export function checkTags(count: number): void {
  if (count > 10) throw invalid('The storage keeps at most ten tags with a file.');
}

/** What the headers of HEAD say, as far as the page may see them. */
export function metadataOfHeaders(headers: Readonly<Record<string, string>>): EntryMetadata {
  const kept: Record<string, string> = {};
  const custom: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if ((KEPT_HEADERS as readonly string[]).includes(name)) kept[name] = value;
    else if (name.startsWith(CUSTOM)) custom[name.slice(CUSTOM.length)] = decodeValue(value);
  }
  return { headers: kept, custom };
}

/** Headers are ASCII; S3 itself answers other text in this form, too (RFC 2047). */
function encodeValue(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) && value === value.trim() && !value.includes('=?')) return value;
  const bytes = new TextEncoder().encode(value);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `=?UTF-8?B?${btoa(binary)}?=`;
}

function decodeValue(value: string): string {
  return value
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (whole, form: string, data: string) => {
      try {
        const binary =
          form.toLowerCase() === 'b'
            ? atob(data)
            : data
                .replace(/_/g, ' ')
                .replace(/=([0-9a-f]{2})/gi, (_, digits: string) =>
                  String.fromCharCode(Number.parseInt(digits, 16)),
                );
        return new TextDecoder('utf-8', { fatal: true }).decode(
          Uint8Array.from(binary, character => character.charCodeAt(0)),
        );
      } catch {
        return whole;
      }
    });
}

function invalid(text: string): TransferError {
  return new TransferError(text, { kind: 'fatal', reason: 'invalid-input' });
}
