/** `npm start`: the demo site with a storage behind it. Prints one URL and stays until it is ended. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from './api.js';
import { fillWithSamples } from './fill.js';
import { answerWith } from './node-http.js';
import { optionsOrExit } from './options.js';
import { openPlatforms } from './platforms/index.js';
import { builtSite, developmentSite, type Site } from './site.js';
import { openStorage } from './storage.js';
import { untilEnded } from './until-ended.js';

const options = optionsOrExit({ port: 5173 });
if (options.built && !existsSync('dist-demo')) {
  throw new Error('There is no built site yet: run `npm run build:demo` first.');
}
const storage = await openStorage({ ...options, port: 0 });
if (options.samples !== 'none') {
  console.log('Filling the storage with sample files, if it has none yet …');
  const written = await fillWithSamples(storage, options.samples);
  if (written > 0) console.log(`${written.toLocaleString('en')} sample files written.`);
}

const platforms = storage.store && (await openPlatforms(storage.store, options.data));
const api = createApi(storage, platforms);
let site: Site = (_request, response) => void response.writeHead(503).end();
const server = createServer((request, response) => {
  if (request.url?.startsWith('/api/')) {
    answerWith(api, request, response).catch(error => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  } else {
    site(request, response);
  }
});
const development = options.built ? undefined : await developmentSite(server);
site = development?.site ?? builtSite(storage, platforms);

await listen(options.port);
const { port } = server.address() as AddressInfo;
const shown = options.host === '127.0.0.1' ? 'localhost' : options.host;
console.log(`READY http://${shown}:${port}/`);

/** The wished port, or a free one when somebody has it: a second demo beside the first is no mistake. */
function listen(wished: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && wished !== 0) listen(0).then(done, fail);
      else fail(error);
    });
    server.listen(wished, options.host, () => {
      server.removeAllListeners('error');
      done();
    });
  });
}

untilEnded(() => Promise.allSettled([platforms?.close(), storage.close(), development?.close()]));
