/**
 * The download worker: answers requests below its scope with what a page feeds it, so that the browser saves a file
 * while its bytes come. One file without imports, which a page's own origin has to serve; `registerDownloadWorker`
 * starts it.
 *
 * Browsers take the end of such an answer for success, whatever length it declared, so every doubt is made an error: a
 * wrong number of bytes, a page that is gone, a silence.
 */
import type { FromFeeder, ToFeeder, ToPage, ToWorker } from './messages.js';

interface Client {
  postMessage(message: ToPage): void;
}
interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LastingEvent) => void): void;
  addEventListener(
    type: 'message',
    listener: (event: LastingEvent & MessageEvent<ToWorker> & { readonly source: Client | null }) => void,
  ): void;
  addEventListener(
    type: 'fetch',
    listener: (event: Event & { readonly request: Request; respondWith(response: Response): void }) => void,
  ): void;
}
const scope = self as unknown as WorkerScope;

/** Pieces that may be on their way: one is written while the next one comes. */
const piecesAhead = 2;
/** What a browser has taken last it may still be reading: it asks for a piece when it has done with the one before. */
const piecesInUse = 2;
/** A page tells every ten seconds that it lives, and also a throttled one every minute. Milliseconds. */
const longestSilence = 90_000;
/** Between the announcement of a download and the browser's request for it. Milliseconds. */
const longestWait = 60_000;

const downloads = new Map<string, Download>();

class Download {
  readonly #id: string;
  readonly #name: string;
  readonly #size: number | undefined;
  readonly #port: MessagePort;
  readonly #body: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #received = 0;
  /** Buffers of the pieces that were given to the browser and not back to the page, oldest first. */
  readonly #given: ArrayBuffer[] = [];
  #isAsked = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor({ id, name, size }: Extract<ToWorker, { kind: 'open' }>, port: MessagePort) {
    this.#id = id;
    this.#name = name;
    this.#size = size;
    this.#port = port;
    this.#body = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this.#controller = controller;
        },
        pull: () => this.#want(),
        cancel: () => {
          this.#say({ kind: 'cancelled' });
          this.#forget();
        },
      },
      { highWaterMark: piecesAhead },
    );
    port.onmessage = ({ data }: MessageEvent<FromFeeder>) => this.#hear(data);
    this.isAlive();
    this.#say({ kind: 'ready' });
  }

  isAlive(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#fail(), this.#isAsked ? longestSilence : longestWait);
  }

  /** Undefined: it was asked for before. */
  answer(): Response | undefined {
    if (this.#isAsked) return undefined;
    this.#isAsked = true;
    this.isAlive();
    this.#say({ kind: 'started' });
    return new Response(this.#body, { headers: headersFor(this.#name, this.#size) });
  }

  #hear(message: FromFeeder): void {
    if (message.kind === 'fail') this.#fail();
    else if (message.kind === 'end') this.#end();
    else {
      this.#received += message.bytes.byteLength;
      if (this.#size !== undefined && this.#received > this.#size) this.#fail();
      else {
        this.#given.push(message.bytes.buffer);
        this.#controller.enqueue(message.bytes);
      }
    }
  }

  /** Left to the garbage collector, what the browser has read would come to a hundred times as much before it goes. */
  #want(): void {
    const waiting = piecesAhead - (this.#controller.desiredSize ?? 0);
    const spare = this.#given.length > waiting + piecesInUse ? this.#given.shift() : undefined;
    if (spare === undefined) this.#say({ kind: 'wanted' });
    else this.#say({ kind: 'wanted', spare }, [spare]);
  }

  #end(): void {
    if (this.#size !== undefined && this.#received !== this.#size) {
      this.#fail();
      return;
    }
    this.#controller.close();
    this.#say({ kind: 'ended' });
    this.#forget();
  }

  #fail(): void {
    // Nothing else makes a browser call the download failed.
    this.#controller.error(new Error('The page has given this download up.'));
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#silence);
    downloads.delete(this.#id);
    this.#port.onmessage = null;
  }

  #say(message: ToFeeder, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

/** RFC 6266 with RFC 8187: the exact name, and one of plain letters for what does not read it. */
function headersFor(name: string, size: number | undefined): Record<string, string> {
  const plain = name.replace(/[^\w.-]/g, '_');
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return {
    // Whatever the storage called it: nothing of it may ever be shown as a page of this origin.
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${exact}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    // WebKit on iOS cuts a download of unknown length short (StreamSaver.js#373).
    ...(size === undefined ? {} : { 'content-length': String(size) }),
  };
}

scope.addEventListener('install', event => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', event => event.waitUntil(scope.clients.claim()));

scope.addEventListener('message', event => {
  const message = event.data;
  const [port] = event.ports;
  if (message?.kind === 'open' && port && !downloads.has(message.id)) {
    downloads.set(message.id, new Download(message, port));
  }
  if (message?.kind !== 'alive') return;
  const lost = message.ids.filter(id => !downloads.has(id));
  for (const id of message.ids) downloads.get(id)?.isAlive();
  if (lost.length > 0) event.source?.postMessage({ kind: 'lost', ids: lost });
});

scope.addEventListener('fetch', event => {
  const { url } = event.request;
  if (!url.startsWith(scope.registration.scope)) return;
  const [id = ''] = url.slice(scope.registration.scope.length).split(/[/?#]/);
  // Whatever scope it was given: the pages of a site are none of its business.
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return;
  const answer = downloads.get(id)?.answer();
  event.respondWith(answer ?? new Response('There is no such download.', { status: 404 }));
});
