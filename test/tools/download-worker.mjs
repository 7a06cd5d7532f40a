/** The download worker as one plain script, which a page's own origin serves: no imports and no exports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformWithOxc } from 'vite';
import { rootDir } from './package-entries.mjs';

export const downloadWorkerName = 'download-worker.js';
const source = join(rootDir, 'src/transfer/service-worker/download.worker.ts');

/** @returns {Promise<string>} */
export async function compileDownloadWorker() {
  const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source, { sourcemap: false });
  // What marks a module is a syntax error in a script.
  return code.replace(/^export\s*\{\s*\};?\s*$/gm, '');
}

/**
 * Serves the script beside the pages, and puts it beside the built ones.
 * @returns {import('vite').Plugin}
 */
export function downloadWorkerPlugin() {
  return {
    name: 'download-worker',
    configureServer(server) {
      server.middlewares.use(`/${downloadWorkerName}`, (_request, response, next) => {
        compileDownloadWorker().then(code => {
          response
            .writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' })
            .end(code);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: downloadWorkerName, source: await compileDownloadWorker() });
    },
  };
}
