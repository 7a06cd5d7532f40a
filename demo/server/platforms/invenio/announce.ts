/** `POST …/files`: what an upload begins with. */
import { randomUUID } from 'node:crypto';
import { Refusal } from '../shared/index.js';
import { type Context, invalid, isObject, type Opened } from './context.js';
import type { Area, FileState } from './model.js';
import type { TransferLetter } from './options.js';
import { beginParts } from './parts.js';

const FIELDS = new Set(['key', 'metadata', 'size', 'checksum', 'access', 'storage_class', 'transfer']);
const TRANSFER_FIELDS = new Set(['type', 'url', 'parts', 'part_size']);

type Complaint = { field: string; messages: string[] };

/** Takes all entries, or none. @throws Refusal 400, 403 */
export async function announce(context: Context, opened: Opened, area: Area, body: unknown): Promise<void> {
  const { quirks, clock } = context;
  const { face } = opened;
  if (!Array.isArray(body)) throw invalid([{ field: '0._schema', messages: ['Invalid input type.'] }]);
  if (!face.enabled) throw new Refusal(400, { message: 'Files support is not enabled.' });
  if (body.length === 0) throw invalid([{ field: '_schema', messages: ['No files to upload.'] }]);
  const complaints = body.flatMap((entry, index) => complaintsOf(context, entry, index));
  if (complaints.length > 0) throw invalid(complaints);
  const letters = (body as { transfer?: { type?: TransferLetter } }[]).map(({ transfer }) => transfer?.type);
  if (letters.some(type => type === 'F' || type === 'R') && !quirks.remoteForPeople) {
    throw new Refusal(403, { message: 'Permission denied.' });
  }
  const present = face.areas[area];
  // Counted before it is seen that a name is taken, so a full record refuses that in these words, too.
  if (present.length <= quirks.maxFiles && present.length + body.length > quirks.maxFiles) {
    throw new Refusal(400, {
      message: 'Uploading selected files will result in exceeding the max amount per record.',
    });
  }
  const added: FileState[] = [];
  for (const entry of body as Record<string, unknown>[]) {
    const key = entry.key as string;
    if ([...present, ...added].some(file => file.key === key)) {
      throw new Refusal(400, { message: `File with key ${key} already exists.` });
    }
    added.push(fileStateOf(entry, opened.face.bucketId, clock()));
  }
  if (added.some(({ size = 0 }) => size > quirks.maxFileSize)) {
    throw new Refusal(400, { message: 'File size limit exceeded.' });
  }
  const used = present.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const wanted = added.reduce((sum, file) => sum + (file.size ?? 0), 0);
  if (used + wanted > quirks.quota) throw new Refusal(400, { message: 'Bucket quota exceeded.' });
  for (const file of added) {
    if (file.transfer.type === 'M') await beginParts(context, file);
    if (file.transfer.type === 'F') file.polls = quirks.fetchPolls;
    if (file.transfer.type === 'R') file.status = 'completed';
    present.push(file);
  }
  context.save();
}

function complaintsOf({ quirks }: Context, entry: unknown, index: number): Complaint[] {
  const at = (name: string) => `${index}.${name}`;
  if (!isObject(entry)) return [{ field: at('_schema'), messages: ['Invalid input type.'] }];
  const found: Complaint[] = [];
  const complain = (name: string, message: string) => found.push({ field: at(name), messages: [message] });
  for (const name of Object.keys(entry)) {
    if (!FIELDS.has(name) || (name === 'transfer' && !quirks.knowsTransfers))
      complain(name, 'Unknown field.');
  }
  const { key, size, metadata, checksum, transfer = {} } = entry;
  if (typeof key !== 'string' || key === '') complain('key', 'Missing data for required field.');
  else if ([...key].length > 255) complain('key', 'Longer than maximum length 255.');
  if (size !== undefined && (typeof size !== 'number' || size < 0)) complain('size', 'Not a valid integer.');
  complainOfMetadata(metadata, message => complain('metadata', message));
  if (checksum !== undefined && typeof checksum !== 'string') complain('checksum', 'Not a valid string.');
  if (!isObject(transfer)) {
    complain('transfer', 'Invalid input type.');
    return found;
  }
  for (const name of Object.keys(transfer)) {
    if (!TRANSFER_FIELDS.has(name)) complain(`transfer.${name}`, 'Unknown field.');
  }
  const type = transfer.type ?? 'L';
  if (!quirks.transfers.includes(type as TransferLetter)) {
    complain('transfer.type', `Transfer type "${String(type)}" not supported.`);
  } else if (type === 'M') {
    if (!Number.isInteger(transfer.parts) || Number(transfer.parts) < 1) {
      complain('transfer.parts', 'Missing data for required field.');
    }
    if (!size) complain('size', 'Missing data for required field.');
    const needsSize = quirks.storage !== 's3';
    if (transfer.part_size === undefined ? needsSize : !(Number(transfer.part_size) > 0)) {
      complain('transfer.part_size', 'Missing data for required field.');
    }
    const holds = Number(transfer.parts) * Number(transfer.part_size ?? Number.POSITIVE_INFINITY);
    if (holds < Number(size)) complain('transfer.parts', 'The parts do not hold the file.');
  } else if (type === 'F' || type === 'R') {
    const url = String(transfer.url);
    if (!URL.canParse(url)) complain('transfer.url', 'Not a valid URL.');
    // Looked at before anybody's permission is.
    else if (!quirks.fetchHosts.includes(new URL(url).host)) complain('transfer.url', 'Domain not allowed');
  }
  return found;
}

function complainOfMetadata(metadata: unknown, complain: (message: string) => void): void {
  if (metadata === null) complain('Field may not be null.');
  else if (metadata !== undefined && !isObject(metadata)) complain('Not a valid mapping type.');
}

/** The body of `PUT …/files/{key}`: what may be changed of an entry. @throws Refusal 400 */
export function changeIn(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw invalid([{ field: '_schema', messages: ['Invalid input type.'] }]);
  const found: Complaint[] = Object.keys(body)
    .filter(name => name !== 'metadata' && name !== 'access')
    .map(field => ({ field, messages: ['Unknown field.'] }));
  const { metadata, access } = body;
  complainOfMetadata(metadata, message => found.push({ field: 'metadata', messages: [message] }));
  if (access !== undefined && !isObject(access)) {
    found.push({ field: 'access', messages: ['Invalid input type.'] });
  }
  if (found.length > 0) throw invalid(found);
  return body;
}

let announced = 0;

function fileStateOf(entry: Record<string, unknown>, bucketId: string, now: number): FileState {
  const transfer = (entry.transfer ?? {}) as Partial<FileState['transfer']>;
  const fileId = randomUUID();
  const access = entry.access as { hidden?: boolean } | undefined;
  return {
    key: entry.key as string,
    // Entries that follow each other within a millisecond differ by microseconds, as real ones do.
    created: now + (announced++ % 1000) / 1000,
    updated: now,
    status: 'pending',
    ...(typeof entry.size === 'number' ? { size: entry.size } : {}),
    ...(typeof entry.checksum === 'string' ? { checksum: entry.checksum } : {}),
    metadata: (entry.metadata as Record<string, unknown> | undefined) ?? null,
    hidden: access?.hidden === true,
    transfer: { ...transfer, type: transfer.type ?? 'L' },
    fileId,
    versionId: randomUUID(),
    object: `invenio/${bucketId}/${fileId}`,
    received: false,
    polls: 0,
  };
}
