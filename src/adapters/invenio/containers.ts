/** Records as containers: found, made, changed and discarded. */
import { TransferError } from '../../core/errors.js';
import type {
  Adapter,
  CallOptions,
  Container,
  ContainerField,
  ContainerInput,
  Containers,
} from '../adapter.js';
import type { InvenioClient } from './client.js';
import { containerIdOf, faceOf } from './options.js';
import { creatorsOf, formTexts } from './record-form.js';
import { isObject, type Json, linkOf, type RecordJson, type SearchJson, timeOf } from './wire.js';

const FROZEN = 'This record is published, so its files are frozen. Start a new version of it to change them.';

const NOT_CHANGED =
  'A published record is not changed in place. Begin to edit it, change the draft and publish that.';
const NOT_DELETED =
  'A published record cannot be deleted; ask whoever runs the repository. Its drafts can be discarded.';

const FIELDS: readonly ContainerField[] = [
  { name: 'title', label: 'Title', type: 'text', required: true },
  {
    name: 'creators',
    label: 'Creators',
    type: 'text',
    hint: 'Names as “Family, Given”, separated by semicolons.',
  },
  {
    name: 'resourceType',
    label: 'Type of resource',
    type: 'text',
    hint: 'An id of the repository’s, such as “dataset”.',
  },
  {
    name: 'publicationDate',
    label: 'Publication date',
    type: 'text',
    hint: 'As 2026-01-31, 2026-01 or 2026.',
  },
  { name: 'description', label: 'Description', type: 'multiline' },
  {
    name: 'metadata',
    label: 'More metadata',
    type: 'json',
    hint: 'An object in the repository’s own form; its fields win over the ones above.',
  },
];

export function containersOf(client: InvenioClient, open: (client: InvenioClient) => Adapter): Containers {
  const { face, options } = client;
  const readOnly: Containers = {
    word: 'record',
    current: face && containerIdOf(face),
    list: call => search(client, call),
    open: id => open(client.open(id)),
    read: async (id, { signal }) => containerOf(await readRecord(client, id, { signal }), client),
  };
  // Without a token nothing can be changed, and nobody has drafts.
  if (!options.getToken) return readOnly;
  return {
    ...readOnly,
    fields: FIELDS,
    create: (input, call) => create(client, input, call),
    update: (id, input, call) => update(client, id, input, call),
    remove: (id, call) => discard(client, id, call),
  };
}

export function readRecord(client: InvenioClient, id: string, { signal }: CallOptions): Promise<RecordJson> {
  return client.json<RecordJson>('GET', client.recordUrl(faceOf(id)), { signal, attempts: client.attempts });
}

async function search(
  client: InvenioClient,
  { signal, token, labels = {}, query = '' }: Parameters<Containers['list']>[0],
): ReturnType<Containers['list']> {
  const { searchUrl, getToken, pageSize = 25 } = client.options;
  const url = new URL(searchUrl ?? (getToken ? `${client.baseUrl}/api/user/records` : client.recordsUrl));
  const page = Number(token ?? 1);
  const terms = [
    query && `(${query})`,
    ...Object.entries(labels).map(([name, value]) => termOf(name, value)),
  ];
  const q = terms.filter(Boolean).join(' AND ');
  if (q) url.searchParams.set('q', terms.length === 1 ? query : q);
  url.searchParams.set('size', String(pageSize));
  url.searchParams.set('page', String(page));
  const found = await client.json<SearchJson>('GET', url.href, { signal, attempts: client.attempts });
  const records = found.hits?.hits ?? [];
  const more = found.links?.next !== undefined && records.length > 0;
  return {
    containers: records.map(record => containerOf(record, client)),
    ...(more ? { next: String(page + 1) } : {}),
  };
}

/** A term of the repository's query language for one metadata field. */
function termOf(name: string, value: string): string {
  return `metadata.${name.replace(/[^\w.]/g, '')}:"${value.replace(/["\\]/g, '\\$&')}"`;
}

export function containerOf(record: RecordJson, client: InvenioClient): Container {
  const { id, metadata = {}, files, status } = record;
  // Search results and answers to publishing say what they are; old servers only by their address.
  const draft = record.is_draft ?? linkOf(record, 'self')?.endsWith('/draft') === true;
  const containerId = containerIdOf({ id, draft });
  const isFrozen = !draft || record.is_published === true;
  if (draft && isFrozen) client.learned.frozen.add(containerId);
  else client.learned.frozen.delete(containerId);
  const created = timeOf(record.created);
  const description = textOf(metadata.description);
  return {
    id: containerId,
    name: typeof metadata.title === 'string' && metadata.title !== '' ? metadata.title : id,
    ...(description ? { description } : {}),
    ...(created === undefined ? {} : { created }),
    ...(files?.total_bytes === undefined ? {} : { size: Math.round(files.total_bytes) }),
    status: draft ? (status ?? 'draft') : 'published',
    ...(isFrozen ? { readonlyBecause: FROZEN } : {}),
    ...(draft ? {} : { refuses: { update: NOT_CHANGED, remove: NOT_DELETED } }),
    extra: {
      recordId: id,
      ...formTexts(metadata),
      metadata,
      ...(files ? { files: { enabled: files.enabled ?? true, count: files.count ?? null } } : {}),
      ...(record.revision_id === undefined ? {} : { revision: record.revision_id }),
      ...(linkOf(record, 'self_html') ? { page: linkOf(record, 'self_html') } : {}),
      ...(Array.isArray(record.errors) ? { errors: record.errors } : {}),
    },
  };
}

/** Descriptions are HTML; what is shown is their text. */
function textOf(html: unknown): string | undefined {
  if (typeof html !== 'string') return undefined;
  const text = html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}

async function create(
  client: InvenioClient,
  input: ContainerInput,
  { signal }: CallOptions,
): Promise<Container> {
  const metadata = metadataOf(input);
  if (!metadata.title) throw problem('A record needs a title.');
  // Not repeated by itself: a lost answer would leave two drafts.
  const record = await client.json<RecordJson>('POST', client.recordsUrl, {
    signal,
    json: { metadata, files: { enabled: true } },
  });
  return containerOf({ is_draft: true, ...record }, client);
}

async function update(
  client: InvenioClient,
  id: string,
  input: ContainerInput,
  { signal }: CallOptions,
): Promise<Container> {
  requireDraft(id, NOT_CHANGED);
  const record = await readRecord(client, id, { signal });
  const url = client.recordUrl(faceOf(id));
  const changed = await client.json<RecordJson>('PUT', url, {
    signal,
    attempts: client.attempts,
    json: {
      ...withoutErrors(record),
      metadata: { ...record.metadata, ...metadataOf(input, record.metadata) },
    },
    // Refused when somebody changed it since it was read.
    ...(record.revision_id === undefined ? {} : { headers: { 'if-match': String(record.revision_id) } }),
  });
  return containerOf({ is_draft: true, ...changed }, client);
}

async function discard(client: InvenioClient, id: string, { signal }: CallOptions): Promise<void> {
  requireDraft(id, NOT_DELETED);
  await client.send('DELETE', client.recordUrl(faceOf(id)), { signal, attempts: client.attempts });
  client.learned.frozen.delete(id);
}

/** Some versions tell the mistakes of a draft when it is read as well; they are no part of it. */
function withoutErrors(record: RecordJson): RecordJson {
  const { errors: _errors, ...rest } = record;
  return rest;
}

function requireDraft(id: string, message: string): void {
  if (faceOf(id).draft) return;
  throw new TransferError(message, { kind: 'fatal', reason: 'not-supported' });
}

function problem(message: string): TransferError {
  return new TransferError(message, { kind: 'fatal', reason: 'invalid-input' });
}

/** The form's values in InvenioRDM's metadata schema; `metadata` is for repositories with another one. */
function metadataOf(input: ContainerInput, before: Json = {}): Json {
  const text = (name: string) =>
    typeof input[name] === 'string' ? (input[name] as string).trim() : undefined;
  const names = text('creators');
  const creators = names === undefined ? [] : creatorsOf(names, before.creators);
  const type = text('resourceType');
  const date = text('publicationDate');
  const description = text('description');
  return {
    ...(text('title') ? { title: text('title') } : {}),
    ...(creators.length > 0 ? { creators } : {}),
    ...(type ? { resource_type: { id: type } } : {}),
    ...(date ? { publication_date: date } : {}),
    ...(description === undefined ? {} : { description }),
    ...objectOf(input.metadata),
  };
}

function objectOf(value: unknown): Json {
  if (value === undefined || value === '') return {};
  let parsed = value;
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value);
    } catch {
      throw problem('“More metadata” is no valid JSON.');
    }
  }
  if (isObject(parsed)) return parsed;
  throw problem('“More metadata” must be an object: {…}.');
}
