/** Routes of records: drafts, publishing, versions, search. */
import { type Exchange, Refusal, type Route } from '../shared/index.js';
import { filesAnswer, recordAnswer } from './answers.js';
import {
  acceptsJson,
  allowChange,
  allowRead,
  type Context,
  invalid,
  isObject,
  jsonBody,
  type Opened,
  openRecord,
  requirePerson,
} from './context.js';
import { type Face, newFace, type RecordState, recordId, touch } from './model.js';
import { metadataErrors, publish, requestRoutes } from './publishing.js';
import { search } from './search.js';

export function recordRoutes(context: Context): Route[] {
  const { recordsPath, userPath, state, clock } = context;
  const send = (exchange: Exchange, status: number, record: RecordState, face: Face, more = {}) =>
    exchange.json(
      status,
      { ...recordAnswer(context, exchange, record, face), ...more },
      { etag: String(face.revision) },
    );
  /** A draft that was saved with mistakes in it is a success that lists them. */
  const sendSaved = (exchange: Exchange, status: number, record: RecordState, face: Face) => {
    const errors = metadataErrors(face);
    return send(exchange, status, record, face, errors.length > 0 ? { errors } : {});
  };

  return [
    {
      operation: 'search',
      method: 'GET',
      path: recordsPath,
      handle: exchange => search(context, exchange, false),
    },
    {
      operation: 'search-own',
      method: 'GET',
      path: userPath,
      handle: exchange => search(context, exchange, true),
    },
    {
      operation: 'create',
      method: 'POST',
      path: recordsPath,
      async handle(exchange) {
        const person = requirePerson(context, exchange);
        const body = await jsonBody(exchange);
        if (!isObject(body)) throw invalid([{ field: '_schema', messages: ['Invalid input type.'] }]);
        const record = createDraft(context, person.subject, metadataOf(body), filesEnabled(body));
        await sendSaved(exchange, 201, record, record.draft!);
      },
    },
    {
      operation: 'read-draft',
      method: 'GET',
      path: `${recordsPath}/:id/draft`,
      async handle(exchange) {
        acceptsJson(exchange);
        const opened = openRecord(context, exchange, true);
        allowRead(context, opened, exchange);
        await send(exchange, 200, opened.record, opened.face);
      },
    },
    {
      operation: 'read-record',
      method: 'GET',
      path: `${recordsPath}/:id`,
      async handle(exchange) {
        acceptsJson(exchange);
        const opened = openRecord(context, exchange, false);
        await send(exchange, 200, opened.record, opened.face);
      },
    },
    {
      operation: 'update-draft',
      method: 'PUT',
      path: `${recordsPath}/:id/draft`,
      async handle(exchange) {
        const opened = openRecord(context, exchange, true);
        allowChange(context, opened, exchange);
        const wanted = exchange.header('if-match')?.replaceAll('"', '');
        if (wanted !== undefined && wanted !== '*' && wanted !== String(opened.face.revision)) {
          throw new Refusal(412, { message: 'The revision does not match the current one.' });
        }
        const body = await jsonBody(exchange);
        if (!isObject(body)) throw invalid([{ field: '_schema', messages: ['Invalid input type.'] }]);
        opened.face.metadata = metadataOf(body);
        if (!opened.face.locked) opened.face.enabled = filesEnabled(body);
        touch(opened.face, clock());
        context.save();
        await sendSaved(exchange, 200, opened.record, opened.face);
      },
    },
    {
      operation: 'discard',
      method: 'DELETE',
      path: `${recordsPath}/:id/draft`,
      async handle(exchange) {
        const opened = openRecord(context, exchange, true);
        allowChange(context, opened, exchange);
        if (!opened.face.locked) removeObjects(context, opened.face);
        delete opened.record.draft;
        if (!opened.record.published) delete state.records[opened.record.id];
        context.save();
        await exchange.empty(204);
      },
    },
    {
      operation: 'edit',
      method: 'POST',
      path: `${recordsPath}/:id/draft`,
      async handle(exchange) {
        const opened = openRecord(context, exchange, false);
        allowChange(context, opened, exchange);
        const { record, face } = opened;
        record.draft ??= { ...structuredClone(face), locked: true, created: clock(), updated: clock() };
        context.save();
        await send(exchange, 201, record, record.draft);
      },
    },
    {
      operation: 'publish',
      method: 'POST',
      path: `${recordsPath}/:id/draft/actions/publish`,
      async handle(exchange) {
        const opened = openRecord(context, exchange, true);
        allowChange(context, opened, exchange);
        if (context.quirks.workflow !== 'none') throw new Refusal(403, { message: 'Permission denied.' });
        publish(context, opened);
        await send(exchange, 202, opened.record, opened.record.published!);
      },
    },
    {
      operation: 'new-version',
      method: 'POST',
      path: `${recordsPath}/:id/versions`,
      async handle(exchange) {
        const opened = openRecord(context, exchange, false);
        allowChange(context, opened, exchange);
        const { record, face } = opened;
        const { publication_date: _date, version: _version, ...metadata } = face.metadata;
        const next = createDraft(context, record.owner, metadata, true, record);
        await send(exchange, 201, next, next.draft!);
      },
    },
    {
      operation: 'files-import',
      method: 'POST',
      path: `${recordsPath}/:id/draft/actions/files-import`,
      async handle(exchange) {
        const opened = openRecord(context, exchange, true);
        allowChange(context, opened, exchange);
        importFiles(context, opened);
        await exchange.json(201, await filesAnswer(context, exchange, opened, 'files'));
      },
    },
    ...requestRoutes(context),
  ];
}

export function createDraft(
  context: Context,
  owner: string,
  metadata: Record<string, unknown>,
  enabled: boolean,
  previous?: RecordState,
): RecordState {
  const id = recordId();
  const record: RecordState = {
    id,
    owner,
    parent: previous?.parent ?? recordId(),
    version: (previous?.version ?? 0) + 1,
    draft: newFace(context.clock(), metadata, enabled),
  };
  context.state.records[id] = record;
  context.save();
  return record;
}

function metadataOf(body: Record<string, unknown>): Record<string, unknown> {
  return isObject(body.metadata) ? body.metadata : {};
}

function filesEnabled(body: Record<string, unknown>): boolean {
  return !isObject(body.files) || body.files.enabled !== false;
}

/** Takes over the files of the version before: the same content, no bytes copied. */
function importFiles(context: Context, { record, face }: Opened): void {
  if (face.areas.files.length > 0) {
    throw new Refusal(400, { message: 'Please remove all files first.' });
  }
  const before = Object.values(context.state.records).find(
    other => other.parent === record.parent && other.version === record.version - 1 && other.published,
  );
  if (!before?.published) throw new Refusal(404, { message: 'The persistent identifier does not exist.' });
  face.areas.files = structuredClone(before.published.areas.files);
  touch(face, context.clock());
  context.save();
}

function removeObjects(context: Context, face: Face): void {
  const shared = new Set(
    Object.values(context.state.records)
      .flatMap(({ draft, published }) => [draft, published])
      .filter(other => other && other !== face)
      .flatMap(other => other!.areas.files.map(file => file.object)),
  );
  for (const file of [...face.areas.files, ...face.areas['media-files']]) {
    if (!shared.has(file.object) && context.files.find(file.object)) context.files.remove(file.object);
  }
}
