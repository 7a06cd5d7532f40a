/** What the API does with the storage behind a bucket, whoever provides it. */
import type { StoredObjectInfo } from '../../store/index.js';

export interface BackingFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export interface SignWish {
  /** Seconds the URL works. */
  readonly seconds: number;
  /** When it is signed, milliseconds since 1970. */
  readonly at: number;
}

export type WantedPart =
  | { readonly ETag: string; readonly PartNumber: number }
  | { readonly BlockId: string };

export interface FileStorage {
  /** All files whose names begin so, in any order. */
  list(prefix: string): Promise<BackingFile[]>;
  find(name: string): Promise<BackingFile | undefined>;
  remove(name: string): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  signUpload(name: string, wish: SignWish & { uploadId?: string; partNumber?: number }): Promise<string>;
  signDownload(name: string, wish: SignWish): Promise<string>;
  /** Begins an upload in parts; resolves to its id. */
  start(name: string): Promise<string>;
  /** @throws Refusal 400 */
  complete(name: string, uploadId: string, parts: readonly WantedPart[]): Promise<void>;
}

export function backingFile({ key, size, lastModified }: StoredObjectInfo, root: string): BackingFile {
  return { name: key.slice(root.length), size, created: lastModified };
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return Buffer.concat(pieces);
}

/** Percent-encoding of a path that every signature scheme agrees on. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeStrict).join('/');
}

export function encodeStrict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20260105T101500Z` */
export function basicTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
