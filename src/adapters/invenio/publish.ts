/** The life of a record: published, edited, continued in a new version. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, Container } from '../adapter.js';
import type { InvenioClient } from './client.js';
import { containerOf, readRecord } from './containers.js';
import { containerIdOf } from './options.js';
import { type FilesJson, isObject, linkOf, objectOf, type RecordJson } from './wire.js';

interface RequestType {
  readonly type_id?: string;
  readonly links?: { readonly actions?: { readonly create?: string } };
}

interface PublishRequest {
  readonly status?: string;
  readonly links?: { readonly actions?: { readonly submit?: string }; readonly topic?: unknown };
}

/**
 * Publishes the draft. Repositories with a review workflow take a request in its place; the draft then comes back with
 * the request's state, and is published when somebody has accepted it.
 */
export async function publish(client: InvenioClient, { signal }: CallOptions): Promise<Container> {
  const draft = await readRecord(client, containerIdOf(client.record), { signal });
  const requests = linkOf(draft, 'applicable_requests', 'applicable-requests');
  if (requests !== undefined) {
    const url = client.follow(requests, `${client.recordUrl()}/requests/applicable`);
    return publishByRequest(client, draft, url, { signal });
  }
  const url = client.follow(linkOf(draft, 'publish'), `${client.recordUrl()}/actions/publish`);
  try {
    const record = await client.json<RecordJson>('POST', url, { signal, json: {} });
    return containerOf({ is_draft: false, ...record }, client);
  } catch (error) {
    const published = await afterLostAnswer(client, error, { signal });
    if (published) return containerOf({ is_draft: false, ...published }, client);
    throw error;
  }
}

/** Publishing is not repeated; but when the answer was lost, the record says whether it happened. */
async function afterLostAnswer(
  client: InvenioClient,
  error: unknown,
  { signal }: CallOptions,
): Promise<RecordJson | undefined> {
  if (!(error instanceof TransferError)) return undefined;
  const unanswered = error.kind === 'retry' && error.status === undefined;
  // A browser that sent the request twice by itself is told that the draft, just read, is gone.
  if (!unanswered && error.reason !== 'not-found') return undefined;
  const { attempts } = client;
  const draft = await client.send('GET', client.recordUrl(), { signal, attempts, accept: [404] });
  if (draft.status !== 404) return undefined;
  const published = client.recordUrl({ id: client.record.id, draft: false });
  const found = await client.send('GET', published, { signal, attempts, accept: [404] });
  return found.status === 404 ? undefined : (objectOf(found) as unknown as RecordJson);
}

async function publishByRequest(
  client: InvenioClient,
  draft: RecordJson,
  requestsUrl: string,
  { signal }: CallOptions,
): Promise<Container> {
  const found = await client.json<{ hits?: { hits?: readonly RequestType[] } }>('GET', requestsUrl, {
    signal,
    attempts: client.attempts,
  });
  const create = found.hits?.hits?.find(type => type.type_id === 'publish_draft')?.links?.actions?.create;
  if (create === undefined || client.follow(create, '') === '') {
    throw new TransferError(
      'The repository does not offer to publish this draft now. Something may be missing in it, or a request for it is open already.',
      { kind: 'fatal', reason: 'not-supported' },
    );
  }
  const made = await client.json<PublishRequest>('POST', client.follow(create, create), { signal, json: {} });
  const submit = client.follow(made.links?.actions?.submit, '');
  const request = submit ? await client.json<PublishRequest>('POST', submit, { signal, json: {} }) : made;
  if (request.status === 'accepted') {
    const url = client.follow(topicOf(request), '');
    const record = url
      ? await client.json<RecordJson>('GET', url, { signal, attempts: client.attempts })
      : await readRecord(client, client.record.id, { signal });
    return containerOf({ is_draft: false, ...record }, client);
  }
  return {
    ...containerOf({ is_draft: true, ...draft }, client),
    status: request.status ?? 'submitted',
    readonlyBecause: 'The request to publish this record is waiting for somebody to accept it.',
  };
}

function topicOf({ links }: PublishRequest): string | undefined {
  const topic = links?.topic;
  if (typeof topic === 'string') return topic;
  return isObject(topic) && typeof topic.self === 'string' ? topic.self : undefined;
}

/** A draft of the next version, without files. */
export async function newVersion(client: InvenioClient, { signal }: CallOptions): Promise<Container> {
  const url = `${client.recordUrl({ id: client.record.id, draft: false })}/versions`;
  const record = await client.json<RecordJson>('POST', url, { signal, json: {} });
  return containerOf({ is_draft: true, ...record }, client);
}

/** A draft to change the description of a published record; its files stay frozen. */
export async function editPublished(client: InvenioClient, { signal }: CallOptions): Promise<Container> {
  const url = client.recordUrl({ id: client.record.id, draft: true });
  const record = await client.json<RecordJson>('POST', url, { signal, json: {}, attempts: client.attempts });
  return containerOf({ is_draft: true, ...record }, client);
}

/** Takes over the files of the version before, without copying a byte. Resolves to their number. */
export async function importPreviousFiles(client: InvenioClient, { signal }: CallOptions): Promise<number> {
  const url = `${client.recordUrl()}/actions/files-import`;
  const files = await client.json<FilesJson>('POST', url, { signal, json: {} });
  client.noteFiles(files);
  return files.entries?.length ?? 0;
}
