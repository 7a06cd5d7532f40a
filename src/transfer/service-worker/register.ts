import { TransferError } from '../../core/errors.js';
import { trustedScriptUrl } from '../own-worker.js';

export interface DownloadWorkerOptions {
  /**
   * Addresses that the worker answers. Nothing else of the site passes through it. Default:
   * `file-transfer-downloads/` beside the script.
   */
  readonly scope?: string | URL;
}

/** A registered worker that runs. */
export interface DownloadWorker {
  readonly scope: string;
  /** The one that answers now: a new version of the script takes over while the page is open. */
  readonly worker: ServiceWorker;
}

let registered: Promise<DownloadWorker> | undefined;

/**
 * Lets downloads go through a service worker: straight into the browser's list of downloads while the bytes come, in
 * every engine, written to the disk once, checked, and without the limit of the browser's storage. Used for
 * `to: 'stream'`, and for files that do not fit into that storage. They end with the tab.
 *
 * The script, `file-transfer-elements/download-worker.js`, has to be served by the page's own origin over HTTPS (or
 * from localhost), and the page's policy has to allow it: `worker-src 'self'` and, for the frame that asks for the
 * file, `frame-src 'self'`. Call it once, at any time before the first download.
 *
 * @param script address of the script at the page's own origin
 * @returns when the worker runs. Rejects with `TransferError` (`not-supported`) where it cannot
 */
export async function registerDownloadWorker(
  script: string | URL,
  { scope }: DownloadWorkerOptions = {},
): Promise<void> {
  const address = new URL(script, document.baseURI);
  registered = start(address, new URL(scope ?? './file-transfer-downloads/', address));
  // Who downloads asks again; who registers is told here.
  registered.catch(() => {});
  await registered;
}

/** Undefined when none was registered, or when it does not run. */
export async function downloadWorker(): Promise<DownloadWorker | undefined> {
  return registered?.catch(() => undefined);
}

async function start(script: URL, scope: URL): Promise<DownloadWorker> {
  try {
    const registration = await navigator.serviceWorker.register(trustedScriptUrl(script.href), {
      scope: scope.href,
      updateViaCache: 'none',
    });
    const worker = registration.installing ?? registration.waiting ?? registration.active!;
    await activated(worker);
    return {
      scope: registration.scope,
      get worker() {
        return registration.active ?? worker;
      },
    };
  } catch (error) {
    throw new TransferError(
      'Downloads cannot go through a service worker here: its script could not be started. Serve download-worker.js from this page’s own origin over HTTPS, and allow it with worker-src.',
      { kind: 'fatal', reason: 'not-supported', cause: error },
    );
  }
}

function activated(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (worker.state === 'activated') resolve();
      else if (worker.state === 'redundant') reject(new Error('The worker could not be installed.'));
    };
    worker.addEventListener('statechange', look);
    look();
  });
}
