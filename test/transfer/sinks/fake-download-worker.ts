import type { FromFeeder, ToFeeder, ToWorker } from '../../../src/transfer/service-worker/messages.js';
import { registerDownloadWorker } from '../../../src/transfer/service-worker/register.js';

/** What the browser's list of downloads shows. */
interface Listed {
  readonly name: string;
  readonly pieces: Uint8Array<ArrayBuffer>[];
  state: 'under way' | 'whole' | 'failed' | 'stopped';
}

/**
 * In the place of the download worker and of the browser behind it: takes what a page feeds. The real worker, with the
 * real lists of the browsers, has tests of its own in `test/e2e/download-worker.spec.ts`.
 */
export class FakeDownloadWorker {
  readonly listed: Listed[] = [];
  /** Called with the bytes of each piece before it is taken; throws when the disk is full. */
  readonly #take: (bytes: number) => void;
  readonly #register = navigator.serviceWorker.register;

  private constructor(take: (bytes: number) => void) {
    this.#take = take;
  }

  static async register(take: (bytes: number) => void = () => {}): Promise<FakeDownloadWorker> {
    const fake = new FakeDownloadWorker(take);
    const worker = Object.assign(new EventTarget(), {
      state: 'activated',
      postMessage: (message: ToWorker, [port]: MessagePort[] = []) => fake.#hear(message, port),
    });
    navigator.serviceWorker.register = async () =>
      ({
        active: worker,
        scope: new URL('/no-such-downloads/', location.href).href,
      }) as unknown as ServiceWorkerRegistration;
    await registerDownloadWorker('/download-worker.js');
    return fake;
  }

  [Symbol.dispose](): void {
    navigator.serviceWorker.register = this.#register;
  }

  #hear(message: ToWorker, port: MessagePort | undefined): void {
    if (message.kind !== 'open') return;
    const listed: Listed = { name: message.name, pieces: [], state: 'under way' };
    const say = (kind: ToFeeder['kind']): void => port!.postMessage({ kind });
    port!.onmessage = ({ data }: MessageEvent<FromFeeder>) => {
      if (data.kind === 'fail') listed.state = 'failed';
      if (data.kind === 'end') {
        const came = listed.pieces.reduce((sum, { length }) => sum + length, 0);
        listed.state = message.size === undefined || came === message.size ? 'whole' : 'failed';
        say('ended');
      }
      if (data.kind !== 'bytes') return;
      try {
        this.#take(data.bytes.length);
        listed.pieces.push(data.bytes.slice());
        const spare = data.bytes.buffer;
        port!.postMessage({ kind: 'wanted', spare } satisfies ToFeeder, [spare]);
      } catch {
        listed.state = 'stopped';
        say('cancelled');
      }
    };
    this.listed.push(listed);
    say('ready');
    // The page asks in a frame, of which nobody here hears.
    setTimeout(() => {
      say('started');
      say('wanted');
    }, 20);
  }
}
