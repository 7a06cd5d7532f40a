import type { TransferJob } from '../../../src/transfer/types.js';
import type { LocalStore } from '../../tools/local-store.js';

export interface OtherPage extends Window {
  job?: TransferJob;
  failure?: unknown;
}

/**
 * Where a page saves to: its name; or a folder of the browser's own storage, as one that the person picked, or a file
 * in it.
 */
const placeOf = (to: Parameters<typeof otherPage>[2]): string => {
  if (typeof to !== 'object') return JSON.stringify(to);
  const folder = `await (await navigator.storage.getDirectory()).getDirectoryHandle(${JSON.stringify(to.folder)})`;
  return to.file === undefined
    ? folder
    : `await (${folder}).getFileHandle(${JSON.stringify(to.file)}, { create: true })`;
};

/**
 * A page of its own that downloads; it is gone without a word when its frame is removed. `isManaged`: through a manager,
 * so that other pages hear of it.
 */
export async function otherPage(
  store: LocalStore,
  path: string,
  to: 'files' | 'zip' | { readonly folder: string; readonly file?: string } = 'files',
  {
    isManaged = false,
    resumable = false,
  }: { readonly isManaged?: boolean; readonly resumable?: boolean } = {},
): Promise<HTMLIFrameElement> {
  const at = (module: string): string => JSON.stringify(new URL(module, import.meta.url).href);
  const frame = document.createElement('iframe');
  frame.srcdoc = `<script type="module">
    try {
      const { s3 } = await import(${at('../../../src/adapters/s3/index.ts')});
      const { startDownload } = await import(${at('../../../src/transfer/download/download-job.ts')});
      const { TransferManager } = await import(${at('../../../src/transfer/manager.ts')});
      const { contextFor } = await import(${at('./support.ts')});
      const store = ${JSON.stringify(store)};
      const adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
      const options = { to: ${placeOf(to)}, resumable: ${resumable} };
      window.job = ${isManaged}
        ? new TransferManager({ adapter }).download([${JSON.stringify(path)}], options)
        : startDownload(contextFor(adapter), [${JSON.stringify(path)}], options);
    } catch (error) {
      window.failure = error;
    }
  </script>`;
  document.body.append(frame);
  return frame;
}

/** What `look` finds, as soon as it finds something. */
export async function until<Value>(
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  for (let count = 0; count < 2000; count += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('Waited in vain.');
}

/** Resolves once a page that was taken away sends nothing more, and has given back the staged file `id`. */
export async function isGone(store: LocalStore, id: string): Promise<void> {
  await until(async () => ((await store.stats()).inFlight.GetObject ? undefined : true));
  await until(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.some(({ name }) => name?.includes(id)) ? undefined : true;
  });
}
