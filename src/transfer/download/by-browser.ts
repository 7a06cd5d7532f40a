import type { TransferContext } from '../context.js';
import { patiently } from '../patiently.js';
import { saveUrl } from '../sinks/browser-save.js';
import type { DownloadOptions } from '../types.js';
import { noRoom, notUnaided } from './choose-target.js';
import type { WantedFile } from './wanted.js';

/**
 * Asked for, or the last resort: the browser saves by itself under `name`, and nobody can say whether all of it arrived.
 * Rejects with `TransferError` where it cannot.
 */
export async function saveByBrowser(
  context: TransferContext,
  { entry, write, archive }: WantedFile,
  { name, options, signal }: { name: string; options: DownloadOptions; signal: AbortSignal },
): Promise<void> {
  const refusal = options.to === 'browser' ? notUnaided : noRoom;
  if (options.verify !== undefined || write !== undefined || archive === true) throw refusal(name);
  const { path, id, version } = entry;
  const source = await patiently(context, { signal }, async () =>
    context.adapter.resolveDownload?.(
      { path, id, ...(version === undefined ? {} : { version }) },
      { signal, saveAs: name },
    ),
  );
  const isReachable = source?.kind === 'url' && Object.keys(source.headers ?? {}).length === 0;
  // What it might show in its frame instead would never be saved.
  if (!isReachable || source.isAttachment !== true) throw refusal(name);
  saveUrl(source.url, name);
}
