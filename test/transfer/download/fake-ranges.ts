import type { Adapter } from '../../../src/adapters/adapter.js';
import type { Checksum } from '../../../src/core/checksum.js';
import { TransferError } from '../../../src/core/errors.js';
import { downloadsOnly } from './support.js';

const origin = 'https://storage.test';

/** What may be wrong with an answer to a request for the bytes from `start` on; `number` counts all requests. */
export interface Trouble {
  /** Bytes of the body after which it breaks off: as a lost connection, or as if that were all. */
  readonly breaksAt?: number;
  readonly quietly?: boolean;
  /** Refused, as a URL that has expired. */
  readonly expired?: boolean;
  /** Refused for good. */
  readonly refused?: boolean;
  /** The whole comes instead of the range. */
  readonly ignoresRange?: boolean;
  /** The range of that length from the beginning of the file comes instead of the one that was asked for. */
  readonly startsOver?: boolean;
  /** The answer begins; its body comes only then. */
  readonly bodyAfter?: Promise<void>;
}

/** A storage of one file, answered inside the page: every byte and every fault of it is the test's. */
export class FakeRanges {
  version = 1;
  /** Answers name the version by a weak ETag only. */
  isWeak = false;
  requests = 0;
  signatures = 0;
  said: readonly Checksum[] = [];
  trouble: (request: { readonly number: number; readonly start: number }) => Trouble | undefined = () =>
    undefined;
  readonly #content: (version: number) => Uint8Array<ArrayBuffer>;
  readonly #fetch = globalThis.fetch;

  constructor(content: (version: number) => Uint8Array<ArrayBuffer>) {
    this.#content = content;
    globalThis.fetch = (input, init) =>
      String(input).startsWith(origin)
        ? this.#answer(new Request(input, init))
        : this.#fetch.call(globalThis, input, init);
  }

  [Symbol.dispose](): void {
    globalThis.fetch = this.#fetch;
  }

  get content(): Uint8Array<ArrayBuffer> {
    return this.#content(this.version);
  }

  get adapter(): Adapter {
    const entry = () => ({
      ...{ id: 'f.bin', path: 'f.bin', name: 'f.bin', kind: 'file' as const },
      size: this.content.length,
      etag: `v${this.version}`,
    });
    return {
      name: 'fake',
      label: 'Fake',
      capabilities: downloadsOnly,
      list: async () => ({ entries: [entry()] }),
      stat: async () => entry(),
      resolveDownload: async () => {
        this.signatures += 1;
        return {
          kind: 'url',
          url: `${origin}/f.bin`,
          size: this.content.length,
          ranges: 'yes',
          etag: `v${this.version}`,
          checksums: this.said,
          readError: ({ status }) =>
            status === 403
              ? new TransferError('Expired.', { kind: 're-sign', reason: 'expired' })
              : new TransferError('Refused.', { kind: 'fatal', reason: 'forbidden' }),
        };
      },
    };
  }

  async #answer(request: Request): Promise<Response> {
    this.requests += 1;
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.get('range') ?? '') ?? [];
    const start = Number(first ?? 0);
    const trouble = this.trouble({ number: this.requests, start });
    if (trouble?.expired) return new Response('', { status: 403 });
    if (trouble?.refused) return new Response('', { status: 401 });
    const content = this.content;
    const etag = `${this.isWeak ? 'W/' : ''}"v${this.version}"`;
    if (first === undefined || trouble?.ignoresRange) {
      return new Response(content, { headers: { etag } });
    }
    const from = trouble?.startsOver ? 0 : start;
    const bytes = content.slice(from, from + Number(last) + 1 - start);
    const headers = {
      etag,
      'content-range': `bytes ${from}-${from + bytes.length - 1}/${content.length}`,
    };
    const { breaksAt, quietly } = trouble ?? {};
    if (trouble?.bodyAfter) {
      const { bodyAfter } = trouble;
      const late = new ReadableStream<Uint8Array<ArrayBuffer>>({
        async pull(controller) {
          await bodyAfter;
          controller.enqueue(bytes);
          controller.close();
        },
      });
      return new Response(late, { status: 206, headers });
    }
    if (breaksAt === undefined) return new Response(bytes, { status: 206, headers });
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        if (breaksAt > 0) controller.enqueue(bytes.slice(0, breaksAt));
        if (quietly) controller.close();
      },
      // After what came was read: an error would take it away.
      pull: controller => controller.error(new TypeError('network error')),
    });
    return new Response(body, { status: 206, headers });
  }
}
