/** Files and lists in the spellings that are possible. */
import type { DeepLakeQuirks, FileRecord } from './options.js';

export function describe(file: FileRecord, { fields }: DeepLakeQuirks): Record<string, unknown> {
  const { id, filename, contentType, size } = file;
  const created = new Date(file.created).toISOString();
  switch (fields) {
    case 'plain':
      return { id, filename, content_type: contentType, size, created_at: created, metadata: {} };
    case 'mime':
      return {
        id,
        name: filename,
        mime_type: contentType,
        size_bytes: size,
        created_at: created.slice(0, -1),
      };
    case 'camel':
      return { id, file_name: filename, type: contentType, bytes: size, createdAt: file.created / 1000 };
  }
}

export function listAnswer(
  all: readonly FileRecord[],
  { limit, offset }: { limit: number; offset: number },
  quirks: DeepLakeQuirks,
): unknown {
  const size = Math.min(limit, quirks.largestPage);
  const files = all.slice(offset, offset + size).map(file => describe(file, quirks));
  if (quirks.listShape === 'array') return files;
  return {
    [quirks.listShape]: files,
    ...(quirks.totals ? { total: all.length, limit: size, offset } : {}),
  };
}

/** The name in a header: ASCII for all, the whole of it for those who read RFC 6266. */
export function disposition(filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const encoded = encodeURIComponent(filename).replace(
    /['()*]/g,
    sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
