/** What publishing needs and does, by itself or by request. */
import { randomUUID } from 'node:crypto';
import { type Exchange, Refusal, type Route } from '../shared/index.js';
import {
  allowChange,
  type Context,
  invalid,
  type Opened,
  openRecord,
  originOf,
  requirePerson,
} from './context.js';
import { type Face, touch } from './model.js';

/** What the metadata lack to be published. Drafts are saved all the same, and the answer says it. */
export function metadataErrors({ metadata }: Face): { field: string; messages: string[] }[] {
  const errors: { field: string; messages: string[] }[] = [];
  const required = ['title', 'creators', 'publication_date', 'resource_type'];
  for (const name of required) {
    const value = metadata[name];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
      errors.push({ field: `metadata.${name}`, messages: ['Missing data for required field.'] });
    }
  }
  return errors;
}

export function checkPublishable(face: Face): void {
  const { areas, enabled } = face;
  const errors = metadataErrors(face);
  if (errors.length > 0) throw invalid(errors);
  if (!enabled) return;
  if (areas.files.some(file => file.status !== 'completed')) {
    throw invalid([
      {
        field: 'files.entries',
        messages: ['One or more files have not completed their transfer, please wait.'],
      },
    ]);
  }
  if (areas.files.length === 0) {
    throw invalid([
      {
        field: 'files.enabled',
        messages: [
          'Missing uploaded files. To disable files for this record please mark it as metadata-only.',
        ],
      },
    ]);
  }
}

export function publish(context: Context, { record, face }: Opened): void {
  checkPublishable(face);
  face.locked = true;
  record.published = face;
  delete record.draft;
  touch(face, context.clock());
  context.save();
}

/** Publishing by request, as repositories with a workflow have it. */
export function requestRoutes(context: Context): Route[] {
  const { recordsPath, state, quirks } = context;
  const answer = (exchange: Exchange, id: string) => {
    const { status, record } = state.requests[id]!;
    const self = `${originOf(exchange)}/api/requests/${id}`;
    const now = new Date(context.clock()).toISOString();
    return {
      id,
      created: now,
      updated: now,
      revision_id: 1,
      type: 'publish_draft',
      title: '',
      status,
      is_open: status === 'submitted',
      is_closed: status === 'accepted',
      is_expired: false,
      expires_at: null,
      created_by: { user: state.records[record]?.owner },
      receiver: { group: 'curators' },
      topic: { record },
      links: {
        self,
        actions: status === 'created' ? { submit: `${self}/actions/submit` } : {},
        comments: `${self}/comments`,
        timeline: `${self}/timeline`,
        topic: {
          self: `${originOf(exchange)}${recordsPath}/${record}${status === 'accepted' ? '' : '/draft'}`,
        },
      },
    };
  };
  const openDraft = (exchange: Exchange) => {
    const opened = openRecord(context, exchange, true);
    allowChange(context, opened, exchange);
    return opened;
  };
  return [
    {
      operation: 'applicable-requests',
      method: 'GET',
      path: `${recordsPath}/:id/draft/requests/applicable`,
      async handle(exchange) {
        const { record } = openDraft(exchange);
        const create = `${originOf(exchange)}${recordsPath}/${record.id}/draft/requests/publish_draft`;
        const hits =
          quirks.workflow === 'none' ? [] : [{ type_id: 'publish_draft', links: { actions: { create } } }];
        await exchange.json(200, { hits: { hits, total: hits.length }, links: { self: originOf(exchange) } });
      },
    },
    {
      operation: 'create-request',
      method: 'POST',
      path: `${recordsPath}/:id/draft/requests/publish_draft`,
      async handle(exchange) {
        const opened = openDraft(exchange);
        checkPublishable(opened.face);
        const id = randomUUID();
        state.requests[id] = { id, record: opened.record.id, status: 'created' };
        context.save();
        await exchange.json(201, answer(exchange, id));
      },
    },
    {
      operation: 'submit-request',
      method: 'POST',
      path: '/api/requests/:request/actions/submit',
      async handle(exchange) {
        const person = requirePerson(context, exchange);
        const request = state.requests[exchange.param('request')];
        const record = request && state.records[request.record];
        if (!record?.draft || person.subject !== record.owner) {
          throw new Refusal(404, { message: 'The persistent identifier does not exist.' });
        }
        request!.status = quirks.workflow === 'auto' ? 'accepted' : 'submitted';
        if (quirks.workflow === 'auto') {
          publish(context, { record, face: record.draft, draft: true, owner: true });
        }
        context.save();
        await exchange.json(200, answer(exchange, request!.id));
      },
    },
  ];
}
