/** What tells a client which repository this is: an NRP repository describes itself, a plain one has a home page. */
import { Refusal, type Route } from '../shared/index.js';
import { type Context, originOf } from './context.js';

export function discoveryRoutes(context: Context): Route[] {
  const { model, quirks, recordsPath, userPath } = context;
  const describe = (origin: string) => ({
    schema: 'local://introspection-v1.0.0',
    name: 'Local repository',
    description: 'A stand-in of an NRP repository',
    version: 'local development',
    invenio_version: '13.0.0',
    links: {
      self: `${origin}/.well-known/repository/`,
      api: `${origin}/api`,
      records: `${origin}/api/search`,
      drafts: `${origin}/api/user/search`,
      models: `${origin}/.well-known/repository/models`,
      requests: `${origin}/api/requests`,
    },
    transfers: quirks.transfers,
    features: ['drafts', 'workflows', 'requests'],
    default_content_type: 'application/json',
    ...(model ? { default_model: model } : {}),
  });
  const models = (origin: string) => [
    {
      type: model,
      schema: `local://${model}-1.0.0.json`,
      name: model,
      description: 'Datasets',
      version: '1.0.0',
      features: ['requests', 'drafts', 'files'],
      links: {
        html: `${origin}/${model}/`,
        records: `${origin}${recordsPath}`,
        drafts: `${origin}${userPath}`,
        model: `${origin}/.well-known/repository/models/${model}`,
      },
      content_types: [],
      metadata: true,
    },
  ];
  const nrp = (operation: string, path: string, answer: (origin: string) => unknown): Route => ({
    operation,
    method: 'GET',
    path,
    async handle(exchange) {
      if (!model) throw new Refusal(404, { message: 'The requested URL was not found on the server.' });
      await exchange.json(200, answer(originOf(exchange)));
    },
  });
  return [
    nrp('discover', '/.well-known/repository', describe),
    nrp('describe', '/.well-known/repository/', describe),
    nrp('models', '/.well-known/repository/models', models),
    {
      operation: 'home',
      method: 'GET',
      path: '/',
      handle: exchange =>
        exchange.text(
          200,
          `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n${
            quirks.generatorTag
              ? `<meta name="generator" content="InvenioRDM ${quirks.knowsTransfers ? '13.0' : '12.0'}"/>\n`
              : ''
          }<title>Local repository</title>\n</head>\n<body></body>\n</html>\n`,
          { 'content-type': 'text/html; charset=utf-8' },
        ),
    },
  ];
}
