import { randomUUID } from 'node:crypto';
import { type Exchange, Refusal, type StoredFiles } from '../shared/index.js';
import type { FileRecord, SmartsBioQuirks } from './options.js';
import { invalid, type Records } from './records.js';

/** S3's limit for one PUT, in bytes. */
const LARGEST_PUT = 5 * 1024 ** 3;

export interface UploadContext {
  readonly files: StoredFiles;
  readonly records: Records;
  readonly quirks: SmartsBioQuirks;
  /** Checks that the key of this request may be used for the workspace. */
  workspaceOf(exchange: Exchange, id: unknown): string;
}

export interface Uploaded {
  readonly key: string;
  readonly record: FileRecord;
  readonly workspace: string;
}

/** The form: its fields may come before the file or after it. */
export async function takeForm(exchange: Exchange, context: UploadContext): Promise<Uploaded> {
  const { files, records, quirks } = context;
  const fields = new Map<string, string>();
  const incoming = `incoming/${randomUUID()}`;
  let file: { name: string; type: string; size: number } | undefined;
  try {
    for await (const part of exchange.readForm()) {
      if (part.name !== 'file') {
        fields.set(part.name, await part.text());
        continue;
      }
      const type = part.type ?? 'application/octet-stream';
      const { size } = await files.put(incoming, limited(part.bytes, quirks), type);
      file = { name: part.fileName ?? '', type, size };
    }
    if (!file) throw invalid('file is required', [{ field: 'file' }]);
    const workspace = context.workspaceOf(exchange, fields.get('workspace_id'));
    const name = file.name.split('/').at(-1)!;
    const key = records.keyOf(workspace, fields.get('path') ?? '', name);
    requireRoom(records, quirks, key, file.size);
    await files.put(key, files.read(incoming), file.type);
    const description = fields.get('description');
    const record = records.register(key, {
      size: file.size,
      contentType: file.type,
      ...(description === undefined ? {} : { description }),
    });
    return { key, record, workspace };
  } finally {
    if (files.find(incoming)) files.remove(incoming);
  }
}

/** Step 1 of the flow for large files. Nothing is registered yet. */
export async function giveUploadUrl(
  exchange: Exchange,
  context: UploadContext,
): Promise<Record<string, unknown>> {
  const { files, records, quirks } = context;
  const body = await exchange.readJsonObject();
  const workspace = context.workspaceOf(exchange, body.workspace_id);
  const name = textOf(body, 'filename', 'fileName') ?? '';
  const size = body.size ?? body.sizeBytes;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > LARGEST_PUT) {
    throw invalid('size must be a number of bytes up to 5 GiB', [{ field: 'size' }]);
  }
  const contentType = textOf(body, 'contentType', 'content_type') ?? 'application/octet-stream';
  const key = records.keyOf(workspace, textOf(body, 'path') ?? '', name);
  requireRoom(records, quirks, key, size);
  const uploadUrl = await files.sign('PUT', key, { seconds: quirks.uploadSeconds, contentType });
  return { uploadUrl, fileKey: key, expiresIn: quirks.uploadSeconds };
}

/** Step 3. Repeating it gives the same answer. */
export async function confirm(exchange: Exchange, context: UploadContext): Promise<Uploaded> {
  const { files, records } = context;
  const body = await exchange.readJsonObject();
  const workspace = context.workspaceOf(exchange, body.workspace_id);
  const key = textOf(body, 'fileKey', 'file_key', 'key') ?? '';
  if (!key.startsWith(records.rootOf(workspace))) throw invalid('fileKey is not a key of this workspace');
  const object = files.find(key);
  if (!object) throw new Refusal(404, { code: 'not_found', message: 'The file was not uploaded yet' });
  const size = body.size ?? body.sizeBytes;
  if (size !== undefined && size !== object.size) {
    throw invalid(`The uploaded file has ${object.size} bytes, not ${String(size)}`);
  }
  const known = records.get(key);
  const same = known && known.size === object.size && known.lastModified >= object.lastModified;
  const record = same ? known : records.register(key, { size: object.size, contentType: object.contentType });
  return { key, record, workspace };
}

function requireRoom(records: Records, { quota }: SmartsBioQuirks, key: string, size: number): void {
  if (records.used - (records.get(key)?.size ?? 0) + size > quota) {
    throw new Refusal(402, {
      code: 'quota_exceeded',
      message: 'The storage quota of this account is used up',
    });
  }
}

function textOf(body: Record<string, unknown>, ...names: string[]): string | undefined {
  return names.map(name => body[name]).find((value): value is string => typeof value === 'string');
}

async function* limited(bytes: AsyncIterable<Buffer>, quirks: SmartsBioQuirks): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > quirks.formLimit) {
      throw new Refusal(quirks.tooLargeStatus, {
        code: 'validation_error',
        message: 'Files above 500 MB need the presigned flow',
      });
    }
    yield piece;
  }
}
