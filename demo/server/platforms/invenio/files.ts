/** Routes of a record's files, for drafts and published records and both file areas. */
import { type Exchange, Refusal, type Route } from '../shared/index.js';
import { announce, changeIn } from './announce.js';
import { fileAnswer, filesAnswer, withOldSizes } from './answers.js';
import { look } from './background.js';
import { commit, isTooLarge, sendArchive, sendContent, takeContent } from './content.js';
import {
  acceptsJson,
  allowFileChange,
  allowRead,
  type Context,
  fileOf,
  jsonBody,
  type Opened,
  openRecord,
} from './context.js';
import type { Area, FileState } from './model.js';
import { dropParts, takePart } from './parts.js';

export function fileRoutes(context: Context): Route[] {
  const base = `${context.recordsPath}/:id`;
  return (['files', 'media-files'] as const).flatMap(area => [
    ...areaRoutes(context, `${base}/draft/${area}`, area, true),
    ...areaRoutes(context, `${base}/${area}`, area, false),
  ]);
}

function areaRoutes(context: Context, path: string, area: Area, draft: boolean): Route[] {
  const open = (exchange: Exchange) => openRecord(context, exchange, draft);
  const one = (exchange: Exchange): { opened: Opened; file: FileState } => {
    const opened = open(exchange);
    return { opened, file: fileOf(opened, area, exchange.param('key')) };
  };
  const answer = async (exchange: Exchange, opened: Opened, file: FileState, more: object = {}) => {
    const entry = { ...(await fileAnswer(context, exchange, opened, area, file)), ...more };
    const text = withOldSizes(context, JSON.stringify(entry));
    await exchange.text(200, text, { 'content-type': 'application/json' });
  };
  const all = async (exchange: Exchange, opened: Opened, status: number) => {
    if (status === 200) for (const file of [...opened.face.areas[area]]) await look(context, file);
    const text = withOldSizes(context, JSON.stringify(await filesAnswer(context, exchange, opened, area)));
    await exchange.text(status, text, { 'content-type': 'application/json' });
  };

  const reading: Route[] = [
    {
      operation: 'list',
      method: 'GET',
      path,
      async handle(exchange) {
        acceptsJson(exchange);
        const opened = open(exchange);
        allowRead(context, opened, exchange);
        await all(exchange, opened, 200);
      },
    },
    {
      operation: 'archive',
      method: 'GET',
      path: `${path}-archive`,
      async handle(exchange) {
        const opened = open(exchange);
        allowRead(context, opened, exchange);
        await sendArchive(context, exchange, opened, area);
      },
    },
    ...(['GET', 'HEAD'] as const).map(method => ({
      operation: 'content',
      method,
      path: `${path}/*key/content`,
      async handle(exchange: Exchange) {
        const { opened, file } = one(exchange);
        allowRead(context, opened, exchange);
        await sendContent(context, exchange, file);
      },
    })),
    {
      operation: 'read',
      method: 'GET',
      path: `${path}/*key`,
      async handle(exchange) {
        acceptsJson(exchange);
        const { opened, file } = one(exchange);
        allowRead(context, opened, exchange);
        await look(context, file);
        await answer(exchange, opened, file);
      },
    },
  ];
  // A published record has no routes that change files, so they answer 405.
  if (!draft) return reading;

  const removeOne = async (opened: Opened, file: FileState) => {
    const files = opened.face.areas[area];
    files.splice(files.indexOf(file), 1);
    await dropParts(context, file);
    if (context.files.find(file.object)) context.files.remove(file.object);
    context.save();
  };

  return [
    ...reading,
    {
      operation: 'announce',
      method: 'POST',
      path,
      async handle(exchange) {
        const opened = open(exchange);
        allowFileChange(context, opened, exchange);
        await announce(context, opened, area, await jsonBody(exchange));
        await all(exchange, opened, 201);
      },
    },
    {
      operation: 'delete-all',
      method: 'DELETE',
      path,
      async handle(exchange) {
        const opened = open(exchange);
        allowFileChange(context, opened, exchange);
        for (const file of [...opened.face.areas[area]]) await removeOne(opened, file);
        await exchange.empty(204);
      },
    },
    {
      operation: 'commit',
      method: 'POST',
      path: `${path}/*key/commit`,
      async handle(exchange) {
        const { opened, file } = one(exchange);
        allowFileChange(context, opened, exchange);
        await exchange.readText();
        await commit(context, file);
        await answer(exchange, opened, file);
      },
    },
    {
      operation: 'part',
      method: 'PUT',
      path: `${path}/*key/content/:part`,
      async handle(exchange) {
        const { opened, file } = one(exchange);
        allowFileChange(context, opened, exchange);
        requireOctets(exchange);
        if (await isTooLarge(context, exchange)) return;
        await takePart(context, file, Number(exchange.param('part')), exchange.body);
        context.save();
        await answer(exchange, opened, file);
      },
    },
    {
      operation: 'send',
      method: 'PUT',
      path: `${path}/*key/content`,
      async handle(exchange) {
        const { opened, file } = one(exchange);
        allowFileChange(context, opened, exchange);
        requireOctets(exchange);
        if (await isTooLarge(context, exchange)) return;
        if (file.status === 'completed') {
          // The transfer fails, the server says so inside a success, and the entry is deleted.
          const entry = await fileAnswer(context, exchange, opened, area, file);
          for await (const _ of exchange.body);
          await removeOne(opened, file);
          await exchange.json(200, { ...entry, errors: 'File upload transfer failed.' });
          return;
        }
        if (file.transfer.type !== 'L') {
          throw new Refusal(400, {
            message: `Content of a file of transfer type ${file.transfer.type} cannot be uploaded.`,
          });
        }
        await takeContent(context, exchange, opened, area, file);
        await answer(exchange, opened, file);
      },
    },
    {
      operation: 'update',
      method: 'PUT',
      path: `${path}/*key`,
      async handle(exchange) {
        const { opened, file } = one(exchange);
        allowFileChange(context, opened, exchange);
        const body = changeIn(await jsonBody(exchange));
        if (body.metadata !== undefined) file.metadata = body.metadata as FileState['metadata'];
        const access = body.access as { hidden?: boolean } | undefined;
        if (access?.hidden !== undefined) file.hidden = access.hidden;
        file.updated = context.clock();
        context.save();
        await answer(exchange, opened, file);
      },
    },
    {
      operation: 'delete',
      method: 'DELETE',
      path: `${path}/*key`,
      async handle(exchange) {
        const { opened, file } = one(exchange);
        allowFileChange(context, opened, exchange);
        await removeOne(opened, file);
        await exchange.empty(204);
      },
    },
  ];
}

function requireOctets(exchange: Exchange): void {
  if (/^application\/octet-stream\b/i.test(exchange.header('content-type') ?? '')) return;
  throw new Refusal(415, {
    message: "Invalid 'Content-Type' header. Expected one of: application/octet-stream",
  });
}
