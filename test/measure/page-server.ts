/** Serves the measured page, and is what it asks for its next command. */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { downloadWorkerPlugin } from '../tools/download-worker.mjs';
import type { Command, Outcome } from './page/protocol.js';

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

export class PageServer implements AsyncDisposable {
  readonly #server: Server;
  /** The page waits for a command with this answer. */
  #waiting: ServerResponse | undefined;
  #hears: ((outcome: Outcome | undefined) => void) | undefined;

  private constructor(folder: string) {
    this.#server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://localhost').pathname;
      if (path === '/__measure') {
        void this.#take(request, response);
        return;
      }
      try {
        const file = normalize(path === '/' ? '/index.html' : path);
        const content = readFileSync(join(folder, file));
        response
          .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
          .end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
  }

  /** @param folder for the built page */
  static async start(folder: string): Promise<PageServer> {
    await build({
      configFile: false,
      root: fileURLToPath(new URL('./page', import.meta.url)),
      base: './',
      logLevel: 'warn',
      plugins: [downloadWorkerPlugin()],
      worker: { format: 'es' },
      build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
    });
    const server = new PageServer(folder);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #take(request: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const outcome = JSON.parse(Buffer.concat(pieces).toString()) as Outcome | null;
    this.#waiting = response;
    this.#hears?.(outcome ?? undefined);
  }

  /** Resolves to what the page tells next; undefined: it was loaded (again). */
  #next(within: number): Promise<Outcome | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The page said nothing for ${within} ms.`)), within);
      this.#hears = outcome => {
        clearTimeout(timer);
        this.#hears = undefined;
        resolve(outcome);
      };
    });
  }

  /** Resolves once the page runs that `open` opens. */
  async loaded(open: () => void): Promise<void> {
    this.#waiting = undefined;
    const next = this.#next(120_000);
    open();
    await next;
  }

  command(command: Command, within = 3_600_000): Promise<Outcome | undefined> {
    const next = this.#next(within);
    this.#waiting!.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(command));
    this.#waiting = undefined;
    return next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
