import type { Adapter } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { Entry } from '../../../core/entry.js';

/** Says what deleting these takes away: how many files, how many folders, and that what is below goes too. */
export function removalText(entries: readonly Entry[], localize: LocalizeController): string {
  const folders = entries.filter(entry => entry.kind === 'folder').length;
  const files = entries.length - folders;
  if (folders === 0)
    return files === 1
      ? localize.text('browser.removeFile')
      : localize.text('browser.removeFiles', { count: files });
  if (files === 0)
    return folders === 1
      ? localize.text('browser.removeFolder')
      : localize.text('browser.removeFolders', { count: folders });
  return localize.text('browser.removeFilesAndFolders', {
    files: localize.text('common.filesCount', { count: files }),
    folders: localize.text('common.foldersCount', { count: folders }),
  });
}

/** Pages of listing that a question may cost. */
const mostPages = 5;

/** Counts the files that deleting these takes away, as far as a few listings tell. */
export class RemovalCount {
  readonly #stop = new AbortController();
  #state: 'nothing' | 'counting' | 'counted' | 'more' = 'nothing';
  #files = 0;
  /** Undefined as soon as one size is unknown. */
  #bytes: number | undefined = 0;

  constructor(adapter: Adapter, entries: readonly Entry[], onChange: () => void) {
    const folders = entries.filter(({ kind }) => kind === 'folder');
    if (folders.length === 0 || !adapter.capabilities.recursiveList) return;
    this.#state = 'counting';
    for (const entry of entries) this.#add(entry);
    void this.#count(adapter, folders).then(state => {
      this.#state = state;
      if (!this.#stop.signal.aborted) onChange();
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  /** One sentence; empty while there is nothing to say. */
  text(localize: LocalizeController): string {
    const count = this.#files;
    if (this.#state === 'nothing') return '';
    if (this.#state === 'counting') return localize.text('browser.removeCounting');
    if (this.#state === 'more') return localize.text('browser.removeMore', { count });
    if (count === 0) return localize.text('browser.removeNoFiles');
    return this.#bytes === undefined
      ? localize.text('browser.removeAll', { count })
      : localize.text('browser.removeAllSize', { count, size: localize.size(this.#bytes) });
  }

  async #count(adapter: Adapter, folders: readonly Entry[]): Promise<'counted' | 'more' | 'nothing'> {
    const { signal } = this.#stop;
    let pages = 0;
    try {
      for (const { path } of folders) {
        let token: string | undefined;
        do {
          if (pages++ === mostPages) return this.#files > 0 ? 'more' : 'nothing';
          const page = await adapter.list(path, {
            signal,
            recursive: true,
            ...(token === undefined ? {} : { token }),
          });
          for (const entry of page.entries) this.#add(entry);
          token = page.next;
        } while (token !== undefined);
      }
      return 'counted';
    } catch {
      // The question stands without it.
      return 'nothing';
    }
  }

  #add({ kind, size }: Entry): void {
    if (kind !== 'file') return;
    this.#files++;
    if (this.#bytes !== undefined) this.#bytes = size === undefined ? undefined : this.#bytes + size;
  }
}
